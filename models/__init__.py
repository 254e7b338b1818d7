"""The eyes: TFLite networks, where they come from and how they run."""
