# Run in a virtual machine with two simulated radios: the station's own files make a hotspot, a tablet joins it with the label's words.
set -eu
fail() { echo "FAIL: $*"; journalctl -u NetworkManager --no-pager -n 40 | cut -c1-180; nft list ruleset | head -60; exit 1; }
until_true() { for _ in $(seq 180); do "$@" >/dev/null 2>&1 && return 0; sleep 0.5; done; return 1; }
modprobe mac80211_hwsim radios=2
ls /sys/class/ieee80211
ip netns add tablet
tablet() { ip netns exec tablet "$@"; }
# The second radio is the tablet's, before NetworkManager takes it.
iw phy phy1 set netns name tablet
ip -n tablet link set lo up

echo "--- the station's files"
cp -r files/. /
chown -R root:root /etc/NetworkManager
find /etc/NetworkManager/system-connections -type f -exec chmod 600 {} +
nft -f /etc/station/firewall.nft
systemctl restart NetworkManager
until_true nmcli -t general status || fail "no NetworkManager"
sh -c "$(sed -n 's/^ExecStart=.bin.sh -c .\(.*\).$/\1/p' station-hotspot.service | sed "s/\"\$COUNTRY\"/CN/")" || fail "the hotspot did not come up"
until_true sh -c 'ip -4 address show wlan0 | grep -q 10.42.0.1' || fail "no address on the hotspot"
iw reg get | sed -n 2p
iw dev wlan0 info | grep -E 'ssid|type|channel'
mkdir -p /run/credentials/portal && cp site-ca.pem /run/credentials/portal/site-ca
CREDENTIALS_DIRECTORY=/run/credentials/portal PYTHONPATH=/srv/share/source \
    systemd-socket-activate -l 10.42.0.1:80 -E CREDENTIALS_DIRECTORY -E PYTHONPATH python3 -m appliance.provision.portal >/tmp/portal.log 2>&1 &
python3 - <<'PY' &
import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("tls.pem", "tls.key")
with socket.create_server(("0.0.0.0", 8443)) as listener:
    while True:
        line, _ = listener.accept()
        try:
            with context.wrap_socket(line, server_side=True) as secure:
                secure.recv(1000)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        except (OSError, ssl.SSLError) as error:
            print("server:", error, flush=True)
PY

echo "--- the tablet joins with what its label's code says"
interface=$(tablet sh -c 'iw dev' | sed -n 's/.*Interface //p' | head -1)
ssid=$(cat ssid); passphrase=$(cat passphrase)
cat >/tmp/wrong.conf <<WPA
network={
    ssid="$ssid"
    psk="not-the-passphrase"
    key_mgmt=WPA-PSK
}
WPA
sed "s/not-the-passphrase/$passphrase/" /tmp/wrong.conf >/tmp/right.conf
tablet ip link set "$interface" up
tablet wpa_supplicant -B -i "$interface" -c /tmp/wrong.conf -P /tmp/wpa.pid -f /tmp/wpa-wrong.log >/dev/null
sleep 25
tablet iw dev "$interface" link | grep -q "Connected" && tablet ip link show "$interface" | grep -q "state UP" && fail "joined with a wrong passphrase"
kill "$(cat /tmp/wpa.pid)"; sleep 1
tablet wpa_supplicant -B -i "$interface" -c /tmp/right.conf -P /tmp/wpa.pid -f /tmp/wpa.log >/dev/null
until_true sh -c "ip netns exec tablet ip link show $interface | grep -q 'state UP'" || { tail -20 /tmp/wpa.log; fail "not joined"; }
grep -E "key negotiation completed|CTRL-EVENT-CONNECTED" /tmp/wpa.log | tail -2
printf '#!/bin/sh\n[ "$1" = bound ] && { ip address add "$ip/$mask" dev "$interface"; env >/tmp/lease; }\nexit 0\n' >/tmp/lease.sh
chmod +x /tmp/lease.sh
tablet busybox udhcpc -i "$interface" -n -q -t 10 -O 114 -s /tmp/lease.sh >/dev/null 2>&1 || fail "no address from the station"
grep -E '^(ip|router|dns|opt114)=' /tmp/lease
cat >/tmp/tablet.py <<'PY'
import http.client, os, socket, ssl, struct, sys
lease = dict(line.rstrip("\n").split("=", 1) for line in open("/tmp/lease") if "=" in line)
assert lease["ip"].startswith("10.42.0.") and lease["dns"] == "10.42.0.1", lease
assert bytes.fromhex(lease["opt114"]).decode() == "https://10.42.0.1:8443/captive-portal", lease["opt114"]
def resolve(name):
    query = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(20)
        line.sendto(query, ("10.42.0.1", 53))
        answer = line.recv(512)
    return socket.inet_ntoa(answer[-4:])
for name in ("connectivitycheck.gstatic.com", "captive.apple.com", "gym-1.local", "any.name.example"):
    assert resolve(name) == "10.42.0.1", name
assert resolve("dns.msftncsi.com") == "131.107.255.255"
print("names lead to the station")
line = http.client.HTTPConnection("10.42.0.1", 80, timeout=60)
line.request("GET", "/generate_204", headers={"Host": "connectivitycheck.gstatic.com"})
assert line.getresponse().status == 204
trust = ssl.create_default_context(cafile="site-ca.pem")
for port, name in ((443, "gym-1.local"), (8443, "10.42.0.1")):
    with trust.wrap_socket(socket.create_connection(("10.42.0.1", port), 60), server_hostname=name) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: gym-1.local\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 200")
        print("https", port, name, line.version())
for port in (22, 111, 5000):
    try:
        socket.create_connection(("10.42.0.1", port), 3)
        sys.exit(f"port {port} is open")
    except TimeoutError:
        pass
print("nothing else answers")
PY
tablet python3 /tmp/tablet.py || { cat /tmp/portal.log; fail "the tablet"; }
nft list table ip nm-shared-wlan0 2>/dev/null | head -5
echo "PASSED"
