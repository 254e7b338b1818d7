# Run at the next boot: the release that was on trial when the power went has been taken back.
set -eu
fail() { echo "FAIL: $*"; cat /opt/capture-station/state/*.json || true; journalctl -b -u station -u station-apply -u station-guard --no-pager -n 80; exit 1; }
for _ in $(seq 300); do
    [ ! -f /opt/capture-station/state/trial.json ] && systemctl is-active -q station && break
    sleep 1
done
[ ! -f /opt/capture-station/state/trial.json ] || fail "still on trial"
cat /opt/capture-station/state/progress.json
echo
case $(readlink /opt/capture-station/current) in */0.2.0-*) ;; *) fail "runs $(readlink /opt/capture-station/current)" ;; esac
systemctl is-active -q station station-delivery || fail "not active"
station journal verify
echo "--- back to the first release, by hand"
station update rollback || fail "no way back"
case $(readlink /opt/capture-station/current) in */0.1.0-*) ;; *) fail "runs $(readlink /opt/capture-station/current)" ;; esac
systemctl is-active -q station || fail "not active"
[ "$(ls /opt/capture-station/releases | wc -l)" -le 2 ] || fail "more than two releases: $(ls /opt/capture-station/releases)"
sync
echo "PASSED"
