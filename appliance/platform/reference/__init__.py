"""A small real platform: what the contract means, runnable; for demonstrations, tests, and implementers to start from."""
