"""The portrait judge: frame to observation, verdict and standard photo. Pure functions, no I/O but the networks."""
