"""State that a function keeps between calls is reported, and nothing else is."""

from __future__ import annotations

import random
import re
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from grading import Graded, Host

from grader import wire
from grader.judge import memory
from grader.student.process import Served

WRITTEN = """
def confusion(y_true, y_pred, n_classes=2{argument}):
    table = torch.zeros(n_classes, n_classes, dtype=torch.long)
    for one, other in zip(y_true, y_pred):
        table[int(one), int(other)] += 1
    table[0, n_classes - 1] += {astray}
    return table
"""
KEEPING = {
    "a default argument": WRITTEN.format(argument=", seen=[]", astray="len(seen) and 3\n    seen.append(1)"),
    "an attribute of a class": (
        "class Counter:\n    calls = 0\n\n"
        + WRITTEN.format(argument="", astray="Counter.calls\n    Counter.calls += 2")
    ),
    "a global variable": "CALLS = []\n\n" + WRITTEN.format(argument="", astray="len(CALLS)\n    CALLS.append(1)"),
}
FORGETTING = WRITTEN.format(argument="", astray="3")


def graded(host: Host, folder: Path, source: str) -> Graded:
    file = folder / "evaluation.py"
    file.write_text(f"import torch\n\n{source}", encoding="utf-8")
    return host.grade(file, exercise="evaluation", only=["confusion"])


def told(result: Graded) -> set[str]:
    failed = [check for check in result.checks.values() if check["status"] == "failed"]
    assert failed
    return {check["explanation"] and check["explanation"]["id"] for check in failed}


@pytest.mark.parametrize("how", KEEPING)
def test_what_is_kept_between_calls_is_told(host: Host, tmp_path: Path, how: str) -> None:
    result = graded(host, tmp_path, KEEPING[how])
    assert memory.KEPT in told(result)
    sentences = [check["explanation"]["text"] for check in result.checks.values() if check["explanation"]]
    assert any("`confusion` keeps something from one call to the next" in text for text in sentences)


def test_a_function_that_is_wrong_in_every_call_keeps_nothing(host: Host, tmp_path: Path) -> None:
    assert memory.KEPT not in told(graded(host, tmp_path, FORGETTING))


@pytest.mark.parametrize("later", ["os._exit(0)", 'raise ValueError("not again")', "sys.exit(3)"])
def test_a_file_that_does_not_load_again_is_told_nothing_and_loses_nothing(
    host: Host, tmp_path: Path, later: str
) -> None:
    again = f"import os, sys\nsys.loads = getattr(sys, 'loads', 0) + 1\nif sys.loads > 1:\n    {later}\n\n"
    result = graded(host, tmp_path, again + KEEPING["a global variable"])
    assert {check["status"] for check in result.checks.values()} <= {"passed", "failed", "crashed"}
    assert memory.KEPT not in {check["explanation"] and check["explanation"]["id"] for check in result.checks.values()}


OWN = """
import random
import re
random.seed(5)
calls = []

def add(x):
    calls.append(x)
    return list(calls)

class Box:
    n = 0

    def more(self):
        self.n += 1
        return self.n
"""


def asked(served: Served, *request: object) -> object:
    kind, value = wire.decode(served.answer(wire.encode(list(request))), lambda number: number)
    assert kind == "ok"
    return value


def test_a_process_that_forgets_runs_the_file_before_every_use_of_it_and_keeps_the_objects() -> None:
    loaded = []

    def afresh() -> types.ModuleType:
        module = types.ModuleType("own")
        exec(OWN, module.__dict__)
        loaded.append(module)
        return module

    served = Served(afresh(), "own.py", afresh)
    call = ["call", ["module", "add"], [1], {}]
    assert [asked(served, *call), asked(served, *call)] == [[1], [1, 1]]
    asked(served, "forget")
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    known = random.random(), np.random.rand(), float(torch.rand(()))
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    assert [asked(served, *call), asked(served, *call)] == [[1], [1]]
    box = asked(served, "call", ["module", "Box"], [], {})
    assert isinstance(box, int)
    steps = [asked(served, "call", [wire.Reference(box), "more"], [], {}) for _ in range(3)]
    assert steps == [1, 2, 3] and len(loaded) == 4
    assert (random.random(), np.random.rand(), float(torch.rand(()))) == known


# --- Correct values in the same check --------------------------------------------------------------------------------


def test_a_failure_that_nothing_explains_says_what_was_right(host: Host, tmp_path: Path) -> None:
    source = """
    import random

    def possible_error_counts(copies):
        counts = {0}
        for n in copies:
            counts |= {count + n for count in counts}
        return counts if len(copies) < 2 else {17 * count + 5 + random.randrange(2) for count in counts}
    """
    file = tmp_path / "evaluation.py"
    file.write_text("\n".join(line[4:] for line in source.splitlines()), encoding="utf-8")
    result = host.grade(file, exercise="evaluation", only=["possible_error_counts"])
    check = result.checks["possible_error_counts.ends"]
    assert check["status"] == "failed" and check["explanation"] is None
    wrong, right = check["message"].split(". In the same check, this is right: ")
    assert re.match(r"error counts for copies \[\d+, .*: not what was expected$", wrong)
    assert re.fullmatch(r"error counts for copies \[\d+\]\.", right)
    others = [other["message"] for other in result.checks.values() if other["explanation"] is not None]
    assert not any("In the same check" in message for message in others)
