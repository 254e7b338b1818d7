"""How the station is doing, as one list: supply, heat, battery, clock, disk, camera; each with its limit and what to do.

Limits and texts are data (`limits.toml`); `judging` is pure; `gather` reads the devices; `policy` decides when the program must
end: for a restart (exit code 75) or to switch the machine off before the battery is empty (exit code 76).
"""
