"""A root file system that is only read: what must last moves to its own partition once, whole, and installing there is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance.doctor.machine import read_only_root
from provisioning.installer import read_only, temporary_files
from provisioning.installer.context import Context, StepFailed
from provisioning.installer.system import wanted

ROOT = Path(__file__).resolve().parents[3]


GOOD = {"blkid -L station-data": "/dev/sda1\n", "blkid": "ext4\n", "findmnt": "/dev/mmcblk0p2\n"}


class Machine(Context):
    """A tree whose partition is there; only copying is really done. `says`: what is answered to a command, or to its first word."""

    says: dict[str, str] = GOOD

    def run(self, command: Sequence[str], *, advice: str, quiet: bool = True) -> str:
        if command[0] in ("cp", "sync"):
            return super().run(command, advice=advice, quiet=quiet)
        said = self.says.get(" ".join(command), self.says.get(command[0], ""))
        if said == "fails":
            raise StepFailed(advice)
        return said

    def succeeds(self, command: Sequence[str]) -> bool:
        return not command


def machine(root: Path) -> Machine:
    (root / "var/lib/station/keys").mkdir(parents=True)
    (root / "var/lib/station/keys/tls.key").write_text("secret")
    (root / "var/lib/station/keys/tls.key").chmod(0o600)
    (root / "opt/capture-station/releases/1").mkdir(parents=True)
    (root / "opt/capture-station/current").symlink_to("releases/1")
    (root / "etc").mkdir()
    (root / "etc/fstab").write_text("PARTUUID=1-02 / ext4 defaults 0 1\n")
    return Machine(ROOT, root=root, start=False, read_only=True)


def test_what_must_last_moves_once_and_is_seen_where_it_was(tmp_path: Path) -> None:
    context = machine(tmp_path)
    (step,) = read_only.steps()
    assert step.wanted(context)
    assert not step.done(context)
    step.do(context)
    moved = tmp_path / "data/station/keys/tls.key"
    assert (moved.read_text(), moved.stat().st_mode & 0o777) == ("secret", 0o600)
    assert (tmp_path / "data/programs/current").readlink() == Path("releases/1")
    table = (tmp_path / "etc/fstab").read_text()
    assert table.startswith("PARTUUID=1-02 / ext4")
    assert "/data/station /var/lib/station none bind" in table
    assert 'overlayroot="tmpfs' in (tmp_path / "etc/overlayroot.local.conf").read_text()
    assert step.done(context)
    moved.write_text("newer")  # the partition's is the newer from now on
    (tmp_path / "etc/fstab").write_text("")
    step.do(context)
    assert moved.read_text() == "newer"
    step.undo(context)
    assert not (tmp_path / "etc/overlayroot.local.conf").exists()
    assert moved.read_text() == "newer"


def test_a_copy_that_was_cut_begins_anew(tmp_path: Path) -> None:
    context = machine(tmp_path)
    (tmp_path / "data/.station.new/keys").mkdir(parents=True)
    (tmp_path / "data/.station.new/keys/half").write_text("")
    read_only.steps()[0].do(context)
    assert [path.name for path in (tmp_path / "data/station/keys").iterdir()] == ["tls.key"]


@pytest.mark.parametrize(
    ("mounts", "refused"), [("overlayroot / overlay rw 0 0\n", True), ("/dev/mmc / ext4 rw 0 0\n", False)]
)
def test_installing_into_a_system_that_would_forget_it_is_refused(
    tmp_path: Path, mounts: str, *, refused: bool
) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/mounts").write_text(mounts)
    context = Context(ROOT, root=tmp_path)
    assert read_only.read_only_now(context) is refused
    if refused:
        with pytest.raises(StepFailed, match="overlayroot=disabled"):
            read_only.refuse_when_read_only(context)
    else:
        read_only.refuse_when_read_only(context)


def test_only_who_asks_for_it_gets_the_package(tmp_path: Path) -> None:
    assert "overlayroot" in wanted(Context(ROOT, root=tmp_path, read_only=True))
    assert "overlayroot" not in wanted(Context(ROOT, root=tmp_path))


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"blkid -L station-data": "fails"}, "no partition station-data"),
        ({"blkid": "vfat\n"}, "is vfat, not ext4"),
        ({"findmnt": "/dev/sda1\n"}, "the root file system itself"),
    ],
    ids=["missing", "foreign", "root"],
)
def test_a_partition_that_may_not_be_used_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: dict[str, str], why: str
) -> None:
    monkeypatch.setattr(Machine, "says", GOOD | says)
    with pytest.raises(StepFailed, match=why) as refused:
        read_only.steps()[0].do(machine(tmp_path))
    assert "mkfs.ext4 -L station-data" in str(refused.value)
    assert not (tmp_path / "etc/overlayroot.local.conf").exists()


def test_a_start_without_the_partition_is_not_held_up_and_every_line_is_whole(tmp_path: Path) -> None:
    read_only.steps()[0].do(machine(tmp_path))
    lines = [line.split() for line in (tmp_path / "etc/fstab").read_text().splitlines() if "/data" in line]
    assert len(lines) == len(read_only.KEPT) + 1
    assert all(len(line) == 6 and "nofail" in line[3] for line in lines), (
        "overlayroot leaves lines with fewer fields out"
    )


def test_temporary_files_go_to_memory_where_the_system_does_not_do_so_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp = next(step for step in temporary_files.steps() if step.name == "tmp")
    device = machine(tmp_path)
    assert not tmp.wanted(device)
    (tmp_path / "usr/share/systemd").mkdir(parents=True)
    (tmp_path / "usr/share/systemd/tmp.mount").touch()
    assert tmp.wanted(device)
    assert not tmp.done(device)
    monkeypatch.setattr(Machine, "says", {"systemctl": "fails"})
    with pytest.raises(StepFailed, match=r"tmp\.mount"):
        tmp.do(device)


def test_the_doctor_looks_for_what_the_installer_writes(tmp_path: Path) -> None:
    context = machine(tmp_path)
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/mounts").write_text("/dev/mmc / ext4 rw 0 0\n")
    assert list(read_only_root(tmp_path)) == []
    read_only.steps()[0].do(context)
    assert len(list(read_only_root(tmp_path))) == 1
