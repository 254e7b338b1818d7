"""Calibration of one station in its place: focus, white balance and exposure, backdrop, lens; versioned, applied, undoable.

`measures` is pure; `steps` has the camera and lamps do what is measured; `store` keeps every version; `apply` puts the one in use
into effect; `desk` measures on a station that runs, for the technician's page; `chart` makes the sheet to print. The command
`station calibrate` is the door to a station that does not run.

Errors
------
CalibrationRefused(ValueError)   what was shown is not what the step needs; says what to do, in both languages
"""
