"""What the station remembers: captures, files, journal and outbox rows, durable and encrypted."""
