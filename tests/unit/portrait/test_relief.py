"""How far one view of a face is squeezed against another: in closed form the same as by least squares and singular values."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.portrait.relief import squeeze


@pytest.mark.parametrize("seed", range(8))
def test_the_closed_form_is_what_singular_values_say(seed: int) -> None:
    random = np.random.default_rng(seed)
    one = random.normal(size=(36, 2))
    other = one @ random.normal(size=(2, 2)) + random.normal(size=2) + 0.01 * random.normal(size=(36, 2))
    affine = np.linalg.lstsq(np.column_stack([one, np.ones(36)]), other, rcond=None)[0][:2]
    large, small = np.linalg.svd(affine, compute_uv=False)
    assert squeeze(one, other) == pytest.approx((large / small - 1) * 100, rel=1e-6)


def test_what_is_only_moved_turned_and_enlarged_is_not_squeezed() -> None:
    one = np.random.default_rng(9).normal(size=(36, 2))
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
    assert squeeze(one, 1.7 * one @ turn + 3) == pytest.approx(0, abs=1e-6)
