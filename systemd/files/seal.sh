#!/bin/sh
# Seals 32 random bytes with systemd-creds, once, and hands them to the station's units at every start (station-seal.service).
# /var/lib/station-seal/station-seal.cred is what lies on the card: only this machine's TPM, or its systemd, opens it. What follows from
# that for the keys says appliance/board.py; `station doctor` tells what /run/station-seal says.
set -eu
kept=/var/lib/station-seal blob=$kept/station-seal.cred handed=/run/credstore.encrypted

say() {
    printf '%s\n' "$1" >/run/.station-seal.new
    chmod 644 /run/.station-seal.new
    mv /run/.station-seal.new /run/station-seal
    echo "seal: $1"
}

opens() { systemd-creds decrypt --name=station-seal "$1" - >/dev/null 2>&1; }

# What this machine can seal with, best first. A board with a number of its own needs no more than that where there is no TPM: systemd's
# own key would lie on the same card, and be one more thing to lose when the system is written anew.
best() {
    if systemd-creds has-tpm2 >/dev/null 2>&1; then
        echo tpm2
    elif [ -s /sys/firmware/devicetree/base/serial-number ]; then
        echo board
    else
        echo host
    fi
}

mkdir -p -m 700 "$kept"
if ! command -v systemd-creds >/dev/null; then
    say "nothing: this system has no systemd-creds"
    exit 0
fi
if [ ! -e "$blob" ]; then
    with=$(best)
    if [ "$with" = board ]; then
        say "board: no TPM; the board's own number takes its place"
        exit 0
    fi
    umask 077
    if ! head -c 32 /dev/urandom | base64 -w0 |
        systemd-creds encrypt --with-key="$with" --name=station-seal - "$blob.new" || ! opens "$blob.new"; then
        rm -f "$blob.new"
        say "nothing: systemd-creds cannot seal with $with here"
        exit 0
    fi
    printf '%s\n' "$with" >"$kept/with"
    sync -f "$blob.new"
    mv "$blob.new" "$blob"
    sync -f "$kept"
fi
# One that does not open any more is not handed out: the station then starts into safe mode and says why, instead of not at all.
if opens "$blob"; then
    mkdir -p -m 700 "$handed"
    install -m 600 "$blob" "$handed/station-seal"
    say "$(cat "$kept/with" 2>/dev/null || echo sealed)"
else
    say "broken: $blob was sealed by another machine, or this one's TPM was cleared"
fi
