"""Makes an image that is a station already, and holds nothing that belongs to one station alone. Python's own library only."""
