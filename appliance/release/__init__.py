"""What a signed release is, and how far its installation has come; Python's own library only.

The installer reads bundles before anything is installed, and the way back must work when an environment is broken: so nothing here
imports what comes from a package.

BundleRefused(ValueError)   a bundle must not be used: what is wrong with it and what to do, in Chinese and English
"""
