"""What `fleet.py` measured, as curves in a PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
from fleet_stations import CALLS
from matplotlib import pyplot as plt


def load(found: dict[str, Any], out: Path) -> None:
    """Latency of each call (p50 and p95) and captures a second over the size of the fleet."""
    steps = found["steps"]
    sizes = [step["stations"] for step in steps]
    figure, (latency, throughput) = plt.subplots(2, 1, figsize=(7, 7), sharex=True)
    for kind in CALLS:
        [line] = latency.plot(sizes, [step[kind]["p95_ms"] for step in steps], marker="o", label=f"{kind}, p95")
        latency.plot(sizes, [step[kind]["p50_ms"] for step in steps], ls=":", color=line.get_color())
    latency.set(ylabel="ms (dotted: p50)", yscale="log", title=f"a photo every {found['every_s']:g} s a station")
    throughput.plot(sizes, [step["captures_per_s"] for step in steps], marker="o", label="delivered")
    throughput.plot(sizes, [size / found["every_s"] for size in sizes], ls="--", label="asked for")
    throughput.set(ylabel="captures a second", xlabel="stations")
    _finish(figure, (latency, throughput), out)


def drain(found: dict[str, Any], out: Path) -> None:
    """Calls a second that the platform took, from when it went away."""
    figure, axis = plt.subplots(figsize=(7, 4))
    tried = found["tried_per_second"]
    axis.step(range(len(tried)), tried, where="post", color="tab:gray", label="calls that reached it")
    axis.step(range(len(found["per_second"])), found["per_second"], where="post", label="calls taken")
    axis.axhline(found["taken_per_s"]["mean"], ls="--", label="mean while draining")
    axis.set(xlabel="seconds", ylabel="calls a second", title=f"{found['stations']} stations after an outage")
    _finish(figure, (axis,), out)


def _finish(figure: Any, axes: tuple[Any, ...], out: Path) -> None:
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(out, dpi=110)
    plt.close(figure)
