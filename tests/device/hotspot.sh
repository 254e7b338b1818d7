# Run in a virtual machine with four simulated radios: the station's own files make a hotspot of each security, tablets of each kind
# join it with the label's words or cannot; then a school's Wi-Fi of each kind, which the station joins by itself.
set -eu
fail() { echo "FAIL: $*"; journalctl -u NetworkManager -u wpa_supplicant --no-pager -n 60 | cut -c1-180; nft list ruleset | head -60; exit 1; }
until_true() { for _ in $(seq 240); do "$@" >/dev/null 2>&1 && return 0; sleep 0.5; done; return 1; }
at() { echo "--- $* ($(cut -d. -f1 /proc/uptime) s)"; }
modprobe mac80211_hwsim radios=4
# Two of the radios are the tablet's and the school's, before NetworkManager takes them.
for one in "tablet phy1" "school phy3"; do
    set -- $one
    ip netns add "$1"
    iw phy "$2" set netns name "$1"
    ip -n "$1" link set lo up
done
tablet() { ip netns exec tablet "$@"; }
school() { ip netns exec school "$@"; }
interface=$(tablet iw dev | sed -n 's/.*Interface //p')
own=$(school iw dev | sed -n 's/.*Interface //p')
nmcli --version; wpa_supplicant -v | head -1

at "the unit that decides what the radio can do sees which it is"
sed 's|^ExecStart=.*|Environment=PYTHONPATH=/srv/share/source PYTHONDONTWRITEBYTECODE=1\nExecStart=/usr/bin/python3 -c "from appliance.provision.radio import driver; print(driver(\\"wlan0\\"))"|; /^ExecStartPost=/d; /^LoadCredential=/d; /^Restart/d; /^RemainAfterExit/d; s/^After=.*//; s/^Wants=.*//' \
    station-network.service >/etc/systemd/system/seen.service
mkdir -p /var/lib/station /etc/station
systemctl daemon-reload
systemctl start seen || fail "seen: $(journalctl -u seen --no-pager -o cat)"
journalctl -u seen --no-pager -o cat | grep -x mac80211_hwsim || fail "the unit sees no radio: $(journalctl -u seen --no-pager -o cat)"

bring_up() { # security: the station's files for it, and what station-hotspot.service starts
    cp -r "modes/$1/." /
    chown -R root:root /etc/NetworkManager
    find /etc/NetworkManager/system-connections -type f -exec chmod 600 {} +
    nmcli connection reload
    sh -c "$(sed -n 's/^ExecStart=.bin.sh -c .\(.*\).$/\1/p' station-hotspot.service | sed "s/\"\$COUNTRY\"/CN/")" || fail "the hotspot did not come up"
    until_true sh -c 'ip -4 address show wlan0 | grep -q 10.42.0.1' || fail "no address on the hotspot"
    frequency=$(iw dev wlan0 info | sed -n 's/.*(\([0-9]*\) MHz).*/\1/p')
}
offers() { # the beacon's RSN element must say this
    tablet ip link set "$interface" up
    for _ in $(seq 20); do
        heard=$(tablet iw dev "$interface" scan freq "$frequency" flush 2>/dev/null | grep -E 'Authentication suites|MFP|Capabilities: .*PTKSA' | tr -s '\t *' ' ' | tr '\n' ';') && [ -n "$heard" ] && break
        sleep 1
    done
    echo "on the air:$heard"
    case "$heard" in *"$1;"*"$2"*) ;; *) fail "the beacon says$heard, not $1, $2" ;; esac
}
ssid=$(cat ssid); passphrase=$(cat passphrase)
supplicant() { # key_mgmt ieee80211w passphrase
    printf 'ctrl_interface=/run/tablet\nnetwork={\nssid="%s"\npsk="%s"\nkey_mgmt=%s\nieee80211w=%s\nscan_freq=%s\n}\n' "$ssid" "$3" "$1" "$2" "$frequency" >/tmp/tablet.conf
    rm -f /tmp/tablet.log
    tablet wpa_supplicant -d -B -i "$interface" -c /tmp/tablet.conf -P /tmp/wpa.pid -f /tmp/tablet.log >/dev/null
}
state() { tablet wpa_cli -p /run/tablet -i "$interface" status; }
leave() { kill "$(cat /tmp/wpa.pid)"; until_true test ! -e /tmp/wpa.pid; tablet ip address flush dev "$interface"; }
joins() { # what status says, key_mgmt ieee80211w
    supplicant "$2" "$3" "$passphrase"
    until_true sh -c "ip netns exec tablet wpa_cli -p /run/tablet -i $interface status | grep -q wpa_state=COMPLETED" || { tail -30 /tmp/tablet.log; fail "$2 did not join"; }
    state | grep -x "key_mgmt=$1" || fail "joined as $(state | grep key_mgmt), not $1"
    echo "the station says: $(wpa_cli -p /run/wpa_supplicant -i wlan0 all_sta | grep AKMSuiteSelector)"
    tablet busybox udhcpc -i "$interface" -n -q -t 10 -O 114 -s /tmp/lease.sh >/dev/null 2>&1 || fail "no address from the station"
}
is_refused() { # why, key_mgmt ieee80211w passphrase
    supplicant "$2" "$3" "$4"
    until_true grep -qE "$1" /tmp/tablet.log || { tail -30 /tmp/tablet.log; fail "no word of $1"; }
    sleep 3
    state | grep -q wpa_state=COMPLETED && fail "$2 joined all the same"
    echo "$2 stays outside: $(grep -m 1 -oE "$1" /tmp/tablet.log)"
    leave
}
printf '#!/bin/sh\n[ "$1" = bound ] && { ip address add "$ip/$mask" dev "$interface"; env >/tmp/lease; }\nexit 0\n' >/tmp/lease.sh
chmod +x /tmp/lease.sh

at "WPA2 and WPA3 at once"
cp -r modes/wpa2-wpa3/. /
nft -f /etc/station/firewall.nft
find /etc/NetworkManager/system-connections -type f -exec chmod 600 {} +
systemctl restart NetworkManager
until_true nmcli -t general status || fail "no NetworkManager"
bring_up wpa2-wpa3
iw reg get | sed -n 2p
iw dev wlan0 info | grep -E 'ssid|type|channel'
offers "PSK PSK/SHA-256 SAE" "MFP-capable"
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
is_refused "pre-shared key may be incorrect" WPA-PSK 0 not-the-passphrase
is_refused "CTRL-EVENT-AUTH-REJECT" SAE 2 not-the-passphrase
joins WPA2-PSK WPA-PSK 0
leave
joins SAE "WPA-PSK SAE" 1
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
leave

at "WPA3 only"
bring_up wpa3
offers "SAE" "MFP-required"
is_refused "key mgmt mismatch" WPA-PSK 1 "$passphrase"
joins SAE SAE 2
leave

at "WPA2 only"
bring_up wpa2
offers "PSK PSK/SHA-256" "GTKSA-RC (0x000c)"
is_refused "key mgmt mismatch" SAE 2 "$passphrase"
joins WPA2-PSK "WPA-PSK SAE" 1
leave

is_outside() { until_true sh -c "! wpa_cli -p /run/wpa_supplicant -i wlan2 status | grep -q wpa_state=COMPLETED" || fail "still joined"; }
teaches() { # key_mgmt ieee80211w: the school's own Wi-Fi from now on
    if [ -e /tmp/school.pid ]; then # nobody tells NetworkManager to leave: a connection that was left by hand is not taken up by itself
        kill "$(cat /tmp/school.pid)"
        until_true test ! -e /tmp/school.pid
        is_outside
    fi
    { printf 'network={\nssid="Campus"\nmode=2\nfrequency=2437\nkey_mgmt=%s\nieee80211w=%s\nproto=RSN\npairwise=CCMP\npsk="' "$1" "$2"; cat password; printf '"\n}\n'; } >/tmp/school.conf
    school wpa_supplicant -B -i "$own" -c /tmp/school.conf -P /tmp/school.pid -f /tmp/school.log >/dev/null
    until_true sh -c "ip netns exec school iw dev $own info | grep -q 'type AP'" || fail "no school"
    school ip address replace 192.0.2.1/24 dev "$own"
}
is_joined() { # what status says: by itself, as at a start; looked for at once, not when its next search is due
    until_true sh -c "wpa_cli -p /run/wpa_supplicant -i wlan2 status | grep -qx key_mgmt=$1 && ip -4 address show wlan2 | grep -q 192.0.2. ||
        { nmcli device wifi rescan ifname wlan2; exit 1; }" ||
        { nmcli connection show; nmcli device wifi list ifname wlan2; wpa_cli -p /run/wpa_supplicant -i wlan2 status; fail "the school's Wi-Fi was not joined as $1"; }
    nmcli -g NAME,DEVICE connection show --active | grep wlan2
    wpa_cli -p /run/wpa_supplicant -i wlan2 status | grep -E '^(key_mgmt|pmf)='
}
again() { # security: files of a station that is told what its school's Wi-Fi is
    cp -r "modes/$1/." /
    find /etc/NetworkManager/system-connections -name '*wifi*' ! -name '*~' -type f -exec chmod 600 {} +
    nmcli connection reload
}
at "a school's Wi-Fi: WPA3 only"
teaches SAE 2
school dnsmasq --no-daemon --port=0 --bind-dynamic --interface="$own" --dhcp-range=192.0.2.10,192.0.2.50,1h --dhcp-leasefile=/tmp/leases >/tmp/school-dhcp.log 2>&1 &
again wpa2-wpa3
is_joined SAE
at "a school's Wi-Fi: both"
teaches "WPA-PSK SAE" 1
again wpa2-wpa3
is_joined SAE
at "a school's Wi-Fi: WPA2 only"
teaches WPA-PSK 0
again wpa2-wpa3
is_joined WPA2-PSK
rm /etc/NetworkManager/system-connections/station-wifi*
nmcli connection reload
is_outside
again key
is_joined WPA2-PSK
at "end"
echo "PASSED"
