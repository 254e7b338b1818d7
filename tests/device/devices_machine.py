"""The machine with devices: picamera2 on libcamera's virtual camera, GPIO simulated by the kernel, uinput, vivid.

Debian's kernels have no gpio-sim, so it is built from their own source beside them. picamera2 is the one a Pi runs (0.3.38), with
the libcamera of trixie-backports; the Python packages are of the versions that the lock file names.
"""

from __future__ import annotations

from pathlib import Path

from machine_image import Recipe

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements-dev.lock"
# libcamera's own description of its virtual camera; the pictures are ours, one after another.
VIRTUAL_CAMERA = """\
"Virtual0":
  supported_formats:
  - width: 1280
    height: 960
    frame_rates:
    - 30
    - 30
  frames:
    path: "/root/work/sensor/"
  location: "front"
  model: "Drawn sensor"
"""
LOCKED = (
    "numpy",
    "opencv-python-headless",
    "pytest",
    "pytest-timeout",
    "segno",
    "gpiozero",
    "pyserial",
    "pyzbar",
    "zxing-cpp",
)
PACKAGES = (
    "python3-dev", "python3-pip", "gcc", "make", "libc6-dev", "linux-headers-amd64", "linux-source-6.12", "xz-utils", "libzbar0",
    "swig", "python3-setuptools",
    "python3-evdev", "python3-prctl", "python3-av", "python3-jsonschema", "python3-piexif", "python3-tqdm",
    "python3-pil", "libgl1", "libglib2.0-0t64",
)  # fmt: skip
CAMERA = ("python3-libcamera", "libcamera-tools", "libcamera-ipa")
# irq_sim is built into no Debian kernel and exports only to modules of the kernel's own tree; here it is part of the module.
GPIO_SIM = r"""
cd /usr/src && mkdir -p /usr/src/gpiosim; cd /usr/src/gpiosim
top=linux-source-6.12
tar -xf /usr/src/$top.tar.xz --strip-components=3 $top/drivers/gpio/gpio-sim.c $top/kernel/irq/irq_sim.c
mv gpio-sim.c main.c
sed -i '/^EXPORT_SYMBOL/d; s/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/' irq_sim.c
sed -i '1a #include <linux/irq.h>\n#include <linux/irqdesc.h>' irq_sim.c
printf 'obj-m := gpio-sim.o\ngpio-sim-y := main.o irq_sim.o\n' >Makefile
version=$(basename /usr/src/linux-headers-*-amd64 | sed 's/linux-headers-//')
make -s -C /usr/src/linux-headers-$version M=$PWD modules
install -D gpio-sim.ko /lib/modules/$version/extra/gpio-sim.ko
depmod $version
rm -rf /usr/src/$top.tar.xz /usr/src/gpiosim
"""
# The virtual camera wants memory to share: udmabuf under the name that picamera2 looks for.
PYTHON = r"""
python3 -m venv --system-site-packages /opt/devices
/opt/devices/bin/pip install -q --no-cache-dir {pinned}
/opt/devices/bin/pip install -q --no-cache-dir --no-deps picamera2==0.3.38 simplejpeg PiDNG videodev2 libarchive-c
# No wheel of it for this Python, and the one that pip would take instead is empty. PYPI: with its C library inside.
PYPI=1 /opt/devices/bin/pip install -q --no-cache-dir --no-deps --no-binary lgpio lgpio==0.2.2.0
echo 'class PixelFormat: pass' >$(/opt/devices/bin/python -c 'import site; print(site.getsitepackages()[0])')/pykms.py
"""


def pinned(names: tuple[str, ...] = LOCKED) -> str:
    """`name==version` of the lock file. Raises `KeyError` for one that is not in it."""
    versions = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        name, equal, version = line.rstrip("\\ ").partition("==")
        if equal and not line.startswith((" ", "#")):
            versions[name] = version.split(";")[0].strip()
    return " ".join(f"{name}=={versions[name]}" for name in names)


def recipe() -> Recipe:
    """For `machine_image.image`."""
    return Recipe("devices", packages=PACKAGES, backports=CAMERA, prepare=GPIO_SIM + PYTHON.format(pinned=pinned()))
