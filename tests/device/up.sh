# Run inside the booted device: every unit as it should be, hardened, the station reachable over TLS.
set -eu
fail() {
    echo "FAIL: $*"
    systemctl --failed --no-pager --plain --no-legend
    for unit in $(systemctl --failed --plain --no-legend | cut -d' ' -f1) station station-delivery station-firstboot; do
        journalctl -u "$unit" --no-pager -n 40
    done
    exit 1
}
for _ in $(seq 240); do systemctl is-active -q station && break; sleep 0.5; done
systemctl is-active -q station station-delivery || fail "not active"
echo "ready $(cut -d' ' -f1 /proc/uptime) s of this machine; $(systemd-analyze --no-pager | head -1)"
for _ in $(seq 120); do [ -z "$(systemctl list-jobs --no-legend)" ] && break; sleep 0.5; done
[ -z "$(systemctl --failed --plain --no-legend)" ] || fail "failed units: $(systemctl --failed --plain --no-legend)"
for unit in $(systemctl list-unit-files --state=enabled --no-legend 'station*' | cut -d' ' -f1); do
    case $(systemctl show -P ConditionResult "$unit"):$(systemctl show -P Type "$unit") in
        no:*) echo "$unit: its conditions do not hold here" ;;
        *:oneshot) [ "$(systemctl show -P Result "$unit")" = success ] || fail "$unit ended badly" ;;
        *) systemctl is-active -q "$unit" || fail "$unit is not active" ;;
    esac
done
journalctl -b --no-pager | grep -i "ordering cycle" && fail "ordering cycle"

pid=$(systemctl show -P MainPID station)
grep -q '^NoNewPrivs:	1' "/proc/$pid/status" || fail "no NoNewPrivs"
grep -q '^Seccomp:	2' "/proc/$pid/status" || fail "no system call filter"
grep -q '^CapEff:	0000000000000000' "/proc/$pid/status" || fail "capabilities left"
[ "$(stat -c %U "/proc/$pid")" = station ] || fail "not the station's user"
[ "$(stat -c %a /var/lib/station)" = 700 ] || fail "the data folder is open to others"
for secret in /var/lib/station/keys/*.key /var/lib/station/keys/*.pem; do
    case $secret in *site-ca.pem | *tls.pem) continue ;; esac
    [ "$(stat -c %a "$secret")" = 600 ] || fail "$secret is open to others"
done
seal=$(cat /run/station-seal)
echo "seal: $seal"
case $seal in
    host | tpm2)
        [ "$(stat -c %U%a /var/lib/station-seal)" = root700 ] || fail "the seal is open to others"
        for key in ledger.key station.pem; do
            head -n 1 "/var/lib/station/keys/$key" | grep -aq 'bound key 1 credential$' || fail "$key is not bound by what systemd-creds sealed"
        done
        ;;
    board*) head -n 1 /var/lib/station/keys/ledger.key | grep -aq 'bound key 1 device-tree$' || fail "ledger.key is not bound to the board" ;;
    nothing*) ;;
    *) fail "the seal: $seal" ;;
esac
for unit in /etc/systemd/system/station*.service; do
    unit=${unit##*/}
    echo "exposure: $(systemd-analyze security --no-pager "$unit" | sed -n "s/.*level for \(.*\): \([0-9.]*\).*/\1 \2/p")"
    systemd-analyze security --no-pager --threshold=15 "$unit" >/dev/null || fail "$unit is exposed above 1.5"
done

program=/opt/capture-station/current/bin/station
/opt/capture-station/current/bin/python - <<'PY' || fail "not reachable over TLS with the station's authority"
import ssl, urllib.request
trust = ssl.create_default_context(cafile="/var/lib/station/keys/site-ca.pem")
with urllib.request.urlopen("https://127.0.0.1:8443/api/health", context=trust, timeout=20) as answer:
    print("https:", answer.status)
PY
