# Run inside the booted device: look, refuse, update while running, and a release that does not come up is taken back by itself.
set -eu
fail() {
    echo "FAIL: $*"
    for unit in $(systemctl --failed --plain --no-legend | cut -d' ' -f1); do journalctl -u "$unit" --no-pager -n 40; done
    cat /opt/capture-station/state/progress.json || true
    journalctl -u station -u station-apply -u station-update -u station-guard --no-pager -n 80
    exit 1
}
stick=/media/stick
mkdir -p $stick
cat >/root/ask.py <<'PY'
import json, ssl, sys, urllib.error, urllib.request
trust = ssl.create_default_context(cafile="/var/lib/station/keys/site-ca.pem")
token = open("/var/lib/station/control.token").read()
method, path = sys.argv[1], sys.argv[2]
request = urllib.request.Request(f"https://127.0.0.1:8443{path}", method=method, headers={"Authorization": f"Bearer {token}"})
try:
    with urllib.request.urlopen(request, context=trust, timeout=10) as answer:
        body = json.load(answer)
except (urllib.error.URLError, OSError) as error:
    body = {"state": "unreachable", "code": str(getattr(error, "code", error))}
field = sys.argv[3] if len(sys.argv) > 3 else None
print(body if field is None else body.get(field))
PY
ask() { python3 /root/ask.py "$@"; }
now() { cut -d' ' -f1 /proc/uptime; }
wait_for() { # seconds, field of GET /api/update, pattern
    for _ in $(seq "$1"); do case $(ask GET /api/update "$2") in $3) return 0 ;; esac; sleep 1; done
    fail "$2 never became $3: $(ask GET /api/update)"
}
for _ in $(seq 120); do systemctl is-active -q station && break; sleep 0.5; done
systemctl is-active -q station station-delivery || fail "not active"
for unit in station-apply station-guard station-update; do
    systemd-analyze security --no-pager "$unit" | tail -1
    systemd-analyze security --no-pager --threshold=15 "$unit" >/dev/null || fail "$unit is exposed above 1.5"
done
first=$(ask GET /api/update version)
echo "runs $first"
[ "$(ask GET /api/update state)" = idle ] || fail "not idle"

echo "--- a bundle with one changed byte is refused"
python3 - <<'PY'
data = bytearray(open("/srv/newer.bundle", "rb").read())
data[len(data) // 2] ^= 1
open("/media/stick/capture-station-9.9.9-00000000.bundle", "wb").write(data)
PY
ask POST /api/update/look state
wait_for 60 state failed
ask GET /api/update message
rm $stick/*.bundle

echo "--- update while running"
cp /srv/newer.bundle "$stick/$(cat /srv/newer.name)"
ask POST /api/update/look state
wait_for 90 state ready
ask GET /api/update available
begun=$(now)
ask POST /api/update/apply state
for _ in $(seq 600); do
    case $(ask GET /api/update version) in 0.2.0-*) break ;; esac
    sleep 1
done
wait_for 120 state idle
second=$(ask GET /api/update version)
case $second in 0.2.0-*) ;; *) fail "still $second" ;; esac
echo "updated to $second in $(python3 -c "print(round($(now) - $begun))") s"
ask GET /api/update message
[ "$(basename "$(readlink /opt/capture-station/confirmed)")" = "$second" ] || fail "not confirmed"
station journal show --json --event update.applied | grep -q applied || fail "not in the journal"
[ -z "$(systemctl --failed --plain --no-legend)" ] || fail "failed units: $(systemctl --failed --plain --no-legend)"

echo "--- a release that does not come up is taken back by itself"
rm $stick/*.bundle
cp /srv/broken.bundle "/media/stick/$(cat /srv/broken.name)"
begun=$(now)
if station update apply "/media/stick/$(cat /srv/broken.name)"; then fail "it was kept"; fi
echo "taken back after $(python3 -c "print(round($(now) - $begun))") s"
wait_for 60 version "$second"
wait_for 5 state rolled-back
ask GET /api/update message
station ledger schema --data /var/lib/station
station journal verify || fail "the journal does not hold"
station journal show --json --event update.rolled-back | grep -q rolled-back || fail "not in the journal"

echo "--- the power goes while a release is on trial"
station update apply "/media/stick/$(cat /srv/broken.name)" >/root/apply.log 2>&1 &
for _ in $(seq 600); do
    case $(readlink /opt/capture-station/current) in */0.3.0-*) break ;; esac
    sleep 0.2
done
[ -f /opt/capture-station/state/trial.json ] || fail "no trial"
sync
echo "PASSED"
