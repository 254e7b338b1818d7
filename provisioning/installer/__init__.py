"""Turns Debian or Raspberry Pi OS into a station, step by step; only Python's own library, since nothing else is there yet.

StepFailed(RuntimeError)   a step could not be done: what was tried, what came back, what to do
"""
