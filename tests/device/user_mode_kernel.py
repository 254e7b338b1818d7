"""The kernel of `UserModeMachine`: Debian's newest source of a kernel (backports), built as a program, kept in the cache.

From 6.16 on such a kernel catches its programs' system calls by seccomp instead of ptrace, and a page fault is no longer a detour
over another process: the station is ready in half the time (24 s instead of 52 s on the same processor). Debian's own program of it
(user-mode-linux) is older than that in both releases, and has neither pins nor cameras.
"""

from __future__ import annotations

from pathlib import Path

from machine_image import Recipe, layers

CONFIG = Path(__file__).with_name("user_mode.config")
PROGRAM = "/usr/local/lib/station/linux"  # where the kernel lies in its tree
PACKAGES = ("gcc", "make", "libc6-dev", "flex", "bison", "bc", "xz-utils")
# A name that the source no longer knows is told, not dropped in silence.
BUILD = r"""
cd /usr/src
tar -xf linux-source-*.tar.xz
cd linux-source-*/
# Its network could ask a name server, which a program without libraries cannot; ours is a device of this machine and asks nobody.
sed -i '/select MAY_HAVE_RUNTIME_DEPS/d' arch/um/drivers/Kconfig
cat >user_mode.config <<'END'
{config}
END
make -s ARCH=um KCONFIG_ALLCONFIG=user_mode.config allnoconfig
grep ^CONFIG_ user_mode.config | while read -r line; do
    grep -qxF "$line" .config || {{ echo "this kernel cannot have $line" >&2; exit 1; }}
done
make -s -j2 ARCH=um linux
install -D linux {program}
cd .. && rm -rf linux-source-*
"""


def recipe() -> Recipe:
    """For `machine_image.layers`."""
    prepare = BUILD.format(config=CONFIG.read_text(encoding="utf-8"), program=PROGRAM)
    return Recipe("user-mode-kernel", packages=PACKAGES, backports=("linux-source",), prepare=prepare)


def program() -> Path:
    """The kernel, built the first time (some minutes). Raises `RuntimeError` with what failed."""
    return layers(recipe())[0] / PROGRAM.lstrip("/")
