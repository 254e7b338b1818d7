# Run inside a machine with a TPM, at its first start and at a later one: the keys are bound by what the TPM sealed, and open.
set -eu
data=/var/lib/station python=/opt/capture-station/current/bin/python
fail() {
    echo "FAIL: $*"
    systemctl --failed --no-pager --plain --no-legend
    journalctl -b --no-pager -o short-monotonic -u 'station*' -n 60
    exit 1
}
for _ in $(seq 1200); do systemctl is-active -q station && break; sleep 0.5; done
systemctl is-active -q station || fail "the station is not ready"
echo "ready after $(cut -d' ' -f1 /proc/uptime) s"
echo "has-tpm2: $(systemd-creds has-tpm2 2>/dev/null | tr '\n' ' ')"
seal=$(cat /run/station-seal)
echo "seal: $seal"
[ "$seal" = tpm2 ] || fail "sealed with $seal"
[ "$(stat -c %U%a /var/lib/station-seal)" = root700 ] || fail "the seal is open to others"
for key in ledger.key station.pem; do
    head -n 1 "$data/keys/$key" | grep -aqx 'capture-station bound key 1 credential' || fail "$key is not bound by it"
done
for unit in station-seal station-firstboot station; do
    systemd-analyze security --no-pager --threshold=15 "$unit.service" >/dev/null || fail "$unit is exposed above 1.5"
done
cd /
"$python" - <<'PY' || fail "the keys do not open"
import hashlib, json
from contextlib import closing
from pathlib import Path
from appliance.doctor.machine import keys
from appliance.ledger.store import Ledger
data = Path("/var/lib/station")
with closing(Ledger(data)) as ledger:
    carried, public = ledger.keys.carried(), ledger.keys.public_bytes.hex()
for finding in keys(data):
    print("doctor:", finding.name, finding.outcome, finding.value)
lying = [Path("/var/lib/station-seal/station-seal.cred"), *(data / "keys" / name for name in sorted(carried))]
told = {name: content.hex() for name, content in carried.items()}
told |= {"seal": Path("/run/credentials/station.service/station-seal").read_bytes().hex(), "public": public}
told |= {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in lying if path.name not in carried}
told |= {f"{name} as it lies": hashlib.sha256((data / "keys" / name).read_bytes()).hexdigest() for name in carried}
told["tls.key"] = (data / "keys/tls.key").read_bytes().hex()
Path("/srv/share/told.json").write_text(json.dumps(told))
PY
echo PASSED
