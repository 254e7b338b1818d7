"""The real picamera2 on libcamera's virtual camera: what must be different there, and nothing else.

The virtual camera gives NV12 only and has no raw stream, no exposure, gain, focus or white balance, and does not tell how large its
sensor is. picamera2's list of raw modes is therefore the one picture there is, its buffers come from libcamera's own allocator, and
the planes are laid out as the Pi's YUV420 before the driver sees them. libcamera decodes the pictures anew whenever its list of
cameras is made, which takes longer than a camera may, so the list is kept for as long as the process lives.
"""

from __future__ import annotations

from typing import Any

import libcamera
import numpy as np
from picamera2 import Picamera2
from picamera2.allocators import LibcameraAllocator
from picamera2.request import CompletedRequest


class VirtualPicamera(Picamera2):
    """`picamera2.Picamera2` for a camera without raw modes that speaks NV12."""

    def _get_raw_modes(self) -> list[Any]:
        size = self.camera.generate_configuration([libcamera.StreamRole.StillCapture]).at(0).size
        self.camera_properties_["PixelArraySize"] = (size.width, size.height)
        return [{"format": "NV12", "size": (size.width, size.height)}]

    def configure(self, camera_config: Any = "preview") -> Any:
        """The driver's configuration, in the one format that there is."""
        for stream in ("main", "lores"):
            camera_config[stream]["format"] = "NV12"
        self.allocator = LibcameraAllocator(self.camera)
        return super().configure(camera_config)


def as_planar(request: CompletedRequest, name: str) -> np.ndarray[Any, Any]:
    """(H x 3/2, W) uint8 of NV12 with its chroma pairs taken apart: planes Y, U, V, as YUV420 has them."""
    packed = CompletedRequest.__dict__["make_array_as_it_is"](request, name)
    height, width = packed.shape[0] * 2 // 3, packed.shape[1]
    pairs = packed[height:].reshape(-1, 2)
    chroma = np.concatenate([pairs[:, 0], pairs[:, 1]]).reshape(height // 2, width)
    return np.concatenate([packed[:height], chroma])


def open_virtual(number: int) -> VirtualPicamera:
    """For `LibcameraCamera(opener=)`."""
    if not hasattr(VirtualPicamera, "list_of_cameras"):
        VirtualPicamera.list_of_cameras = libcamera.CameraManager.singleton()
    if not hasattr(CompletedRequest, "make_array_as_it_is"):
        CompletedRequest.make_array_as_it_is = CompletedRequest.make_array
        CompletedRequest.make_array = as_planar
    return VirtualPicamera(number)
