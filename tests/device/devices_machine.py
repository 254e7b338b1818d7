"""The machine with devices: picamera2 on libcamera's virtual camera, GPIO simulated by the kernel, uinput, vivid.

It runs in user mode, so that its programs keep a camera's pace on any processor. picamera2 is the one a Pi runs (0.3.38), with the
libcamera of trixie-backports; the Python packages are of the versions that the lock file names.
"""

from __future__ import annotations

from pathlib import Path

from machine_image import Recipe, image
from user_mode import UserModeMachine
from user_mode_kernel import program

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
  - width: 640
    height: 480
    frame_rates:
    - 30
    - 30
  frames:
    path: "/root/work/sensor/"
  location: "CameraLocationFront"
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
    "python3-dev", "python3-pip", "gcc", "make", "libc6-dev", "libzbar0",
    "swig", "python3-setuptools",
    "python3-evdev", "python3-prctl", "python3-av", "python3-jsonschema", "python3-piexif", "python3-tqdm",
    "python3-pil", "libgl1", "libglib2.0-0t64",
)  # fmt: skip
CAMERA = ("python3-libcamera", "libcamera-tools", "libcamera-ipa")
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
    return Recipe("devices", packages=PACKAGES, backports=CAMERA, prepare=PYTHON.format(pinned=pinned()))


def machine(share: Path) -> UserModeMachine:
    """The machine, made the first time; what it writes is forgotten when it is switched off."""
    return UserModeMachine(image(recipe()).disk, share, program(), forgets=True, lean=True)
