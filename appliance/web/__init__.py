"""The station over HTTP: tablet page, state, preview, access."""
