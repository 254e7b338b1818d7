"""Cameras behind the `Camera` port."""
