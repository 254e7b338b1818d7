"""Foot switches and shutter buttons behind the `Trigger` port."""
