"""What the ways to run a network cost: load, run, memory. Each way runs in a process of its own, one thread.

    python tests/bench/runtimes.py [--runs 40]

Ways: the interpreter with XNNPACK (what `models/runtime.py` uses) and without; LiteRT's compiled model, plain, with YNNPACK before
XNNPACK, with half precision, and with XNNPACK's packed weights kept in a file (run twice, so that the file is there). Times of
runs are processor time, which other work on the machine disturbs little; memory is what the process grew by.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.install import networks_dir
from models.runtime import installed_runtimes

RUNTIME = installed_runtimes()[0]

NETWORKS = ("face_landmarks", "face_blendshapes", "face_full_range", "face_short_range", "segments_multiclass")
HALF = 4  # XNNPACK's flag FORCE_FP16
WAYS = ("interpreter", "interpreter, no XNNPACK", "compiled", "compiled, YNNPACK", "compiled, half", "compiled, cache")


def resident() -> int:
    """Resident memory, MB."""
    rows = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return int(rows["VmRSS"].split()[0]) // 1024


def runner(way: str, path: Path, cache: Path) -> Callable[[], object]:
    """The network at `path`, ready to run over noise."""
    chance = np.random.default_rng(0)
    if way.startswith("interpreter"):
        if RUNTIME == "litert":
            from ai_edge_litert.interpreter import Interpreter, OpResolverType  # noqa: PLC0415
        else:
            from tflite_runtime.interpreter import Interpreter, OpResolverType  # noqa: PLC0415
        resolver = OpResolverType.AUTO if way == "interpreter" else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        made = Interpreter(model_path=str(path), num_threads=1, experimental_op_resolver_type=resolver)
        made.allocate_tensors()
        first = made.get_input_details()[0]
        noise = chance.random(first["shape"], np.float32)

        def interpret() -> None:
            made.set_tensor(first["index"], noise)
            made.invoke()

        return interpret
    from ai_edge_litert.compiled_model import CompiledModel  # noqa: PLC0415
    from ai_edge_litert.options import CpuOptions, Options  # noqa: PLC0415

    cpu = CpuOptions(
        num_threads=1,
        enable_ynnpack=way.endswith("YNNPACK"),
        xnnpack_flags=HALF if way.endswith("half") else None,
        xnnpack_weight_cache_path=str(cache / path.stem) if way.endswith("cache") else "",
    )
    model = CompiledModel.from_file(str(path), options=Options(cpu_options=cpu))
    inputs, outputs = model.create_input_buffers(0), model.create_output_buffers(0)
    key = next(iter(model.get_signature_list()))
    name = model.get_signature_by_index(0)["inputs"][0]
    level = chance.random(tuple(model.get_input_tensor_details(key)[name]["shape"]), np.float32)

    def run() -> None:
        inputs[0].write(level)
        model.run_by_index(0, inputs, outputs)

    return run


def measure(way: str, cache: Path, runs: int) -> dict[str, float]:
    """Every network loaded and run one way: milliseconds to load all, to run each, and MB grown."""
    before, began = resident(), time.perf_counter()
    ready = {name: runner(way, networks_dir() / f"{name}.tflite", cache) for name in NETWORKS}
    found: dict[str, float] = {"load": 1000 * (time.perf_counter() - began)}
    for name, run in ready.items():
        run()
        times = []
        for _ in range(max(3, runs // 8) if name.startswith("segments") else runs):
            start = time.process_time()
            run()
            times.append(1000 * (time.process_time() - start))
        found[name] = float(np.median(times))
    found["memory"] = resident() - before
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way is not None:
        print(json.dumps(measure(arguments.way, arguments.cache, arguments.runs)))
        return 0
    columns = ("load", *NETWORKS, "memory")
    print(f"{RUNTIME}; ms, and MB\n{'':26}" + "".join(f"{column.removeprefix('face_')[:13]:>14}" for column in columns))
    with tempfile.TemporaryDirectory() as cache:
        for way in [*WAYS, WAYS[-1]] if RUNTIME == "litert" else WAYS[:2]:
            command = [sys.executable, __file__, "--way", way, "--cache", cache, "--runs", str(arguments.runs)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(f"{way:26}cannot be run here (ended with code {done.returncode})")
                continue
            found = json.loads(done.stdout.strip().splitlines()[-1])
            print(f"{way:26}" + "".join(f"{found[column]:14.1f}" for column in columns))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
