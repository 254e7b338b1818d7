# Run inside a booted copy: a seal that another system made shuts the keys, keeps nothing from starting, and gives way once they are gone.
set -eu
fail() {
    echo "FAIL: $*"
    journalctl -b -u station-seal -u station-firstboot --no-pager -n 40
    exit 1
}
seal=/var/lib/station-seal keys=/var/lib/station/keys
bound() { head -n 1 "$keys/ledger.key" | grep -aqx 'capture-station bound key 1 credential'; }
systemctl is-active -q station-seal station-firstboot || fail "no keys were made"
bound || fail "the key is not bound by the seal"

systemctl stop station-firstboot station-seal
rm -r /run/credstore.encrypted
printf x | dd of="$seal/station-seal.cred" bs=1 seek=40 conv=notrunc 2>/dev/null
systemctl start --no-block station
for _ in $(seq 240); do systemctl is-active -q station && break; sleep 0.25; done
echo "station: $(systemctl is-active station), keys: $(systemctl is-active station-firstboot || :), seal: $(cat /run/station-seal)"
systemctl is-active -q station || fail "the station waits for keys that never come"
case $(cat /run/station-seal) in broken:*"station restore") ;; *) fail "the seal does not say it" ;; esac
for _ in $(seq 240); do journalctl -b -u station-firstboot --no-pager -o cat | grep -q "ledger.key is bound" && break; sleep 0.25; done
journalctl -b -u station-firstboot --no-pager -o cat | grep -m 1 "ledger.key is bound" || fail "nobody says why"
[ ! -e "$seal/station-seal.cred.broken" ] || fail "a seal was given up that a key needs"

systemctl stop station station-firstboot
mv /var/lib/station /var/lib/station.before
systemctl start station-firstboot || fail "no new keys"
bound || fail "the new key is not bound"
[ -e "$seal/station-seal.cred.broken" ] || fail "the old seal is gone"
echo PASSED
