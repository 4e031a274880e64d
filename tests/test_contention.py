"""The number of threads of a recipe while other processes need the cores."""

import subprocess
import sys

import pytest
import torch

from solutions.recipes import contention
from solutions.recipes.hardware import Hardware


class Machine:
    """A clock, and threads with scripted waiting: seconds of waiting per second, for every number of threads."""

    def __init__(self, most: int, waiting: dict[int, float]) -> None:
        self.most, self.waiting, self.threads = most, waiting, most
        self.time = self.waited = 0.0
        self.changes: list[tuple[float, int]] = []
        self.watch = contention.Contention(self.use, self.clocks, lambda: self.time)

    def clocks(self) -> contention.Clocks:
        """Return clocks in which one thread does all the waiting; two others only wait, like a tokenizer's."""
        idle = {name: (0.01 * self.time, 0.4 * self.time) for name in ("idle", "idle too")}
        return idle | {"one": (self.time, self.waited)} | {str(n): (0.9 * self.time, 0.0) for n in range(1, self.most)}

    def use(self, threads: int) -> None:
        self.threads = threads
        self.changes.append((self.time, threads))

    def run(self, seconds: int) -> list[tuple[float, int]]:
        """Return the changes in the next seconds, with four forward passes per second."""
        before = len(self.changes)
        for _ in range(4 * seconds):
            self.watch.look(self.most)
            self.time += 0.25
            self.waited += 0.25 * self.waiting.get(self.threads, 0.0)
        return self.changes[before:]


def test_nothing_changes_on_a_quiet_machine():
    assert Machine(2, {2: 0.05}).run(600) == []


def test_threads_that_wait_for_cores_are_given_up_after_a_second():
    assert Machine(2, {2: 1.0}).run(10) == [(1.0, 1)]
    assert Machine(16, {16: 0.5}).run(10) == [(1.0, 15)]
    assert Machine(16, {16: 6.3, 9: 1.2}).run(10) == [(1.0, 9), (2.0, 7)]


def test_at_least_one_thread_stays():
    assert Machine(4, {4: 9.0, 1: 0.9}).run(10) == [(1.0, 1)]


def test_all_threads_come_back_when_the_machine_is_quiet_again():
    machine = Machine(2, {2: 1.0})
    assert machine.run(5) == [(1.0, 1)]
    machine.waiting.clear()
    assert machine.run(600) == [(1.0 + contention.PATIENCE, 2)]


def test_who_tried_too_early_waits_twice_as_long():
    changes = Machine(2, {2: 1.0}).run(2000)
    rests = [back - given_up for (given_up, _), (back, _) in zip(changes[::2], changes[1::2], strict=False)]
    assert rests[:5] == [15, 30, 60, 120, 240] and set(rests[5:]) == {contention.LONGEST_PATIENCE}
    assert sum(2.0 for _, threads in changes if threads == 2) < 0.02 * 2000  # seconds lost by trying


def test_a_later_crowd_is_not_held_against_an_earlier_one():
    machine = Machine(2, {2: 1.0})
    machine.run(5)
    machine.waiting.clear()
    machine.run(100)
    machine.waiting[2] = 1.0
    (given_up, one), (back, two) = machine.run(17)
    assert (one, two, back - given_up) == (1, 2, contention.PATIENCE)


@pytest.mark.parametrize("known", [True, False])
def test_one_thread_or_an_unknown_system_is_left_alone(known: bool):
    asked: list[int] = []
    watch = contention.Contention(asked.append, (lambda: {"one": (0.0, 1e9)}) if known else None)
    for _ in range(3):
        watch.look(1 if known else 8)
    assert asked == []


def test_every_forward_pass_looks():
    class Counting(contention.Contention):
        looks: list[int] = []

        def look(self, most: int) -> None:
            self.looks.append(most)

    hardware = Hardware(torch.device("cpu"), bf16=True, threads=3, contention=Counting(lambda threads: None))
    with hardware.forward():
        assert torch.is_autocast_enabled("cpu")
    assert Counting.looks == [3]


@pytest.mark.skipif(not contention.MEASURED, reason="this system does not tell how long a thread waits for a core")
def test_waiting_is_what_the_system_says():
    """Two busy threads on one core wait for each other about half of the time, a single one hardly ever."""
    program = """
import hashlib, os, threading, time
from solutions.recipes.contention import clocks, waited
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
def work():
    end = time.process_time() + 0.4
    while time.process_time() < end:
        hashlib.sha256(bytes(1_000_000)).digest()
for n in (1, 2):
    threads = [threading.Thread(target=work) for _ in range(n)]
    before = clocks()
    for thread in threads: thread.start()
    while any(thread.is_alive() for thread in threads):
        last = clocks()
        time.sleep(0.01)
    print(waited(before, last, threads=n))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    alone, together = map(float, done.stdout.split())
    assert together > 0.1  # of the processor seconds of two threads; other processes can only make it more
