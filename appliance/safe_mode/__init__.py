"""When the station could not start three times in a row: a small page at its own address that says why and offers a way out.

Python's own library only, no camera, no networks, no ledger: whatever is broken, this still runs.
"""
