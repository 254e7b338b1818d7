"""The composition root's choices: the only place that knows which driver, real or stand-in, stands behind each port.

A driver's library is imported when its device is opened, so that a machine without it loses that device and nothing else.
"""
