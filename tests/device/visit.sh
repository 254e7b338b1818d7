# Run inside the booted device: everything up, hardened, reachable over TLS; then a whole visit under the hardened unit.
set -eu
fail() { echo "FAIL: $*"; journalctl -u station -u station-delivery -u station-firstboot --no-pager -n 60; exit 1; }
for _ in $(seq 120); do systemctl is-active -q station && break; sleep 0.5; done
systemctl is-active -q station station-delivery || fail "not active"
echo "ready: $(systemd-analyze --no-pager | head -1)"
[ -z "$(systemctl --failed --plain --no-legend)" ] || fail "failed units: $(systemctl --failed --plain --no-legend)"

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
for unit in station station-delivery station-firstboot; do
    systemd-analyze security --no-pager "$unit" | tail -1
    systemd-analyze security --no-pager --threshold=15 "$unit" >/dev/null || fail "$unit is exposed above 1.5"
done

program=/opt/capture-station/current/bin/station
python3 - <<'PY' || fail "not reachable over TLS with the station's authority"
import ssl, urllib.request
trust = ssl.create_default_context(cafile="/var/lib/station/keys/site-ca.pem")
with urllib.request.urlopen("https://127.0.0.1:8443/api/health", context=trust, timeout=10) as answer:
    print("https:", answer.status)
PY

mkdir -p /root/platform
$program platform seed --data /root/platform --out /root/seed.json >/dev/null
token=$($program platform token --data /root/platform)
$program platform run --data /root/platform --port 8090 >/root/platform.log 2>&1 &
for _ in $(seq 60); do grep -q 8090 /root/platform.log && break; sleep 0.5; done
station platform enrol http://127.0.0.1:8090 "$token" || fail "not enrolled"
eval "$(python3 - <<'PY'
import json, shlex
student = json.load(open("/root/seed.json"))["students"][0]
print("code=" + shlex.quote(student["payload"]), "answer=" + shlex.quote(student["last_four"]))
PY
)"
for _ in $(seq 60); do ls /var/lib/station/rosters/*.jws >/dev/null 2>&1 && break; sleep 0.5; done
sleep 2
station rehearse --photos /srv/sitter.jpg --exception rehearsal --code "$code" --answer "$answer" --out /var/lib/station/rehearsal || fail "the rehearsal ended with $?"

echo "killing the station: systemd brings it back"
kill -KILL "$pid"
for _ in $(seq 120); do
    now=$(systemctl show -P MainPID station)
    [ "$now" != "$pid" ] && [ "$now" != 0 ] && systemctl is-active -q station && break
    sleep 0.5
done
systemctl is-active -q station || fail "it did not come back"
station queue | head -5
sync
echo "PASSED"
