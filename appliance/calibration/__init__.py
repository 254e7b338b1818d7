"""Calibration of one station in its place: focus, white balance and exposure, backdrop, lens; versioned, applied, undoable.

`measures` is pure; `steps` has the camera and lamps do what is measured; `store` keeps every version; `apply` puts the one in use
into effect; `chart` makes the sheet to print. `station calibrate` is the door.

Errors
------
CalibrationRefused(ValueError)   what was shown is not what the step needs; says what to do, in both languages
"""
