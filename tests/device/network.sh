# Run inside the booted device: the network is what its site file says, first boot made what only this device has, the label is there.
set -u
broken=0
fail() { echo "FAIL: $*"; broken=1; }
show() { journalctl -u station-network -u station-firewall -u station-hotspot -u station-portal -u station-enrol -u station-firstboot --no-pager -n 60; }
until_true() { for _ in $(seq 120); do "$@" >/dev/null 2>&1 && return 0; sleep 0.5; done; return 1; }
python=/opt/capture-station/current/bin/python
program=/opt/capture-station/current/bin/station
until_true systemctl is-active -q station station-network station-firewall || { fail "not up"; show; exit 1; }

echo "--- units"
for unit in station-network station-firewall station-hotspot station-portal station-enrol station-hostkeys; do
    systemd-analyze security --no-pager "$unit" | tail -1
    systemd-analyze security --no-pager --threshold=15 "$unit" >/dev/null || fail "$unit is exposed above 1.5"
done
journalctl -b --no-pager | grep -i "ordering cycle" && fail "ordering cycle"

echo "--- files"
[ "$(hostname)" = gym-1 ] || fail "the name is $(hostname)"
for path in /etc/NetworkManager/system-connections/station-hotspot.nmconnection /etc/NetworkManager/system-connections/station-cellular.nmconnection; do
    [ "$(stat -c '%a %U' "$path")" = "600 root" ] || fail "$path: $(stat -c '%a %U' "$path")"
done
[ "$(stat -c '%a %U' /var/lib/station/first-boot.json)" = "600 station" ] || fail "first-boot.json is open"
[ -e /etc/station/authority ] && fail "the site's loan still lies on the card"
[ "$(stat -c '%a %U' /var/lib/station/keys/signer.key)" = "600 station" ] || fail "signer.key is open"
[ -e /var/lib/station/keys/site-ca.key ] && fail "the site's own key is on the station"

echo "--- NetworkManager reads them"
until_true systemctl is-active -q NetworkManager || fail "no NetworkManager"
nmcli -t -f NAME,TYPE connection show | sort
for name in station-hotspot station-ethernet station-wifi station-cellular; do
    nmcli connection show "$name" >/dev/null || fail "$name was not read"
done
[ "$(nmcli -g connection.metered connection show station-cellular)" = yes ] || fail "4G is not metered"
[ "$(nmcli -g 802-11-wireless.mode connection show station-hotspot)" = ap ] || fail "the hotspot is no access point"

echo "--- label"
grep -q "passphrase" /run/issue.d/capture-station.issue || fail "the console shows no label"
agetty --show-issue 2>/dev/null | grep -q "gym-1" && echo "agetty shows it"
station label >/tmp/label.txt || fail "no label: $(cat /tmp/label.txt)"
[ "$(head -c 5 /var/lib/station/label.pdf)" = "%PDF-" ] || fail "the label is no PDF"
pass=$(sed -n 's/^psk=//p' /etc/NetworkManager/system-connections/station-hotspot.nmconnection)
grep -q "$pass" /tmp/label.txt || fail "label and hotspot have different passphrases"
grep -rq "$pass" /run/log/journal /var/log 2>/dev/null && fail "the passphrase is in a log"

echo "--- a tablet on the hotspot, and somebody upstream"
ip netns add tablet && ip netns add upstream
ip link add wlan0 type veth peer name eth0 netns tablet
ip link add eth0 type veth peer name eth0 netns upstream
nmcli device set wlan0 managed no >/dev/null 2>&1; nmcli device set eth0 managed no >/dev/null 2>&1
ip address add 10.42.0.1/24 dev wlan0; ip link set wlan0 up
ip address add 192.0.2.10/24 dev eth0; ip link set eth0 up
for side in tablet:10.42.0.57 upstream:192.0.2.1; do
    space=${side%%:*}
    ip -n "$space" link set lo up; ip -n "$space" address add "${side#*:}/24" dev eth0; ip -n "$space" link set eth0 up
done
sleep 1
cat >/tmp/tablet.py <<'PY'
import http.client, json, socket, ssl, sys
def plain(host, path):
    line = http.client.HTTPConnection("10.42.0.1", 80, timeout=20)
    line.request("GET", path, headers={"Host": host})
    answer = line.getresponse()
    return answer.status, answer.read()
print("android", plain("connectivitycheck.gstatic.com", "/generate_204"))
assert plain("connectivitycheck.gstatic.com", "/generate_204") == (204, b"")
assert b"Success" in plain("captive.apple.com", "/hotspot-detect.html")[1]
assert plain("www.msftconnecttest.com", "/connecttest.txt") == (200, b"Microsoft Connect Test")
assert plain("10.42.0.1", "/api/state")[0] == 404
der = plain("10.42.0.1", "/site-ca.crt")[1]
trust = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(der))
for port, name in ((443, "gym-1.local"), (8443, "gym-1.local"), (443, "10.42.0.1")):
    with trust.wrap_socket(socket.create_connection(("10.42.0.1", port), 20), server_hostname=name) as line:
        print("https", port, name, line.version())
line = http.client.HTTPSConnection("10.42.0.1", 443, timeout=20, context=trust)
line.request("GET", "/captive-portal")
answer = line.getresponse()
assert answer.getheader("content-type") == "application/captive+json", answer.getheaders()
assert json.loads(answer.read()) == {"captive": False}
try:
    trust.wrap_socket(socket.create_connection(("10.42.0.1", 443), 20), server_hostname="gym-2.local")
    sys.exit("passed for its neighbour")
except ssl.SSLCertVerificationError as error:
    print("as gym-2.local:", error.verify_message)
for port in (22, 111, 5000):
    try:
        socket.create_connection(("10.42.0.1", port), 2)
        sys.exit(f"port {port} is open")
    except TimeoutError:
        pass
PY
ip netns exec tablet python3 /tmp/tablet.py || fail "the tablet"
cat >/tmp/upstream.py <<'PY'
import socket, sys
for port in (80, 443, 8443, 53, 111):
    try:
        socket.create_connection(("192.0.2.10", port), 2)
        sys.exit(f"port {port} is open to the outside")
    except TimeoutError:
        pass
print("upstream: nothing answers")
PY
ip netns exec upstream python3 /tmp/upstream.py || fail "upstream"

echo "--- enrolment"
[ -e /etc/station/enrolment.toml ] || fail "the token went before it was used"
mkdir -p /root/platform
$program platform run --data /root/platform --port 8090 --enrol-token a-token-that-is-used-just-once >/root/platform.log 2>&1 &
until_true grep -q 8090 /root/platform.log || fail "no platform"
systemctl restart station-enrol
until_true test ! -e /etc/station/enrolment.toml || fail "the token was not taken away"
until_true test -e /var/lib/station/keys/platform.json || fail "not enrolled"
journalctl -u station-enrol --no-pager -o cat | grep -i enrolment | tail -4
journalctl --no-pager | grep -q "a-token-that-is-used-just-once" && fail "the token is in a log"

echo "--- a changed site file"
sed -i 's/^page = .*/page = ["hotspot", "ethernet"]/' /etc/station/site.toml
systemctl restart station-network
until_true sh -c 'nft list chain inet capture_station input | grep -q "\"eth0\" tcp dport 8443"' || fail "the firewall did not follow"

[ -z "$(systemctl --failed --plain --no-legend)" ] || fail "failed units: $(systemctl --failed --plain --no-legend)"
[ "$broken" = 0 ] || { show; exit 1; }
echo "PASSED"
