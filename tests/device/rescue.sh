# Run inside the booted device after visit.sh: its timers, a backup brought back onto another card, and three starts that fail.
rescued() { echo "rescue: $*"; }
journal_of() { journalctl -u "$1" --no-pager -o cat -n 30; }
page() { # method, path, form: what the station's address answers; its certificate is the site's
    "$python" - "$@" <<'PY'
import ssl, sys, urllib.error, urllib.request
trust = ssl.create_default_context(cafile="/root/site-ca.pem")
request = urllib.request.Request(f"https://127.0.0.1:8443{sys.argv[2]}", method=sys.argv[1], data=" ".join(sys.argv[3:]).encode() if sys.argv[1] == "POST" else None)
try:
    with urllib.request.urlopen(request, context=trust, timeout=20) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
except OSError as error:
    print("nobody:", error)
PY
}
python=/opt/capture-station/current/bin/python
cp /var/lib/station/keys/site-ca.pem /root/site-ca.pem
captures() { station records --json | "$python" -c 'import json, sys; print(" ".join(r["capture_id"] for r in json.load(sys.stdin)["records"]))'; }
taken=$(captures)
[ -n "$taken" ] || fail "no capture to rescue"

for timer in station-backup station-retention station-update; do
    systemctl is-active -q "$timer.timer" || fail "$timer.timer does not run"
done
systemctl list-timers --no-pager --no-legend 'station*' | sed 's/^/timer: /'

echo "--- what the network is made from comes late: it is made again by itself"
mv /var/lib/station/first-boot.json /var/lib/station/late.json
systemctl restart station-network && fail "station-network came up without what it is made from"
mv /var/lib/station/late.json /var/lib/station/first-boot.json
for _ in $(seq 80); do systemctl is-active -q station-network && break; sleep 0.5; done
systemctl is-active -q station-network || fail "station-network stays dead: $(journal_of station-network)"
echo "station-network came back"

echo "--- the retention timer's unit: a copy that an update laid aside ten days ago goes, captures within their days stay"
install -d -o station -g station -m 700 /var/lib/station/before-update
install -o station -g station -m 600 /dev/null /var/lib/station/before-update/ledger-1.db
touch -d '10 days ago' /var/lib/station/before-update/ledger-1.db
systemctl start station-retention || fail "$(journal_of station-retention)"
journal_of station-retention | grep "0 captures and 1 copies" || fail "retention: $(journal_of station-retention)"
journal_of station-retention | grep "unknown" && fail "retention did not ask the platform for the time"
[ "$(captures)" = "$taken" ] || fail "captures went"

echo "--- the backup timer's unit: onto a stick, sealed to the site's key"
install -d -o station -g station /media/stick/capture-station-backup /root/site
$program backup key /root/site/site.key >/dev/null
install -g station -m 640 /root/site/site.key.pub /etc/station/backup.pub
systemctl start station-backup || fail "$(journal_of station-backup)"
journal_of station-backup | grep " captures in " || fail "backup: $(journal_of station-backup)"
for secret in $taken; do grep -rqa "$secret" /media/stick && rescued "a capture's number can be read on the stick"; done

echo "--- onto another card: the old one's data is not there"
begun=$(cut -d' ' -f1 /proc/uptime)
systemctl stop station station-delivery
mv /var/lib/station /var/lib/station.gone
install -d -o station -g station -m 700 /var/lib/station
install -o station -m 600 /root/site/site.key /srv/site.key
if $program restore /media/stick --identity /root/site/site.key.pub 2>/tmp/refused; then fail "opened with the public key"; fi
station restore /media/stick --identity /srv/site.key | head -2 || fail "not restored"
rm /srv/site.key
chown -R station:station /var/lib/station # what root refused above made the folder's lock
systemctl restart station-firstboot
systemctl start station station-delivery || fail "the restored station does not come up"
echo "restored and up in $("$python" -c "print(round($(cut -d' ' -f1 /proc/uptime) - $begun))") s"
[ "$(captures)" = "$taken" ] || fail "restored $(captures), not $taken"
station journal verify || fail "the restored journal does not hold"
cp /var/lib/station/keys/site-ca.pem /root/site-ca.pem
case $(page GET /api/health) in 200*) ;; *) fail "restored, but: $(page GET /api/health)" ;; esac

echo "--- three starts that fail: a page that says why, and the way back from it"
cp /etc/station/station.toml /root/station.toml
sed -i '1i colour = "red"' /etc/station/station.toml
begun=$(cut -d' ' -f1 /proc/uptime)
systemctl restart --no-block station
for _ in $(seq 200); do case $(page GET /) in 200*安全模式*) break ;; esac; sleep 0.5; done
page GET / >/root/page.html
grep -q "colour" /root/page.html || fail "the page does not say why: $(cat /root/page.html)"
echo "the page after $("$python" -c "print(round($(cut -d' ' -f1 /proc/uptime) - $begun))") s:"
sed -n 's/.*<li>\(.*\)<\/li>.*/    \1/p' /root/page.html | cut -c1-160 | head -3
case $(page GET /api/health) in 503*safe*) ;; *) fail "the programs' address says $(page GET /api/health)" ;; esac
case $(page POST /logs) in 403*) ;; *) fail "the log is open without a code" ;; esac
code=$(journalctl -u station --no-pager -o cat | sed -n 's/.*safe mode, code //p' | tail -1 | tr ' ' +)
case $(page POST /logs "code=$code") in 200*) ;; *) fail "the code that the log tells opens nothing: $code" ;; esac
systemctl is-active -q station || fail "safe mode is no state of rest for systemd"
systemctl is-active -q station-delivery || fail "delivery fell too"
cp /root/station.toml /etc/station/station.toml
page POST /retry >/dev/null
for _ in $(seq 200); do case $(page GET /api/health) in 200*) break ;; esac; sleep 0.5; done
case $(page GET /api/health) in 200*) ;; *) fail "not back: $(page GET /api/health)" ;; esac
[ "$(captures)" = "$taken" ] || fail "captures went in safe mode"
[ -z "$(systemctl --failed --plain --no-legend)" ] || fail "failed units: $(systemctl --failed --plain --no-legend)"
sync
echo "RESCUED"
