"""The mind: everything a station decides."""
