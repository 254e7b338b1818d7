"""Newer versions of the station: found on a stick or on the network, verified, offered, and applied when nobody is being served.

What needs root (`provisioning/updater`) is asked through a file, and answers through another; this room never writes a program.

UpdateRefused(RuntimeError)   what was asked is not possible now; `code` for machines, `message` in Chinese and English
"""
