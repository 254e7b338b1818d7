"""The body: devices behind ports. Nothing here knows what a portrait or a visit is."""
