"""The contract with the central platform, its client, and a small real platform to start from."""
