# Run with a tree of Debian as $1, in mounts of its own: seal.sh with that Debian's systemd-creds and TPMs of swtpm's, no machine booted.
# A TPM is switched off and on before each step: its own resource manager is the kernel's, which is not there.
set -eu
tree=$1 states=$2 port=$3
reached=swtpm:host=127.0.0.1,port=$port
for place in dev run; do mount -t tmpfs tmpfs "$tree/$place"; done
mount -t proc proc "$tree/proc"
mount -t sysfs sysfs "$tree/sys"
for name in null urandom; do
    touch "$tree/dev/$name"
    mount --bind "/dev/$name" "$tree/dev/$name"
done
touch "$tree/dev/tpmrm0"
seal() { # which TPM, what is asked of seal.sh
    tpm=$1
    shift
    mkdir -p "$states/$tpm"
    swtpm socket --tpm2 --tpmstate "dir=$states/$tpm" --server "type=tcp,port=$port,disconnect" --ctrl "type=tcp,port=$((port + 1))" \
        --flags not-need-init,startup-clear &
    pid=$!
    trap 'kill "$pid" 2>/dev/null || :' EXIT
    for _ in $(seq 100); do grep -q ":$(printf %04X "$port") 00000000:0000 0A" /proc/net/tcp && break; sleep 0.05; done
    in_tree sh /root/seal.sh "$@" >&2
    # Cut off, without the farewell that a system in order says to its TPM.
    kill -KILL "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    printf '%s %s\n' "$tpm$*" "$(cat "$tree/run/station-seal")"
}
in_tree() {
    chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "SYSTEMD_TPM2_DEVICE=$reached" "TPM2TOOLS_TCTI=$reached" "$@"
}
seal own
seal own
seal other
seal own
seal other
seal other renew
for _ in 1 2 3 4 5; do seal other; done
