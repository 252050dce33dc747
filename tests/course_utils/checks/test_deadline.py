"""Limits of time and memory: code is stopped, and everything is as it was before."""

from __future__ import annotations

import resource
import signal
import sys
import threading
import time

import numpy as np
import pytest
import torch

from course_utils.checks.deadline import PATIENCE, DeadlineExceeded, Stopwatch, deadline, memory_limit

SHORT = 0.1


def loop():
    while True:
        pass


def loop_in_torch():
    x = torch.ones(50)
    while True:
        x = torch.sin(x)


def sleep():
    time.sleep(60)


def swallow_exceptions():
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


def swallow_everything():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def swallow_everything_asleep():
    while True:
        try:
            time.sleep(0.01)
        except:  # noqa: E722
            continue


def swallow_in_a_comprehension():
    while True:
        try:
            [n for n in range(1000) if sum(range(n)) < 0]
        except BaseException:
            time.sleep(0.001)


def start_again_when_stopped():
    try:
        loop()
    except BaseException:
        start_again_when_stopped()


def generate_without_end():
    sum(1 for _ in iter(int, 1))


def hold_on_finally():
    try:
        loop()
    finally:
        loop()


ENDLESS = [
    loop,
    loop_in_torch,
    sleep,
    swallow_exceptions,
    swallow_everything,
    swallow_everything_asleep,
    swallow_in_a_comprehension,
    start_again_when_stopped,
    generate_without_end,
    hold_on_finally,
]


def settings():
    return (
        signal.getsignal(signal.SIGALRM),
        signal.getitimer(signal.ITIMER_REAL),
        sys.gettrace(),
        threading.active_count(),
        resource.getrlimit(resource.RLIMIT_AS),
    )


@pytest.mark.parametrize("endless", ENDLESS)
def test_what_never_ends_is_stopped_and_leaves_nothing_behind(endless):
    before = settings()
    with pytest.raises(DeadlineExceeded), deadline(SHORT):
        endless()
    assert settings() == before


@pytest.mark.parametrize("endless", [loop, loop_in_torch, swallow_exceptions])
def test_a_worker_thread_is_stopped_too(endless):
    ends = []

    def work():
        try:
            with deadline(SHORT):
                endless()
        except BaseException as error:
            ends.append(type(error))

    before = settings()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert ends == [DeadlineExceeded]
    assert settings() == before


def test_many_limits_one_after_the_other_in_both_ways():
    for _ in range(3):
        for endless in (loop, swallow_everything_asleep):
            with pytest.raises(DeadlineExceeded), deadline(SHORT / 2):
                endless()
        test_a_worker_thread_is_stopped_too(loop)


def test_code_that_ends_in_time_is_left_alone():
    before = settings()
    with deadline(30):
        value = sum(range(1000))
    assert value == 499_500
    assert settings() == before


def test_an_error_of_the_code_comes_through():
    before = settings()
    with pytest.raises(KeyError), deadline(30):
        raise KeyError
    assert settings() == before


def test_somebody_elses_alarm_goes_on():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.15)
        with pytest.raises(DeadlineExceeded), deadline(0.05):
            loop()
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        while not rung:
            signal.pause()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_tracer_such_as_a_debugger_goes_on():
    def tracer(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with pytest.raises(DeadlineExceeded), deadline(SHORT):
            swallow_everything()
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_waiting_counts_less_than_computing():
    watch = Stopwatch()
    time.sleep(0.1)
    assert watch.spent() == pytest.approx(watch.on_the_clock() / PATIENCE, rel=0.5)
    assert watch.spent() < watch.on_the_clock()


MEGABYTE = 1024**2

HOGS = {
    "a tensor": lambda: torch.zeros(1024 * MEGABYTE),
    "an array": lambda: np.ones(1024 * MEGABYTE),
    "a list": lambda: [0] * (1024 * MEGABYTE),
    "text": lambda: "x" * (4096 * MEGABYTE),
    "a list that grows": lambda: [bytearray(MEGABYTE) for _ in range(4096)],
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is limited on Linux only")
@pytest.mark.parametrize("name", HOGS)
def test_a_memory_hog_is_refused_and_the_limit_lifted(name):
    before = settings()
    with pytest.raises((MemoryError, RuntimeError)), memory_limit(256 * MEGABYTE):
        HOGS[name]()
    assert settings() == before


def test_modest_code_does_not_feel_the_memory_limit():
    before = settings()
    with memory_limit(256 * MEGABYTE):
        assert torch.zeros(MEGABYTE).sum() == 0
    assert settings() == before


def test_a_tighter_limit_of_somebody_elses_stays():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with memory_limit(512 * MEGABYTE):
        inner = resource.getrlimit(resource.RLIMIT_AS)
        with memory_limit(1024 * MEGABYTE):
            assert resource.getrlimit(resource.RLIMIT_AS) == inner
    assert resource.getrlimit(resource.RLIMIT_AS) == (soft, hard)
