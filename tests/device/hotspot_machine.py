"""The machine for radios of the kernel's own simulation (mac80211_hwsim): two of the station, one of a tablet, one of a school."""

from __future__ import annotations

from machine_image import Recipe

PACKAGES = (
    "network-manager", "wpasupplicant", "dnsmasq-base", "iw", "wireless-regdb", "nftables", "iproute2", "rfkill",
    "busybox", "python3-cryptography",
)  # fmt: skip
HOTSPOT = Recipe("hotspot", packages=PACKAGES)
