#!/bin/sh
# First start of a Raspberry Pi OS bookworm card (no cloud-init): the same as user-data does on trixie.
# Add to the one line of cmdline.txt on this partition:
#   systemd.run=/boot/firmware/firstrun.sh systemd.run_success_action=reboot systemd.unit=kernel-command-line.target
set -eu
boot=/boot/firmware
@COMMANDS@
rm -f "$boot/firstrun.sh" "$boot/user-data" "$boot/network-config"
sed -i 's| systemd.run=[^ ]*||; s| systemd.run_success_action=[^ ]*||; s| systemd.unit=kernel-command-line.target||' "$boot/cmdline.txt"
