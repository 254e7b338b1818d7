# Run inside the booted device after up.sh: a whole visit under the hardened unit, which is then killed, then hangs, and comes back.
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

back() {
    for _ in $(seq "$1"); do
        now=$(systemctl show -P MainPID station)
        [ "$now" != "$pid" ] && [ "$now" != 0 ] && systemctl is-active -q station && pid=$now && return
        sleep 0.5
    done
    fail "it did not come back"
}
echo "killing the station: systemd brings it back"
kill -KILL "$pid"
back 120

# One thread of it is held by a debugger; page and pulse of everything else go on, and only the watchdog can know.
live=$(grep -l '^live$' /proc/"$pid"/task/*/comm | cut -d/ -f5)
[ -n "$live" ] || fail "no thread of the station is called live"
echo "the live loop hangs: the watchdog is not fed any more"
/opt/capture-station/current/bin/python - "$live" <<'PY' &
import ctypes, os, sys, time
SEIZE, INTERRUPT = 0x4206, 0x4207  # ptrace(2)
thread, libc = int(sys.argv[1]), ctypes.CDLL(None, use_errno=True)
for request in (SEIZE, INTERRUPT):
    if libc.ptrace(request, thread, 0, 0) != 0:
        sys.exit(f"ptrace: {os.strerror(ctypes.get_errno())}")
os.waitpid(thread, 0x40000000)  # __WALL
end = time.monotonic() + 100
while os.path.exists(f"/proc/{thread}") and time.monotonic() < end:
    try:
        if os.waitpid(thread, 0x40000001)[0]:  # __WALL | WNOHANG: it is let go only to die
            libc.ptrace(7, thread, 0, 0)
    except ChildProcessError:
        break
    time.sleep(0.1)
PY
held=$(cut -d' ' -f1 /proc/uptime)
back 200
echo "back $(cut -d' ' -f1 /proc/uptime) s, hung at $held s"
journalctl -u station -b --no-pager | grep -q "standing still: live loop" || fail "nothing says what hung"
journalctl -u station -b --no-pager | grep -qi "watchdog timeout" || fail "the watchdog did not end it"
station queue | head -5
sync
echo "PASSED"
