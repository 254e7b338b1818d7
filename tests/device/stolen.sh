# Run inside another machine, with a TPM of its own, that the card was put into: nothing opens, the station says why, and what to do.
set -eu
data=/var/lib/station python=/opt/capture-station/current/bin/python
fail() {
    echo "FAIL: $*"
    journalctl -b --no-pager -o short-monotonic -u 'station*' -n 80
    exit 1
}
page() {
    "$python" - <<'PY'
import ssl, urllib.request
trust = ssl.create_default_context(cafile="/var/lib/station/keys/site-ca.pem")
try:
    with urllib.request.urlopen("https://127.0.0.1:8443/", context=trust, timeout=60) as answer:
        print(answer.status, answer.read().decode())
except OSError as error:
    print("nobody:", error)
PY
}
cd /
for _ in $(seq 1200); do journalctl -b -u station -o cat --no-pager | grep -q "safe mode at port" && break; sleep 1; done
echo "safe mode after $(cut -d' ' -f1 /proc/uptime) s"
echo "seal: $(cat /run/station-seal)"
case $(cat /run/station-seal) in broken:*"another machine's TPM"*"station restore"*) ;; *) fail "the seal does not say why" ;; esac
[ ! -e /run/credentials/station.service/station-seal ] || fail "something was handed to the station"
systemd-creds decrypt --name=station-seal /var/lib/station-seal/station-seal.cred - >/dev/null 2>&1 && fail "the seal opens here"
page >/run/page
grep -q 安全模式 /run/page || fail "no page: $(cat /run/page)"
grep -o 'ledger.key is bound[^<]*' /run/page | head -1 | sed 's/^/page: /'
grep -q "station restore" /run/page || fail "the page does not say what to do"
journalctl -b -u station-firstboot -o cat --no-pager | grep "ledger.key is bound" | head -1 | sed 's/^/firstboot: /'
"$python" - <<'PY' || fail "the ledger opened, or the doctor does not say why not"
from pathlib import Path
from appliance.doctor.machine import keys
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.store import Ledger
try:
    Ledger(Path("/var/lib/station"))
except LedgerUnreadable as refused:
    print("ledger:", refused)
else:
    raise SystemExit("it opened")
told = list(keys(Path("/var/lib/station")))
for finding in told:
    print("doctor:", finding.name, finding.outcome, finding.value, "|", finding.advice.zh)
assert [(finding.name, str(finding.outcome)) for finding in told] == [("keys", "fail"), ("seal", "fail")]
PY

echo "--- the machine goes on as a new station, the old data laid aside: a seal of this TPM, keys bound by it"
systemctl stop station station-firstboot
mv "$data" /var/lib/station.before
systemctl start station-firstboot || fail "no keys for a new station"
echo "seal: $(cat /run/station-seal)"
[ "$(cat /run/station-seal)" = tpm2 ] || fail "not sealed anew"
head -n 1 "$data/keys/ledger.key" | grep -aqx 'capture-station bound key 1 credential' || fail "the new key is not bound by it"
echo PASSED
