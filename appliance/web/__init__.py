"""The station over HTTP: tablet page, state and events, live picture, access. Knows the visit, decides nothing itself."""
