"""The stand-in's world: a person, a code or nobody before a wall, in the light of lamps, seen through a sensor."""

from firmware.scene.world import Scene, Showing

__all__ = ["Scene", "Showing"]
