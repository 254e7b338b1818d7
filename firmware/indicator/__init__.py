"""Status lights behind the `Indicator` port."""
