"""Supply, heat and battery behind the `PowerMonitor` port."""
