"""Lamps behind the `Lamps` port."""
