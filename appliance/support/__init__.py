"""What a technician sends to whoever helps: everything about the station, nothing about the people before it."""
