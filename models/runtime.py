"""One network in memory, run by LiteRT or, where that alone is installed, by tflite-runtime.

An interpreter owns its tensors and is not thread-safe; `Network.run` holds a lock, so that an instance may be shared and whoever
comes second waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import NetworkMissing
from models.pages import give_back

Tensor = NDArray[np.float32]


RUNTIMES: dict[str, str] = {"litert": "ai_edge_litert.interpreter", "tflite-runtime": "tflite_runtime.interpreter"}
"""What can run a network, the better first: LiteRT is the newer interpreter, 5 to 15 % faster, for every Python; tflite-runtime has
the old name and ends with Python 3.11 and numpy 1."""


def installed_runtimes() -> tuple[str, ...]:
    """The runtimes of this environment, the better first."""
    return tuple(name for name, module in RUNTIMES.items() if find_spec(module.partition(".")[0]) is not None)


def _interpreter(runtime: str | None) -> Callable[..., Any]:
    """The interpreter of `runtime`, or of the best that is installed. Raises `NetworkMissing` where there is none."""
    names = installed_runtimes()
    if not names or (runtime is not None and runtime not in names):
        msg = f"{runtime or 'a TFLite runtime'} is not installed; type: pip install ai-edge-litert"
        raise NetworkMissing(msg)
    made: Callable[..., Any] = import_module(RUNTIMES[runtime or names[0]]).Interpreter
    return made


class Network:
    """A float32 network with one input.

    `runtime` is one of `RUNTIMES`, the best that is installed unless given. Raises `NetworkMissing` when the file, or the runtime,
    is not there.
    """

    def __init__(self, path: Path, threads: int = 1, runtime: str | None = None) -> None:
        if not path.is_file():
            msg = f"{path.name} is not installed; type: station models install"
            raise NetworkMissing(msg)
        self._lock = threading.Lock()
        self._interpreter = _interpreter(runtime)(model_path=str(path), num_threads=threads)
        self._interpreter.allocate_tensors()
        give_back(path)
        self._input = self._interpreter.get_input_details()[0]
        self._outputs = self._interpreter.get_output_details()
        self._shape = tuple(int(side) for side in self._input["shape"])

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the input, batch first."""
        return self._shape

    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        """Every output for `tensor` (float32, `input_shape`), as copies. Raises `ValueError` for another shape."""
        with self._lock:
            self._interpreter.set_tensor(self._input["index"], tensor)
            return self._invoked()

    def look(self, pixels: NDArray[np.uint8], span: float = 255.0, offset: float = 0.0) -> tuple[Tensor, ...]:
        """Every output for a picture of the input's size (H, W, 3), uint8, BGR: given to the network as RGB, each level divided by
        `span`, and `offset` added. Raises `ValueError` for another size."""
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        if (1, *rgb.shape) != self.input_shape:
            raise ValueError(f"a picture of {rgb.shape}, for a network that takes {self.input_shape}")
        with self._lock:
            # Straight into the network's own memory; the view must be gone before it runs.
            place = self._interpreter.tensor(self._input["index"])()
            np.divide(rgb, np.float32(span), out=place[0], dtype=np.float32)
            if offset:
                place += np.float32(offset)
            del place
            return self._invoked()

    def _invoked(self) -> tuple[Tensor, ...]:
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(output["index"]) for output in self._outputs)
