"""Making releases on a developer's or a build machine: what goes into a bundle, and whose signature stands under it."""
