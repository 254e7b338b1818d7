"""Measures, one file a family. Each takes a `Subject` and returns a `Measurement`; none knows a limit."""
