# Run inside the booted device after up.sh: a whole visit under the hardened unit, which is then killed and comes back.
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
