"""A whole bench simulated from a script: who comes, what they hold up, what breaks (`station run --simulate scene.toml`).

Only stand-in drivers are played with; the station above them knows nothing of it. `script` reads and checks the file, `director`
plays it; `a_bad_morning.toml` is a sample.
"""
