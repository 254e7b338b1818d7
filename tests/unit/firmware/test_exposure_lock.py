from __future__ import annotations

import pytest

from firmware.camera.lock import ExposureLock
from firmware.ports import LampLevel

SHOT = LampLevel.SHOT


@pytest.fixture
def lock():
    lock = ExposureLock(patience=10)
    lock.ask(last=100)
    return lock


def test_nothing_takes_hold_that_was_not_asked_for():
    assert not ExposureLock().take_hold(5, SHOT, converged=True)


def test_it_waits_until_the_light_is_settled(lock):
    assert not lock.take_hold(103, None, converged=True)
    assert lock.take_hold(104, SHOT, converged=True)


def test_it_waits_until_exposure_has_converged(lock):
    assert not lock.take_hold(103, SHOT, converged=False)
    assert lock.take_hold(104, SHOT, converged=True)


def test_the_first_frame_after_the_asking_may_still_show_the_old_light(lock):
    assert not lock.take_hold(101, SHOT, converged=True)
    assert lock.take_hold(102, SHOT, converged=True)


def test_it_does_not_wait_for_ever(lock):
    assert not lock.take_hold(111, None, converged=False)
    assert lock.take_hold(112, None, converged=False)


def test_it_says_so_once_and_holds(lock):
    assert lock.take_hold(102, SHOT, converged=True)
    assert not lock.take_hold(103, SHOT, converged=True)
    assert lock.holds


def test_asked_again_it_counts_from_the_first_time(lock):
    lock.ask(last=109)
    assert lock.take_hold(112, None, converged=False)


def test_undone_it_can_be_asked_anew(lock):
    assert lock.take_hold(102, SHOT, converged=True)
    lock.undo()
    assert not lock.holds
    assert not lock.take_hold(200, SHOT, converged=True)
    lock.ask(last=200)
    assert lock.take_hold(202, SHOT, converged=True)
