#!/bin/sh
# Seals 32 random bytes with systemd-creds, once, and hands them to the station's units at every start (station-seal.service).
# /var/lib/station-seal/station-seal.cred is what lies on the card: only this machine's TPM, or its systemd, opens it. What follows from
# that for the keys says appliance/board.py; `station doctor` tells what /run/station-seal says.
#
# seal.sh          at every start
# seal.sh renew    before the station's keys are made or bound: one that does not open and that no key needs any more gives way
set -eu
kept=/var/lib/station-seal blob=$kept/station-seal.cred handed=/run/credstore.encrypted told=/run/station-seal
tpm=/dev/tpmrm0 keys=/var/lib/station/keys

say() {
    printf '%s\n' "$1" >/run/.station-seal.new
    chmod 644 /run/.station-seal.new
    mv /run/.station-seal.new "$told"
    echo "seal: $1"
}

opens() { systemd-creds decrypt --name=station-seal "$1" - 2>&1 >/dev/null; }

# Each power cut counts as a wrong guess to a TPM that was in use; after some it stays shut for hours. Nobody guesses here: there is no PIN.
unlocked() {
    TPM2TOOLS_TCTI=${TPM2TOOLS_TCTI:-device:$tpm} tpm2_dictionarylockout --clear-lockout >/dev/null 2>&1 &&
        echo "seal: the TPM's count of failures is cleared"
}

opened() { opens "$2" || { [ "$1" = tpm2 ] && unlocked && opens "$2"; }; } # with what, which file

# What this machine can seal with, best first. A board with a number of its own needs no more than that where there is no TPM: systemd's
# own key would lie on the same card, and be one more thing to lose when the system is written anew.
# `systemd-creds has-tpm2` is not asked: it says no wherever the firmware is not UEFI, so on every small board; a trial tells.
ways() {
    [ ! -e "$tpm" ] || echo tpm2
    if [ -s /sys/firmware/devicetree/base/serial-number ]; then echo board; else echo host; fi
}

# No PCR: the one that systemd 252 to 257 would take (7) changes with every update of Secure Boot's lists, after which the station would
# stay shut, and whoever has the whole machine starts a system from a stick that leaves it as it is. It is the TPM that counts.
# systemd 252 opens nothing that names no PCR: there it is 16, which nothing writes to.
encrypted() {
    for pcrs in "" 16; do
        (umask 077 && head -c 32 /dev/urandom | base64 -w0 |
            systemd-creds encrypt --with-key="$1" --tpm2-pcrs="$pcrs" --name=station-seal - "$blob.new" 2>&1) &&
            opened "$1" "$blob.new" && return
    done
    return 1
}

make() {
    udevadm settle --timeout=10 2>/dev/null || : # a TPM behind a bus of the board is found last
    failed=
    for with in $(ways); do
        if [ "$with" = board ]; then
            say "board: ${failed:-no TPM}; the board's own number takes its place"
            exit 0
        fi
        if error=$(encrypted "$with"); then
            printf '%s\n' "$with${failed:+: $failed}" >"$kept/with"
            sync -f "$blob.new"
            mv "$blob.new" "$blob"
            sync -f "$kept"
            return
        fi
        rm -f "$blob.new"
        echo "seal: $error"
        failed="$with cannot be used here ($(printf %s "$error" | tail -n 1))"
    done
    say "nothing: $failed"
    exit 0
}

mkdir -p -m 700 "$kept"
if ! command -v systemd-creds >/dev/null; then
    say "nothing: this system has no systemd-creds"
    exit 0
fi
if [ "${1:-}" = renew ]; then
    case $(cat "$told" 2>/dev/null) in broken:*) ;; *) exit 0 ;; esac
    # Bound by it, a key opens again where it was made: it is not given up. After `station restore` the keys are plain.
    if head -q -n 1 "$keys/ledger.key" "$keys/station.pem" 2>/dev/null | grep -aqx 'capture-station bound key 1 credential'; then
        exit 0
    fi
    mv "$blob" "$blob.broken"
fi
[ -e "$blob" ] || make
with=$(cat "$kept/with" 2>/dev/null || echo sealed)
if [ "$with" = tpm2 ]; then
    for _ in $(seq 40); do [ ! -e "$tpm" ] || break; sleep 0.5; done
fi
# One that does not open any more is not handed out: the station then starts into safe mode and says why, instead of not at all.
if opened "$with" "$blob"; then
    mkdir -p -m 700 "$handed"
    install -m 600 "$blob" "$handed/station-seal"
    say "$with"
else
    rm -f "$handed/station-seal"
    why="$blob was sealed by another system"
    if [ "$with" = tpm2 ]; then
        why="$blob was sealed by another machine's TPM, or this one's was cleared"
        [ -e "$tpm" ] || why="$blob was sealed by a TPM, and this machine shows none"
    fi
    say "broken: $why; put the card back into its own station, or bring the backup here: station restore"
fi
