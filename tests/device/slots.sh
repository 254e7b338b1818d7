# Run inside a booted Debian with RAUC: a root file system is written into the other slot, tried, kept; a foreign one is refused.
set -eu
trap "losetup -d /dev/loop20 /dev/loop21 2>/dev/null" EXIT
fail() { echo "FAIL: $*"; journalctl -b --no-pager -n 30 -o cat; exit 1; }
cd /root
export BOOT_FOLDER=/boot/firmware KERNEL_LINE=/root/cmdline STATES=/var/lib/station-os
choice=/usr/lib/capture-station/boot-choice
for number in 20 21; do
    truncate -s 32M "slot-$number.img"
    [ -b "/dev/loop$number" ] || mknod "/dev/loop$number" b 7 "$number"
    losetup "/dev/loop$number" "slot-$number.img" || fail "no loop device"
    mke2fs -q -t ext4 "/dev/loop$number"
done
[ -c /dev/loop-control ] || mknod /dev/loop-control c 10 237
for number in $(seq 0 15); do [ -b "/dev/loop$number" ] || mknod "/dev/loop$number" b 7 "$number"; done
mkdir -p /boot/firmware /var/lib/station-os /etc/rauc new mounted
printf 'arm_64bit=1\ncmdline=cmdline-A.txt\n' >/boot/firmware/config.txt
for slot in A B; do echo "root=PARTLABEL=root-$(echo $slot | tr AB ab) rootwait" >"/boot/firmware/cmdline-$slot.txt"; done
cp /boot/firmware/cmdline-A.txt cmdline
for owner in publisher stranger; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$owner" -keyout "$owner.key" -out "$owner.pem" 2>/dev/null
done
cp publisher.pem /etc/rauc/keyring.pem
# The file as it ships; slots are files here, and verity needs a device mapper that this kernel lacks.
sed -e 's|/dev/disk/by-partlabel/root-a|/dev/loop20|; s|/dev/disk/by-partlabel/root-b|/dev/loop21|' \
    -e 's|^bootloader=custom|&\nbundle-formats=plain|' /srv/system.conf >/etc/rauc/system.conf
cat >/usr/lib/capture-station/boot-choice.here <<END
#!/bin/sh
export BOOT_FOLDER=$BOOT_FOLDER KERNEL_LINE=$KERNEL_LINE STATES=$STATES
exec $choice "\$@"
END
chmod +x /usr/lib/capture-station/boot-choice.here
sed -i 's|/boot-choice$|/boot-choice.here|' /etc/rauc/system.conf
mkdir -p /etc/systemd/system/rauc.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/bin/rauc --override-boot-slot=A service\n' >/etc/systemd/system/rauc.service.d/here.conf
systemctl daemon-reload

mkdir tree && echo "a newer system" >tree/version
truncate -s 32M new/rootfs.ext4 && mke2fs -q -t ext4 -d tree new/rootfs.ext4
printf '[update]\ncompatible=capture-station\nversion=2\n\n[image.rootfs]\nfilename=rootfs.ext4\n' >new/manifest.raucm
for owner in publisher stranger; do
    rauc bundle --cert="$owner.pem" --key="$owner.key" --keyring="$owner.pem" new "$owner.raucb" >/dev/null 2>&1 || fail "no bundle"
done
rauc install stranger.raucb >said 2>&1 && fail "a stranger's system was taken"
grep -q "signature verification failed" said || journalctl -u rauc -o cat --no-pager | grep -m1 "signature verification failed" || fail "refused, but not by its signature: $(cat said)"
[ "$($choice get-primary)" = A ] || fail "a refused system changed the choice"

rauc install publisher.raucb >said 2>&1 || fail "$(cat said)"
tail -1 said
mount -o ro /dev/loop21 mounted && cat mounted/version && umount mounted
[ "$($choice get-primary)" = B ] || fail "the next start is not tried in B"
grep -q 'cmdline-A' /boot/firmware/config.txt || fail "a start that hangs would not come back to A"
echo "written into B, tried once; a start that hangs ends in A"

$choice set-state B bad
[ "$($choice get-primary) $($choice get-state B)" = "A bad" ] || fail "a system that did not come up is still tried"
$choice set-state B good
$choice set-primary B

systemctl stop rauc
cp /boot/firmware/cmdline-B.txt cmdline # B came up
sed -i 's/override-boot-slot=A/override-boot-slot=B/' /etc/systemd/system/rauc.service.d/here.conf
systemctl daemon-reload
rauc status mark-good >said 2>&1 || fail "$(cat said)"
grep -q 'cmdline-B' /boot/firmware/config.txt || fail "B was not kept"
[ -e /boot/firmware/tryboot.txt ] && fail "B is still on trial"
grep -q arm_64bit /boot/firmware/config.txt || fail "the rest of config.txt went"
echo "B is kept"

echo "PASSED"
