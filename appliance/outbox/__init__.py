"""Delivery to the platform: leases, retries, resumable uploads, receipts; a process of its own beside the station.

Errors
------
LeaseLost(RuntimeError)       another process took the row over: stop, it goes on there
PutBack(RuntimeError)         the process ends or delivery is paused: the upload goes on later where it is
FileChanged(ValueError)       a file on this station is not what its record says: nothing can be sent for it
(what the platform says: `appliance.platform.errors`)
"""
