"""Set-up: what it does on an empty machine, what it leaves alone the second time, what it says when something fails.

The script is the real one, in a checkout of its own; the programs it calls (python's venv and pip, apt-get, dpkg, the
station) are stand-ins on the PATH that write down every call and fail when told to.
"""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PYTHON = """#!/bin/sh
# A Python whose venv and pip are quick: everything else is the real one's.
case "$*" in
    "-m venv "*)
        mkdir -p "$3/bin"; : > "$3/pyvenv.cfg"; cp "$0" "$3/bin/python"
        printf '#!/bin/sh\\necho station "$*" >> "$CALLS"\\n! grep -q "^station$" "$BROKEN"\\n' > "$3/bin/station"
        chmod +x "$3/bin/station"; echo venv >> "$CALLS" ;;
    "-m pip "*) echo "pip $*" >> "$CALLS"; ! grep -q "^pip$" "$BROKEN" ;;
    *"import pip"*) ! grep -q "^half-made$" "$BROKEN" ;;
    *ensurepip*) ! grep -q "^ensurepip$" "$BROKEN" ;;
    *) exec {real} "$@" ;;
esac
"""
APT = """#!/bin/sh
echo "apt-get $*" >> "$CALLS"
grep -q "^apt$" "$BROKEN" && exit 100
case "$*" in
    *-venv) sed -i '/^ensurepip$/d' "$BROKEN" ;;
    *install*) for name in "$@"; do echo "$name" >> "$INSTALLED"; done ;;
esac
exit 0
"""
DPKG = """#!/bin/sh
for name in "$@"; do :; done
grep -qx "$name" "$INSTALLED" && printf installed
"""


class Machine:
    """A checkout and a PATH of stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        shutil.copytree(ROOT / "provisioning", self.checkout / "provisioning")
        for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, self.checkout)
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("sh", "awk", "sha256sum", "cut", "cat", "dirname", "mkdir", "cp", "chmod", "grep", "sed", "rm"):
            (self.bin / name).symlink_to(shutil.which(name))
        self.program("python3", PYTHON.replace("{real}", sys.executable))
        self.program("apt-get", APT)
        self.program("dpkg-query", DPKG)
        self.program("id", "#!/bin/sh\necho 0\n")
        self.calls_file, self.broken_file, self.installed_file = (
            folder / name for name in ("calls", "broken", "there")
        )
        for file in (self.calls_file, self.broken_file, self.installed_file):
            file.write_text("")

    def program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def breaks(self, *names: str) -> None:
        self.broken_file.write_text("".join(f"{name}\n" for name in names))

    def setup(self, *options: str, **variables: str) -> tuple[int, list[str], str]:
        """Run it; return exit code, the calls it made, and what it said."""
        self.calls_file.write_text("")
        environment = {
            "PATH": str(self.bin),
            "HOME": str(self.checkout),
            "CALLS": str(self.calls_file),
            "BROKEN": str(self.broken_file),
            "INSTALLED": str(self.installed_file),
            "LANG": "zh_CN.GBK",
            **variables,
        }
        done = subprocess.run(
            [self.checkout / "provisioning" / "setup", *options],
            env=environment, capture_output=True, text=True, encoding="utf-8", check=False, cwd="/",
        )  # fmt: skip
        return done.returncode, self.calls_file.read_text().splitlines(), done.stderr


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def pip_calls(calls):
    return [call for call in calls if call.startswith("pip ")]


def test_an_empty_machine_gets_everything_in_order(machine):
    code, calls, said = machine.setup()
    assert code == 0, said
    assert [call.split()[0] for call in calls] == ["apt-get", "venv", "pip", "pip", "station"]
    assert "libzbar0" in calls[0]
    assert "--require-hashes -r requirements.lock" in calls[2]
    assert "--no-index" in calls[3]
    assert calls[4] == "station models install"
    assert "ready: .venv/bin/station" in said


def test_the_second_run_asks_no_network(machine):
    machine.setup()
    machine.breaks("pip", "apt")
    code, calls, said = machine.setup()
    assert (code, calls) == (0, ["station models install"]), said


def test_the_tests_environment_contains_the_stations(machine):
    machine.setup("--dev")
    assert machine.setup()[1] == ["station models install"]


def test_dev_after_plain_adds_what_is_missing(machine):
    machine.setup()
    code, calls, _ = machine.setup("--dev")
    assert code == 0
    assert any("chromium" in call for call in calls)
    assert "-r requirements-dev.lock" in pip_calls(calls)[0]


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_again(machine, file):
    machine.setup()
    with (machine.checkout / file).open("a") as target:
        target.write("\n# changed\n")
    assert len(pip_calls(machine.setup()[1])) == 2
    assert pip_calls(machine.setup()[1]) == []


def test_a_moved_checkout_is_installed_again(machine):
    machine.setup()
    moved = machine.checkout.rename(machine.checkout.with_name("elsewhere"))
    machine.checkout = moved
    assert len(pip_calls(machine.setup()[1])) == 2


def test_another_python_makes_a_new_environment_and_keeps_the_networks(machine):
    machine.setup()
    kept = machine.checkout / ".venv" / "share" / "station" / "networks" / "face.tflite"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"network")
    # The same stand-in, but saying that it is another release at another place.
    other = PYTHON.replace("{real}", sys.executable).replace(
        "*ensurepip*)", "*base_prefix*) echo 3 12 9 /opt ;;\n    *ensurepip*)"
    )
    machine.program("python3.12", other)
    code, calls, said = machine.setup(PYTHON="python3.12")
    assert code == 0, said
    assert "venv" in calls
    assert len(pip_calls(calls)) == 2
    assert kept.exists()
    # Named once, it stays: without PYTHON the environment's own interpreter is kept.
    assert machine.setup()[1] == ["station models install"]


def test_a_half_installed_environment_is_completed_next_time(machine):
    machine.breaks("pip")
    code, _, said = machine.setup()
    assert code == 2
    assert "these Python packages are missing" in said
    assert "no network?" in said
    machine.breaks()
    code, calls, _ = machine.setup()
    assert code == 0
    assert len(pip_calls(calls)) == 2


def test_after_a_broken_upgrade_going_back_installs_again(machine):
    machine.setup()
    lock = machine.checkout / "requirements.lock"
    before = lock.read_text()
    lock.write_text(before + "# newer\n")
    machine.breaks("pip")
    assert machine.setup()[0] == 2
    lock.write_text(before)
    machine.breaks()
    assert len(pip_calls(machine.setup()[1])) == 2


def test_an_environment_broken_off_before_pip_is_made_anew(machine):
    machine.setup()
    machine.breaks("half-made")
    activated = f"{machine.checkout}/.venv/bin:{machine.bin}"
    shutil.copy(machine.bin / "python3", machine.checkout / ".venv" / "bin" / "python3")
    code, calls, said = machine.setup(PATH=activated)
    assert code == 0, said
    assert "venv" in calls


def test_without_a_venv_module_root_installs_debians_package(machine):
    machine.breaks("ensurepip")
    code, calls, said = machine.setup()
    assert code == 0, said
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert any(call.startswith("apt-get install") and call.endswith(version) for call in calls)


def test_without_root_the_commands_to_type_are_said(machine):
    machine.program("id", "#!/bin/sh\necho 1000\n")
    code, calls, said = machine.setup()
    assert code == 2
    assert not any(call.startswith("apt-get") for call in calls)
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends libzbar0" in said
    assert "station models install" in calls  # the rest is done all the same
    machine.installed_file.write_text("libzbar0\n")
    code, _, said = machine.setup("--dev")
    assert code == 0
    assert "tests that need these are skipped" in said


def test_without_root_and_venv_module_the_command_to_type_is_said(machine):
    machine.program("id", "#!/bin/sh\necho 1000\n")
    machine.breaks("ensurepip")
    code, _, said = machine.setup()
    assert code == 2
    assert "sudo apt-get install -y --no-install-recommends python3." in said


def test_old_package_lists_are_fetched_anew_once(machine):
    once = APT.replace('grep -q "^apt$" "$BROKEN" && exit 100', 'case "$(grep -c . "$CALLS")" in 1) exit 100;; esac')
    machine.program("apt-get", once)
    code, calls, _ = machine.setup()
    assert code == 0
    assert [call.split()[1] for call in calls if call.startswith("apt-get")] == ["install", "update", "install"]


def test_apt_without_a_network_names_the_package_and_goes_on(machine):
    machine.breaks("apt")
    code, calls, said = machine.setup()
    assert code == 2
    assert "apt could not install: libzbar0" in said
    assert "station models install" in calls


def test_missing_networks_make_it_incomplete(machine):
    machine.breaks("station")
    code, _, said = machine.setup()
    assert code == 2
    assert "not complete" in said


@pytest.mark.parametrize("version", ["3 10 4", "3 14 0"])
def test_a_python_too_old_or_too_new_is_refused(machine, version):
    major, minor, patch = version.split()
    pretend = f"import sys; sys.version_info = ({major}, {minor}, {patch}); exec(sys.argv[1])"
    machine.program("python3.x", f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
    code, calls, said = machine.setup(PYTHON="python3.x")
    assert code == 2
    assert calls == [call for call in calls if call.startswith("apt-get")]
    assert "PYTHON=python3.x is not a Python 3.11, 3.12 or 3.13 that runs" in said


def test_an_unknown_option_is_refused(machine):
    code, calls, said = machine.setup("--dve")
    assert (code, calls) == (2, [])
    assert "usage: provisioning/setup" in said
