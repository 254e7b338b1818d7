"""The part of an update that needs root: proves a bundle, installs it beside the running release, switches, watches, goes back.

It runs from the release that was last seen working (`confirmed`), never from the one on trial, with no capability and no network.
What it is asked stands in `/var/lib/station-update/ask.json`; what it says in `/opt/capture-station/state/progress.json`.
"""
