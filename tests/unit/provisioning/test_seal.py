"""`systemd/files/seal.sh`, with the real systemd-creds where there is one, in mounts of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "systemd/files/seal.sh"
PLACES = ("/run", "/var/lib/systemd", "/var/lib/station-seal", "/var/lib/station")
# A machine of its own as far as devices go: with what the script needs, and without the TPM this one may have.
DEVICES = "mkdir /run/dev; mount --bind /dev /run/dev; mount -t tmpfs tmpfs /dev; " + "; ".join(
    f"touch /dev/{name}; mount --bind /run/dev/{name} /dev/{name}" for name in ("null", "urandom")
)
HANDED, BLOB = "/run/credstore.encrypted/station-seal", "/var/lib/station-seal/station-seal.cred"

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts of its own need root"),
    pytest.mark.skipif(shutil.which("systemd-creds") is None, reason="no systemd-creds here (apt: systemd)"),
]


def after(*steps: str) -> list[str]:
    """Run `steps` (sh) with those places empty; what they print. Skips where this machine gives no mounts."""
    made = "; ".join(f"mkdir -p {place}; mount -t tmpfs tmpfs {place}" for place in PLACES)
    script = f"{made}; {DEVICES}; seal() {{ sh {SCRIPT} $* >/dev/null; }}; {'; '.join(steps)}"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-euc", script], capture_output=True, text=True, check=False, timeout=120
    )
    if "permission denied" in done.stderr.lower():
        pytest.skip(f"no mounts of its own here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def opened(blob: str) -> str:
    return f"systemd-creds decrypt --name=station-seal {blob} - | sha256sum | cut -d' ' -f1"


def test_what_was_sealed_once_is_handed_over_at_every_start_and_opens() -> None:
    said, first, mode, again, second = after(
        "seal", "cat /run/station-seal", opened(HANDED), f"stat -c %a {HANDED}",
        "rm -r /run/credstore.encrypted /run/station-seal", "seal", "cat /run/station-seal", opened(HANDED),
    )  # fmt: skip
    assert (said, again) == ("host", "host")
    assert first == second
    assert mode == "600"


def test_each_machine_seals_something_else() -> None:
    first, second = after("seal", opened(HANDED), f"rm {BLOB}", "seal", opened(HANDED))
    assert first != second


def test_what_does_not_open_any_more_is_not_handed_over_and_stays() -> None:
    said, _, count = after(
        "seal", "rm -r /run/credstore.encrypted", f"printf x | dd of={BLOB} bs=1 seek=40 conv=notrunc 2>/dev/null",
        "seal", "cut -d: -f1 /run/station-seal", "echo -", "ls -d /run/credstore.encrypted 2>/dev/null | wc -l",
    )  # fmt: skip
    assert (said, count) == ("broken", "0")


DAMAGED = f"rm -r /run/credstore.encrypted; printf x | dd of={BLOB} bs=1 seek=40 conv=notrunc 2>/dev/null; seal"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("capture-station bound key 1 credential", "broken"),
        ("capture-station bound key 1 device-tree", "host"),
        ("plain", "host"),
    ],
)
def test_what_does_not_open_gives_way_only_where_no_key_needs_it(key: str, said: str) -> None:
    keys = "mkdir /var/lib/station/keys; printf '{}\\nrest' >/var/lib/station/keys/{}"
    before, after_it = after(
        "seal",
        DAMAGED,
        "cut -d: -f1 /run/station-seal",
        keys.format(key, "station.pem"),
        "seal renew",
        "cut -d: -f1 /run/station-seal",
    )
    assert (before, after_it) == ("broken", said)


def test_a_seal_that_opens_is_never_made_anew() -> None:
    first, second = after("seal", opened(HANDED), "seal renew", opened(HANDED))
    assert first == second


# What `systemd-creds` does for a TPM, as far as the script sees it; `has-tpm2` says no, as wherever the firmware is not UEFI.
CREDS = """
mkdir /run/bin; cat >/run/bin/systemd-creds <<'END'
#!/bin/sh
echo "$*" >>/run/asked
for last; do :; done
case "$*" in
    has-tpm2*) exit 1 ;;
    encrypt*key=tpm2*) [ ! -e /run/locked ] || { echo the TPM is locked >&2; exit 1; }; cat >"$last" ;;
    encrypt*key=host*) cat >"$last" ;;
    decrypt*)
        [ ! -e /run/shut ] || { echo shut >&2; exit 1; }
        [ ! -e /run/other ] || { echo not by this TPM >&2; exit 1; }
        shift 2; cat "$1" ;;
esac
END
cat >/run/bin/tpm2_dictionarylockout <<'END'
#!/bin/sh
[ "$*" = --clear-lockout ] && [ "$TPM2TOOLS_TCTI" = device:/dev/tpmrm0 ] && rm /run/shut
END
chmod +x /run/bin/*; export PATH=/run/bin:$PATH; touch /dev/tpmrm0"""


def test_a_tpm_is_used_where_the_firmware_knows_nothing_of_it_and_bound_to_no_state_of_the_firmware() -> None:
    said, *asked = after(CREDS, "seal", "cat /run/station-seal", "grep encrypt /run/asked")
    assert said == "tpm2"
    assert asked[:4] == ["encrypt", "--with-key=tpm2", "--tpm2-pcrs=", "--name=station-seal"]


def test_a_tpm_that_refuses_is_told_and_something_else_takes_its_place() -> None:
    said = after(CREDS, "touch /run/locked", "seal", "seal", "cat /run/station-seal")
    assert " ".join(said) == "host: tpm2 cannot be used here (the TPM is locked)"


def test_a_tpm_that_power_cuts_shut_is_opened_at_the_first_start_and_later() -> None:
    shut = "touch /run/shut"
    assert after(CREDS, shut, "seal", "cat /run/station-seal", shut, "seal", "cat /run/station-seal") == [
        "tpm2",
        "tpm2",
    ]


def test_another_machines_tpm_is_told_with_the_way_out() -> None:
    said = after(
        CREDS, "seal", "touch /run/other", "seal", "cat /run/station-seal", f"ls {HANDED} 2>/dev/null || echo none"
    )
    told = " ".join(said)
    assert told.startswith(
        "broken: /var/lib/station-seal/station-seal.cred was sealed by another machine's TPM, or this one's was cleared; "
    )
    assert told.endswith("station restore none")


def test_a_system_without_systemd_creds_is_told() -> None:
    said = after("mkdir /run/bin", "for p in sh mkdir mv chmod; do ln -s $(command -v $p) /run/bin/$p; done",
                 f"PATH=/run/bin sh {SCRIPT} >/dev/null", "cat /run/station-seal")  # fmt: skip
    assert said[0] == "nothing:"
