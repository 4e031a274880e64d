"""Finds how a wrong answer is related to the right one: transposed, negated, times the batch size, None.

If no misconception of the catalogue explains a failed check, one simple relation between the answer and the expected
value often does. It is found from numbers alone, never from source, and it is a fact: "your result is the expected one
divided by the number of ones in `mask`". It never reveals the expected value.

A relation is named only if

1. it holds wherever this quantity was compared in the check, both where the answer was right and where it was wrong;
2. no other relation of its tier does; tiers go from the specific to the general, and the first that applies decides;
3. the numbers are sufficient evidence (``ENOUGH``): a relation that also holds between 0 and 0, or between two small
   integers, is not evidence of anything.

A check stops at its first failure. So the judge runs it a second time with the student's recorded answers (``relive``):
then every comparison is collected and the check continues, as far as the recorded answers reach. No student code runs
for this.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import math
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say
from grader import wire
from grader.errors import Failed, StudentRaised
from grader.judge import expect
from grader.judge.check import CheckSpec
from grader.judge.expect import Comparison
from grader.judge.proxy import RemoteRef, Student, check_seed
from grader.student import registry

Exchanged = Sequence[tuple[bytes, bytes]]
Names = Callable[["Call"], Iterator[str]]
"""Function that yields the names of the parameters of a call."""

MAX_NUMBERS = 50_000
"""Numbers in an answer; a longer answer is not examined."""
MAX_LEAVES = 2_000
"""Leaves in a structure of lists, tuples and dictionaries that is examined item by item."""
MAX_CASES = 40
"""Comparisons of one quantity; checks make fewer."""
TOLERANCE = 2e-5
"""Tolerance relative to |value|; float32 errors after a logarithm or a quotient are smaller."""
ENOUGH = 6
"""Required worth of the numbers together: a float that is not round is worth 6, a small integer 1."""
IGNORED = -100
NEARLY_NOTHING = 1e-3
"""Products and quotients below this are not considered, because any zero would equal them."""
OF_SHARES = frozenset({"twice", "half", "one-minus", "squared", "root"})
"""Relations that can hold between two small fractions by chance."""
SMALL = 24
"""Largest denominator of a small fraction."""
MEANINGLESS = frozenset({"seed"})
"""Arguments that are never considered as factors of an answer."""


@dataclass(frozen=True)
class Relation:
    """A relation that holds: ``id`` in kebab-case, and a sentence."""

    id: str
    text: str


@dataclass(frozen=True)
class Case:
    """An answer, its expected value, and the arguments that had been sent by then, by name."""

    got: Any
    want: Any
    inputs: Mapping[str, Any] = field(default_factory=dict)
    agreed: bool = False
    shape_only: bool = False


# --- the second look ----------------------------------------------------------------------------------------------


class _End(BaseException):
    """The recorded answers are used up, or the request is different; not an ``Exception``: no check can catch it."""


class _Replay:
    """A transport that returns the recorded answers, and remembers the arguments that were sent."""

    def __init__(self, exchanged: Exchanged, reference: types.ModuleType) -> None:
        self._rest = iter(exchanged)
        self._reference = reference
        self._made_by: dict[int, str] = {}
        self.inputs: dict[str, Any] = {}
        self.writes = False
        """True if a call has changed its arguments."""

    def ask(self, frame: bytes) -> bytes:
        request, answer = next(self._rest, (b"", b""))
        if request != frame:
            raise _End
        self._note(request, answer)
        return answer

    def spend(self, seconds: float) -> None:
        """Do nothing, because there is no time limit."""

    def _note(self, request: bytes, answer: bytes) -> None:
        for call in decoded_calls([(request, answer)], with_helpers=True):
            if call.watched:
                self.writes |= not all(map(_equal, call.args, call.args_after))
            if call.root == "module" and isinstance(call.result, wire.Reference):
                self._made_by[call.result.number] = call.path
            for name, value in zip(self.names(call), call.args):  # noqa: B905  there may be more arguments than names
                self.inputs[name] = value
            self.inputs |= {str(name): value for name, value in call.kwargs.items()}

    def names(self, call: Call) -> Iterator[str]:
        """Return the names of the parameters in the reference; none if they cannot be determined."""
        target: Any = registry.ROOT if call.root == "fixtures" else self._reference
        path = call.path
        if isinstance(call.root, int):
            path = f"{self._made_by.get(call.root, '?')}.{call.path or 'forward'}"
        try:
            for part in path.split("."):
                target = getattr(target, part)
            names = list(inspect.signature(target).parameters)
        except (AttributeError, TypeError, ValueError):
            return iter(())
        return iter(names[1:] if isinstance(call.root, int) else names)


@dataclass(frozen=True)
class Call:
    """A call in the student process, decoded from the recorded exchange."""

    root: str | int
    path: str
    args: list[Any]
    kwargs: dict[Any, Any]
    result: Any
    watched: bool
    args_after: list[Any]


def decoded_calls(exchanged: Exchanged, with_helpers: bool = False) -> Iterator[Call]:
    """Yield the calls of the student's functions and objects that returned a value."""
    for request, answer in exchanged:
        try:
            operation, *rest = wire.decode(request, wire.Reference)
            if operation not in ("call", "watch"):
                continue
            (root, path), args, kwargs = rest
            kind, value = wire.decode(answer, wire.Reference)
        except (wire.WireError, ValueError, TypeError):
            continue
        root = root.number if isinstance(root, wire.Reference) else root
        if kind != "ok" or (root == "fixtures" and not with_helpers):
            continue
        watched = operation == "watch" and isinstance(value, list) and len(value) == 3
        after = value[1] if watched and isinstance(value[1], list) else []
        yield Call(root, path, args, kwargs, value[0] if watched else value, watched, after)


@dataclass(frozen=True)
class Relived:
    """The results of running a check again on recorded answers."""

    cases: list[tuple[str, Case]]
    """(quantity, comparison)"""
    writes: bool
    """True if the check failed because a function changed the caller's data."""


def relive(spec: CheckSpec, run_seed: int, exchanged: Exchanged, reference: types.ModuleType) -> Relived:
    """Run a check on recorded answers and collect its comparisons; ``reference`` only names parameters."""
    replay = _Replay(exchanged, reference)
    seen, remarks = list(expect.seen), list(expect.remarks)
    inputs_at: list[dict[str, Any]] = []
    writes = False
    with expect.collecting() as collected, contextlib.redirect_stdout(io.StringIO()):
        taken = _Taking(collected, inputs_at, replay)
        try:
            with contextlib.suppress(_End, StudentRaised):
                spec.run(taken.student(check_seed(run_seed, spec.id)))
        except Failed:
            writes = replay.writes
        except Exception:
            # The check could not process an answer that it would otherwise have refused; its comparisons until then are
            # valid, but say nothing about the caller's data.
            writes = False
        finally:
            expect.seen[:], expect.remarks[:] = seen, remarks
        taken.catch_up()
    cases = [
        (item.what, Case(item.got, item.want, inputs, item.agreed, item.shape_only))
        for item, inputs in zip(collected, inputs_at, strict=True)
    ]
    return Relived(cases, writes)


class _Taking:
    """Stores for each comparison the arguments that had been sent by then."""

    def __init__(self, collected: list[Comparison], inputs_at: list[dict[str, Any]], replay: _Replay) -> None:
        self._collected, self._inputs_at, self._replay = collected, inputs_at, replay

    def student(self, seed: int) -> Student:
        return Student(self, seed)

    def ask(self, frame: bytes) -> bytes:
        self.catch_up()
        return self._replay.ask(frame)

    def spend(self, seconds: float) -> None:
        """Do nothing, because there is no time limit."""

    def catch_up(self) -> None:
        missing = len(self._collected) - len(self._inputs_at)
        if missing:
            self._inputs_at += [dict(self._replay.inputs)] * missing


# --- naming -------------------------------------------------------------------------------------------------------


def explain(
    spec: CheckSpec, run_seed: int, exchanged: Exchanged, expected: Exchanged, reference: types.ModuleType
) -> Relation | None:
    """Return the one relation that explains why this check failed, or None.

    Args:
        spec: the check.
        run_seed: seed of the run.
        exchanged: requests and answers between the check and the student.
        expected: requests and answers between the same check and the reference.
        reference: the module that names the parameters.
    """
    relived = relive(spec, run_seed, exchanged, reference)
    if relived.writes:
        return Relation("changes-its-input", say("the function modifies the caller's data"))
    if (other := _another_type(exchanged, expected)) is not None:
        return other
    failed = [(quantity, case) for quantity, case in relived.cases if not case.agreed]
    by_calls = _behaviour(exchanged, expected, _Replay((), reference).names)
    for what, case in failed:
        group = [other for quantity, other in relived.cases if _like(quantity) == _like(what)]
        found = relate(group[:MAX_CASES])
        if found is not None:
            return Relation(found.id, f"{what}: {found.text}")
        if not case.shape_only:
            break
    return by_calls or _of_the_last_answer(exchanged)


MOST_CONTRASTED = 3
"""Quantities that ``contrast`` lists."""


def contrast(spec: CheckSpec, run_seed: int, exchanged: Exchanged, reference: types.ModuleType) -> str:
    """List what was right in the same check before it failed: quantities like the wrong one, from other inputs.

    Args:
        spec: the check.
        run_seed: seed of the run.
        exchanged: requests and answers between the check and the student.
        reference: the module that names the parameters.

    Returns:
        A sentence in the reader's language; empty if no similar quantity was right.
    """
    cases = relive(spec, run_seed, exchanged, reference).cases
    first = next((place for place, (_, case) in enumerate(cases) if not case.agreed), 0)
    wrong = {what for what, case in cases if not case.agreed}
    alike = [what for what, _ in cases[:first] if what.split()[:1] == cases[first][0].split()[:1]]
    right = [what for what in dict.fromkeys(reversed(alike)) if what not in wrong][:MOST_CONTRASTED]
    return say("In the same check, this is right: {right}.", right="; ".join(right)) if right else ""


def _of_the_last_answer(exchanged: Exchanged) -> Relation | None:
    """Return the relation that a fixture's complaint about the type or the graph of the last answer implies."""
    try:
        kind, complaint = wire.decode(exchanged[-1][1], wire.Reference) if exchanged else ("", "")
    except (wire.WireError, ValueError):
        return None
    complaint = complaint[0] if isinstance(complaint, list) and complaint else None
    if kind != "contract" or not isinstance(complaint, str):
        return None
    found = re.search(r"\b(?:is|returned) a (\w{1,30}), not a tensor", complaint)
    if found is not None:
        return Relation("not-a-tensor", say("your result is of type {kind}, but a tensor is expected", kind=found[1]))
    if "the loss is detached" in complaint or "no gradient can flow back" in complaint:
        text = say("your result is detached from its inputs: `backward()` has no graph to follow")
        return Relation("no-gradient", text)
    return None


def relate(cases: Sequence[Case]) -> Relation | None:
    """Return the one relation that holds in all cases, with sufficient evidence in the wrong ones."""
    wrong = [case for case in cases if not case.agreed]
    if not wrong or any(_size(case.got) + _size(case.want) > 2 * MAX_NUMBERS for case in cases):
        return None
    for tier in (_structural, _exact, _coarse, _general, _loose):
        names = [set(tier(case)) for case in wrong]
        common = set.intersection(*names)
        held = sorted(name for name in common if all(_also_right(name, case) for case in cases if case.agreed))
        told = {name: _TEXT(name) for name in held}
        if len(told) == 1:
            ((name, text),) = told.items()
            return None if name in OF_SHARES and _may_be_shares(wrong) else Relation(name.split("|")[0], text)
        if told:
            return None
    return None


def _may_be_shares(wrong: Sequence[Case]) -> bool:
    """Return whether the only difference is one pair of small fractions, such as 1/3 and 2/3."""
    if not all(_is_small_share(case.got, case.want) for case in wrong):
        return False
    return len({(float(case.got), float(case.want)) for case in wrong}) == 1


def _is_small_share(*values: Any) -> bool:
    """Return whether these are single numbers from 0 to 1, each with a denominator of at most ``SMALL``."""
    numbers = [_numbers(value) for value in values]
    if any(number is None or number.numel() != 1 or not 0 <= float(number) <= 1 for number in numbers):
        return False
    near = [Fraction(float(number)).limit_denominator(SMALL) for number in numbers if number is not None]
    return all(abs(float(one) - float(value)) < 1e-6 for one, value in zip(near, values, strict=True))


def _behaviour(exchanged: Exchanged, expected: Exchanged, names: Names) -> Relation | None:
    """Return the relation that the calls alone show, compared with the reference's answers to the same calls."""
    calls: dict[str, list[tuple[Call, Any, dict[str, Any]]]] = {}
    for (request, answer), (same, right) in zip(exchanged, expected, strict=False):
        if request != same:
            break
        for call, other in zip(decoded_calls([(request, answer)]), decoded_calls([(same, right)]), strict=False):
            if call.root == "module":
                inputs = dict(zip(names(call), call.args)) | call.kwargs  # noqa: B905  there may be more values
                calls.setdefault(call.path, []).append((call, other.result, inputs))
    told = [found for path, group in calls.items() if (found := _of_calls(path, group[:MAX_CASES])) is not None]
    return told[0] if len(told) == 1 else None


def _of_calls(path: str, group: list[tuple[Call, Any, dict[str, Any]]]) -> Relation | None:
    results, wanted = [call.result for call, _, _ in group], [want for _, want, _ in group]
    if any(want is None or isinstance(want, wire.Reference) for want in wanted):
        return None
    if all(result is None for result in results):
        return Relation("returns-nothing", say("`{path}` returns None", path=path))
    if any(_size(value) > MAX_NUMBERS for value in (*results, *wanted)):
        return None
    inputs = [call.args[0] if call.args else None for call, _, _ in group]
    numbers = [_numbers(value) for value in inputs]
    if all(
        number is not None and number.numel() >= 4 and _equal(result, value) and not _equal(value, want)
        for number, value, result, want in zip(numbers, inputs, results, wanted, strict=True)
    ):
        return Relation("returns-its-input", say("`{path}` returns its first argument unchanged", path=path))
    if (
        len(group) >= 2
        and not isinstance(results[0], wire.Reference)
        and all(_equal(result, results[0]) for result in results)
        and not any(_equal(one, other) for one, other in itertools.combinations(wanted[:5], 2))
    ):
        return Relation("same-answer", say("`{path}` gives the same result for different inputs", path=path))
    found = relate([Case(call.result, want, inputs, same(call.result, want)) for call, want, inputs in group])
    return None if found is None else Relation(found.id, f"`{path}`: {found.text}")


_TYPES = {
    dict: mark("a dictionary"),
    list: mark("a list"),
    tuple: mark("a tuple"),
    str: mark("a string"),
    bool: mark("a bool"),
    int: mark("a number"),
    float: mark("a number"),
    Tensor: mark("a tensor"),
}


def _another_type(exchanged: Exchanged, expected: Exchanged) -> Relation | None:
    """Return a relation if a function returns a dictionary where another type is expected, or the reverse.

    Lists, tuples and tensors are not distinguished, because many checks accept one for the other.
    """
    types_of: dict[str, set[tuple[type, type]]] = {}
    for (request, answer), (same_request, right) in zip(exchanged, expected, strict=False):
        if request != same_request:
            break
        for call, other in zip(
            decoded_calls([(request, answer)]), decoded_calls([(same_request, right)]), strict=False
        ):
            if call.root == "module":
                types_of.setdefault(call.path, set()).add((type(call.result), type(other.result)))
    for path, pairs in types_of.items():
        ((got, want), *more) = pairs
        if not more and got in _TYPES and want in _TYPES and (got is dict) != (want is dict):
            text = say(
                "`{path}` returns {got}, but {want} is expected",
                path=path,
                got=say(_TYPES[got]),
                want=say(_TYPES[want]),
            )
            return Relation("another-type", text)
    return None


def _like(what: str) -> str:
    """Return the name of a quantity with its numbers replaced, because they are random."""
    return re.sub(r"-?\d[\d.,_e-]*", "#", what)


# --- tiers: each yields the names of the relations that hold in one case ------------------------------------------

WORDS = {
    "returns-nothing": mark("you return None"),
    "not-a-number": mark("your result contains NaN or infinity where the expected result is finite"),
    "parts-in-another-order": mark("your result has the right parts in a different order"),
    "flat": mark("the values are right, but your result is a flat list and a nested one is expected"),
    "nested": mark("the values are right, but your result is nested more deeply than expected"),
    "inside-a-tuple": mark("the expected result is one part of the tuple that you return"),
    "list-instead-of-tensor": mark("your result is a list, but a tensor is expected"),
    "number-instead-of-tensor": mark("your result is a plain number, but a tensor is expected"),
    "numbers-as-text": mark("your result contains strings where numbers are expected"),
    "extra-axis": mark("your result has an extra axis of size 1"),
    "missing-axis": mark("your result lacks an axis of size 1"),
    "axes-in-another-order": mark("your result has the right axes in a different order"),
    "transposed": mark("your result is the expected one with its last two axes swapped"),
    "reshaped": mark("the numbers are right and in the right order, but the shape is different"),
    "negative": mark("your result is the expected one with the opposite sign"),
    "reciprocal": mark("your result is the reciprocal of the expected result"),
    "squared": mark("your result is the square of the expected result"),
    "root": mark("your result is the square root of the expected result"),
    "logarithm": mark("your result is the natural logarithm of the expected result"),
    "exponential": mark("your result is the exponential of the expected result"),
    "in-bits": mark("your result is what you get with a logarithm to base 2 instead of base e"),
    "percent": mark("your result is the expected one times 100, as if it were a percentage"),
    "fraction-of-a-percent": mark("your result is the expected one divided by 100"),
    "in-thousands": mark("your result is the expected one divided by 1,000"),
    "in-millions": mark("your result is the expected one divided by 1,000,000"),
    "twice": mark("your result is twice the expected result"),
    "half": mark("your result is half the expected result"),
    "one-minus": mark("your result is 1 minus the expected result"),
    "inverted": mark("your result is inverted: 1 where 0 is expected, and 0 where 1 is expected"),
    "probabilities-instead-of-logits": mark("your result is the softmax of the expected result"),
    "logits-instead-of-probabilities": mark("the softmax of your result is the expected result"),
    "sigmoid-left-out": mark("the sigmoid of your result is the expected result"),
    "softmax-over-another-axis": mark("your result sums to 1 along a different axis from the expected result"),
    "reversed": mark("your result is the expected one in reverse order"),
    "halves-exchanged": mark("your result is the expected one with its two halves swapped"),
    "shifted-back": mark("your result is the expected one, shifted by one position towards the start"),
    "shifted-on": mark("your result is the expected one, shifted by one position towards the end"),
    "first-missing": mark("your result lacks the first element; all others are right"),
    "last-missing": mark("your result lacks the last element; all others are right"),
    "one-more-in-front": mark("your result has an extra element at the start; all others are right"),
    "one-more-at-the-end": mark("your result has an extra element at the end; all others are right"),
    "another-order": mark("your result has the right numbers in a different order"),
    "off-by-a-constant": mark("your result differs from the expected one by the same constant everywhere"),
    "constant-factor": mark("your result is the expected one times the same constant everywhere"),
    "first-item-only": mark("only the first item in the batch is right"),
    "last-item-wrong": mark("all items in the batch are right except the last"),
    "last-item-only": mark("only the last item in the batch is right"),
    "first-item-wrong": mark("all items in the batch are right except the first"),
    "zero-everywhere": mark("your result is zero everywhere"),
}
"""Name of a relation without an argument -> its sentence."""
TITLES = {
    "returns-nothing": mark("The result is None"),
    "not-a-number": mark("The result contains NaN or infinity"),
    "parts-in-another-order": mark("The parts of the result are in a different order"),
    "flat": mark("The result is a flat list instead of a nested one"),
    "nested": mark("The result is nested too deeply"),
    "inside-a-tuple": mark("The result is inside a tuple"),
    "list-instead-of-tensor": mark("A list is returned instead of a tensor"),
    "number-instead-of-tensor": mark("A number is returned instead of a tensor"),
    "numbers-as-text": mark("Numbers are returned as strings"),
    "extra-axis": mark("The result has an extra axis"),
    "missing-axis": mark("The result lacks an axis"),
    "axes-in-another-order": mark("The axes of the result are in a different order"),
    "transposed": mark("The result is transposed"),
    "reshaped": mark("The result has a different shape"),
    "negative": mark("The result has the opposite sign"),
    "reciprocal": mark("The result is the reciprocal of the expected one"),
    "squared": mark("The result is squared"),
    "root": mark("The result is the square root of the expected one"),
    "logarithm": mark("The result is the logarithm of the expected one"),
    "exponential": mark("The result is the exponential of the expected one"),
    "in-bits": mark("The result is measured in bits"),
    "percent": mark("The result is a percentage"),
    "fraction-of-a-percent": mark("The result is divided by 100"),
    "in-thousands": mark("The result is given in thousands"),
    "in-millions": mark("The result is given in millions"),
    "twice": mark("The result is twice as large as expected"),
    "half": mark("The result is half as large as expected"),
    "one-minus": mark("The result is 1 minus the expected one"),
    "inverted": mark("The result is inverted"),
    "probabilities-instead-of-logits": mark("The result has gone through one softmax too many"),
    "logits-instead-of-probabilities": mark("The result lacks a softmax"),
    "sigmoid-left-out": mark("The sigmoid is missing"),
    "softmax-over-another-axis": mark("The softmax is taken over a different axis"),
    "reversed": mark("The result is in reverse order"),
    "halves-exchanged": mark("The two halves of the result are swapped"),
    "shifted-back": mark("The result is shifted towards the start"),
    "shifted-on": mark("The result is shifted towards the end"),
    "first-missing": mark("The first element is missing"),
    "last-missing": mark("The last element is missing"),
    "one-more-in-front": mark("There is an extra element at the start"),
    "one-more-at-the-end": mark("There is an extra element at the end"),
    "another-order": mark("The numbers are in a different order"),
    "off-by-a-constant": mark("The result is off by a constant"),
    "constant-factor": mark("The result is off by a constant factor"),
    "first-item-only": mark("Only the first item in the batch is right"),
    "last-item-wrong": mark("Only the last item in the batch is wrong"),
    "last-item-only": mark("Only the last item in the batch is right"),
    "first-item-wrong": mark("Only the first item in the batch is wrong"),
    "zero-everywhere": mark("The result is zero everywhere"),
    "multiplied": mark("The result is multiplied by an extra number"),
    "divided": mark("The result is divided by an extra number"),
    "of-an-input": mark("The result depends on one argument only"),
    "wrong-where-padded": mark("Items with padding are wrong"),
    "wrong-where-masked": mark("Positions with a 0 in the mask are wrong"),
    "wrong-where-marked": mark("Positions with a 1 in the mask are wrong"),
    "rounded": mark("The result is rounded"),
    "low-precision": mark("The result has a lower precision than expected"),
    "changes-its-input": mark("The caller's data is modified"),
    "kept-from-call-to-call": mark("Something is kept from one call to the next"),
    "returns-its-input": mark("The first argument is returned unchanged"),
    "same-answer": mark("Different inputs give the same result"),
    "not-a-tensor": mark("The result is not a tensor"),
    "no-gradient": mark("The result is detached from the graph"),
    "another-type": mark("The result has a different type"),
    "depends-on-the-input": mark("The result is wrong only for certain inputs"),
    "does-nothing": mark("The function does nothing"),
}
"""Id of a relation -> its title, which the report shows above the sentence."""


def _TEXT(name: str) -> str:  # noqa: N802  the counterpart of WORDS, for names with an argument
    kind, _, which = name.partition("|")
    if kind == "multiplied":
        return say("your result is the expected one times {which}", which=which)
    if kind == "divided":
        return say("your result is the expected one divided by {which}", which=which)
    if kind == "of-an-input":
        return say("your result is just {which}", which=which)
    if kind == "wrong-where-padded":
        return say("your result is right for the items without a 0 in `{which}` and wrong for all others", which=which)
    if kind == "wrong-where-masked":
        return say("your result is right except where `{which}` is 0", which=which)
    if kind == "wrong-where-marked":
        return say("your result is right except where `{which}` is 1", which=which)
    if kind == "rounded":
        return say("your result is the expected one, rounded to {which} decimals", which=which)
    if kind == "low-precision":
        return say("your result is the expected one, but only with the precision of {which}", which=which)
    return say(WORDS[kind])


def _structural(case: Case) -> Iterator[str]:
    """Yield relations between two answers that have the same values in different forms."""
    got, want = case.got, case.want
    if want is None:
        return
    if got is None:
        yield "returns-nothing"
        return
    if case.shape_only:
        yield from _shapes(got, want)
        return
    a, b = _numbers(got), _numbers(want)
    if isinstance(got, (list, tuple)):
        if (
            isinstance(want, (list, tuple))
            and 2 <= len(got) == len(want) <= 8
            and not (a is not None and b is not None and a.shape == b.shape and len(want) > 2)
            and pays(want)
            and any(
                same(list(got), [want[place] for place in order])
                for order in itertools.islice(itertools.permutations(range(len(want))), 1, 720)
            )
            and (len(want) > 2 or b is None or b.ndim > 1)
        ):
            yield "parts-in-another-order"
        if len(got) > 1 and any(same(part, want) for part in got[:8]) and not isinstance(want, str) and pays(want):
            yield "inside-a-tuple"
        if isinstance(want, (list, tuple)):
            yield from _nesting(got, want)
    if isinstance(want, (int, float)) and isinstance(got, str) and got == str(want):
        yield "numbers-as-text"
    if a is None or b is None:
        return
    if a.shape == b.shape and bool(b.isfinite().all()) and not bool(a.isfinite().all()):
        fine = a.isfinite()
        if not bool(fine.any()) or _near(a[fine], b[fine]):
            yield "not-a-number"
    if a.shape != b.shape and a.numel() == b.numel() and _worth(b, None) >= ENOUGH:
        if isinstance(got, Tensor) and _bare(a) == _bare(b) and _near(a.flatten(), b.flatten()):
            yield "extra-axis" if a.ndim > b.ndim else "missing-axis" if a.ndim < b.ndim else "reshaped"
        elif isinstance(want, Tensor) and _near(a.flatten(), b.flatten()):
            yield "reshaped"


def _shapes(got: object, want: Sequence[int]) -> Iterator[str]:
    """Yield relations between an answer and an expected shape."""
    if isinstance(got, (list, tuple)):
        numbers = _numbers(got)
        if numbers is not None and tuple(numbers.shape) == tuple(want):
            yield "list-instead-of-tensor"
    elif isinstance(got, (int, float)) and not tuple(want):
        yield "number-instead-of-tensor"
    elif isinstance(got, Tensor):
        have, need = list(got.shape), list(want)
        if have != need and _bare(got) == [size for size in need if size != 1]:
            if len(have) > len(need):
                yield "extra-axis"
            elif len(have) < len(need):
                yield "missing-axis"
        elif have != need and sorted(have) == sorted(need) and len(set(need)) == len(need):
            yield "transposed" if [*need[:-2], *need[:-3:-1]] == have else "axes-in-another-order"


def _nesting(got: Sequence[object], want: Sequence[object]) -> Iterator[str]:
    if max(_size(got), _size(want)) > MAX_LEAVES:
        return
    one, other = leaves(got), leaves(want)
    if len(one) != len(other) or len(one) < 4 or not same(one, other) or not pays(other):
        return
    deep, wanted = _depth(got), _depth(want)
    if deep < wanted:
        yield "flat"
    elif deep > wanted:
        yield "nested"


def _exact(case: Case) -> Iterator[str]:
    """Yield relations that compute the answer exactly from the expected numbers."""
    for a, b in _parts(case):
        found = [name for name, made in _made(b, case.inputs) if _holds(a, b, made)]
        found += [name for name, back in _unmade(a) if _holds(back, None, b) and _worth(b, None) >= ENOUGH]
        if _over_another_axis(a, b):
            found.append("softmax-over-another-axis")
        found += _masked(a, b, case.inputs)
        yield from found or _of_an_input(a, b, case.inputs)
        return


def _of_an_input(a: Tensor, b: Tensor, inputs: Mapping[str, Any]) -> list[str]:
    """Find answers computed from one argument alone: one of its positions, its mean, sum or maximum along an axis."""
    found = []
    for name, value in inputs.items():
        if not isinstance(value, Tensor) or not value.is_floating_point() or not 2 <= value.ndim <= 4:
            continue
        if value.numel() > MAX_NUMBERS or a.ndim != value.ndim - 1:
            continue
        numbers = value.double()
        for axis in range(value.ndim):
            if _but(numbers, axis) != list(a.shape):
                continue
            for what, made in (
                ("the first place of", numbers.select(axis, 0)),
                ("the last place of", numbers.select(axis, -1)),
                ("the mean over", numbers.mean(axis)),
                ("the sum over", numbers.sum(axis)),
                ("the maximum over", numbers.amax(axis)),
            ):
                if _near(a, made) and _worth(a, b) >= 2 * ENOUGH:
                    found.append(f"of-an-input|{what} axis {axis} of `{name}`")
    return found


def _parts(case: Case) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the numbers to compare; for a structure, those of one type (float or int) if only that type is wrong."""
    if case.shape_only:
        return
    a, b = _numbers(case.got), _numbers(case.want)
    if a is not None and b is not None and (isinstance(case.want, Tensor) or _one_kind(case.want)):
        yield a, b
        return
    if max(_size(case.got), _size(case.want)) > MAX_LEAVES:
        return
    one, other = leaves(case.got), leaves(case.want)
    if len(one) != len(other) or _depth(case.got) != _depth(case.want):
        return
    kinds = [type(value) for value in other]
    wrong = {kind for kind, x, y in zip(kinds, one, other, strict=True) if not same(x, y)}
    if len(wrong) == 1 and (kind := wrong.pop()) in (int, float):
        chosen = [place for place, known in enumerate(kinds) if known is kind]
        a, b = _numbers([one[place] for place in chosen]), _numbers([other[place] for place in chosen])
        if a is not None and b is not None:
            yield a, b


def _one_kind(value: object) -> bool:
    return _size(value) <= MAX_LEAVES and len({type(leaf) for leaf in leaves(value)}) == 1


def _holds(a: Tensor, before: Tensor | None, made: Tensor | None) -> bool:
    """Return whether the answer equals a relation's result, with sufficient evidence."""
    if made is None or a.shape != made.shape or not _near(a, made):
        return False
    return before is None or _worth(made, before) >= ENOUGH


def _made(b: Tensor, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Tensor | None]]:
    """Yield (relation, its result for the expected numbers)."""
    binary = bool(((b == 0) | (b == 1)).all())
    yield "negative", -b
    yield ("inverted" if binary else "one-minus"), 1 - b
    if not binary:
        yield "reciprocal", b.reciprocal() if bool((b != 0).all()) else None
        yield "squared", b * b
        yield "root", b.sqrt() if bool((b >= 0).all()) else None
        yield "logarithm", b.log() if bool((b > 0).all()) else None
        yield "exponential", b.exp()
        yield "in-bits", b / math.log(2)
        yield "percent", 100 * b
        yield "fraction-of-a-percent", b / 100
        yield "twice", 2 * b
        yield "half", b / 2
        if b.numel() and float(b.abs().max()) >= 1000:
            yield "in-thousands", b / 1_000
            yield "in-millions", b / 1_000_000
        for which, factor in _factors(inputs, b):
            for kind, made in (("multiplied", b * factor), ("divided", b / factor)):
                if made.numel() and float(made.abs().max()) >= NEARLY_NOTHING:  # or every zero would equal a quotient
                    yield f"{kind}|{which}", made
        if b.ndim and b.shape[-1] > 2:
            yield "probabilities-instead-of-logits", b.softmax(-1)
    if b.ndim >= 2:
        yield "transposed", b.transpose(-1, -2)
        orders = itertools.permutations(range(b.ndim)) if 2 < b.ndim <= 4 else ()
        plain = tuple(range(b.ndim))
        for order in orders:
            if order not in (plain, (*plain[:-2], plain[-1], plain[-2])):
                yield "axes-in-another-order", b.permute(order)
    for axis, size in enumerate(b.shape[:4]):
        if size >= 3:
            yield "reversed", b.flip(axis)
        if size >= 4:
            yield "first-missing", b.narrow(axis, 1, size - 1)
            yield "last-missing", b.narrow(axis, 0, size - 1)
        if size >= 4 and size % 2 == 0:
            yield "halves-exchanged", b.roll(size // 2, axis)


def _unmade(a: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield (relation, transformed answer), which equals the expected numbers if the relation holds."""
    if bool(a.isfinite().all()) and bool(((a < 0) | (a > 1)).any()):
        if a.ndim and a.shape[-1] > 1:
            yield "logits-instead-of-probabilities", a.softmax(-1)
        yield "sigmoid-left-out", a.sigmoid()


def _also_right(name: str, case: Case) -> bool:
    """Return whether a relation is consistent with an answer that is right."""
    kind = name.split("|")[0]
    if case.shape_only:
        return True
    b = _numbers(case.want)
    if b is None:
        return False
    a = _numbers(case.got)
    if kind in ("rounded", "low-precision"):
        which = name.partition("|")[2]
        if a is None or a.shape != b.shape:
            return False
        a, b = a[b.isfinite()], b[b.isfinite()]
        return _is_rounded(a, b, int(which)) if kind == "rounded" else _fits_into(a, LOW_PRECISION[which])
    if kind in ("multiplied", "divided") or kind in _FUNCTIONS:
        return any(other == name and made is not None and _near(made, b) for other, made in _made(b, case.inputs))
    if kind == "of-an-input":
        return a is not None and name in _of_an_input(a, torch.zeros_like(a), case.inputs)
    if kind in ("off-by-a-constant", "constant-factor", "zero-everywhere", "returns-nothing", "another-order"):
        return kind == "another-order" and _size(case.want) < 2
    return kind not in ("logits-instead-of-probabilities", "sigmoid-left-out", "softmax-over-another-axis")


_FUNCTIONS = (
    "negative one-minus inverted reciprocal squared root logarithm exponential in-bits percent fraction-of-a-percent "
    "in-thousands in-millions twice half transposed axes-in-another-order reversed halves-exchanged "
    "probabilities-instead-of-logits"
).split()


PLACES = {1: 3, 2: 1, 3: 1, 4: 3}
"""Decimals that a result may have been rounded to -> wrong numbers required as evidence."""
LOW_PRECISION = {"bfloat16": torch.bfloat16, "float16": torch.float16}


def _coarse(case: Case) -> Iterator[str]:
    """Yield relations that reduce the precision of the expected numbers."""
    for a, b in _parts(case):
        finite = b.isfinite()
        if a.shape != b.shape or not _near(a[~finite], b[~finite]):
            return
        a, b = a[finite], b[finite]
        for places, enough in PLACES.items():
            if _is_rounded(a, b, places):
                if _long_fractions(a[~_close(a, b)]) >= enough and not _is_rounded(a, a, places - 1):
                    yield f"rounded|{places}"
                return
        for name, dtype in LOW_PRECISION.items():
            if _fits_into(a, dtype) and not _fits_into(b, dtype):
                if (
                    a.numel()
                    and bool(((a - b).abs() <= 0.03 * b.abs().max()).all())
                    and _long_fractions(a[~_close(a, b)])
                ):
                    yield f"low-precision|{name}"
                return
        return


def _is_rounded(a: Tensor, b: Tensor, places: int) -> bool:
    """Return whether ``a`` is ``b`` rounded to ``places`` decimals, within the precision of float32."""
    made = (b * 10**places).round() / 10**places
    return bool(((a - made).abs() <= 2.4e-7 * a.abs() + 1e-9).all())


def _fits_into(a: Tensor, dtype: torch.dtype) -> bool:
    return torch.equal(a.to(dtype).double(), a)


def _long_fractions(a: Tensor) -> int:
    """Count the numbers whose fraction has more than five bits: no eighths, and no quotients of small numbers."""
    return int(((torch.frexp(a).mantissa * 32).frac() != 0).logical_and((a * 8).frac() != 0).sum())


def _general(case: Case) -> Iterator[str]:
    """Yield relations that say less: a constant, another order, the positions that are right."""
    for a, b in _parts(case):
        if a.shape == b.shape and _worth(b, None) >= 2 * ENOUGH and b.numel() >= 4:
            yield from _places(a, b, case.inputs)
            if bool((a == 0).all()):
                yield "zero-everywhere"
                return
            if not bool(a.isfinite().all()) or not bool(b.isfinite().all()):
                return
            offset = a - b
            if _near(b + offset.mean(), a) and float(offset.abs().mean()) > 1e-3:
                yield "off-by-a-constant"
            there = b.abs() > 1e-4
            if bool(there.any()):
                factor = (a[there] / b[there]).median()
                if _near(b * factor, a) and abs(float(factor)) > 1e-6:
                    yield "constant-factor"
        for axis in range(min(b.ndim, 4)):
            if a.ndim != b.ndim or any(x != y for x, y in zip(_but(a, axis), _but(b, axis), strict=True)):
                continue
            n, size = a.shape[axis], b.shape[axis]
            for name, one, other in (
                ("one-more-in-front", (1, size), (0, size)),
                ("one-more-at-the-end", (0, size), (0, size)),
                ("shifted-on", (1, size - 1), (0, size - 1)),
                ("shifted-back", (0, size - 1), (1, size - 1)),
            ):
                more = name.startswith("one-more")
                if n != size + more or size < 4:
                    continue
                mine, theirs = a.narrow(axis, *one), b.narrow(axis, *other)
                if _near(mine, theirs) and (_worth(theirs, None) if more else _worth(mine, b.narrow(axis, *one))) >= 6:
                    yield name
        return


def _loose(case: Case) -> Iterator[str]:
    """Yield ``another-order`` if the numbers are the same in any order."""
    for a, b in _parts(case):
        if a.shape == b.shape and b.numel() >= 4 and _worth(b, a) >= 2 * ENOUGH:
            if _near(a.flatten().sort().values, b.flatten().sort().values):
                yield "another-order"
        return


def _places(a: Tensor, b: Tensor, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield relations that state which items of the batch are right."""
    if b.ndim < 2 or not 3 <= len(b) <= 50 or any(_worth(item, None) < ENOUGH for item in b):
        return
    right = [_near(x, y) for x, y in zip(a, b, strict=True)]
    masks = [(name, mask) for name, value in inputs.items() if (mask := _mask(value)) is not None and mask.ndim == 2]
    padded = [name for name, mask in masks if len(mask) == len(b) and mask.all(1).tolist() == right]
    if padded and any(right) and not all(right):
        if right.count(right[0]) > 1 and right.count(right[-1]) > 1:  # or being first or last may be the cause
            yield f"wrong-where-padded|{padded[0]}"
        return
    if masks:  # then padding may decide which items are right
        return
    amiss = [float((~_close(x, y)).double().mean()) > 0.5 for x, y in zip(a, b, strict=True)]
    if len(b) < 4 or any(not fine and not wrong for fine, wrong in zip(right, amiss, strict=True)):
        return  # an item is only partly wrong, which is a different case
    if right[0] and not any(right[1:]):
        yield "first-item-only"
    elif right[-1] and not any(right[:-1]):
        yield "last-item-only"
    elif all(right[:-1]) and not right[-1]:
        yield "last-item-wrong"
    elif all(right[1:]) and not right[0]:
        yield "first-item-wrong"


def _masked(a: Tensor, b: Tensor, inputs: Mapping[str, Any]) -> list[str]:
    """Find masks among the arguments that mark exactly the positions where the answer is wrong."""
    if a.shape != b.shape or not b.ndim:
        return []
    wrong = ~_close(a, b)
    found = []
    for name, value in inputs.items():
        mask = _mask(value)
        if mask is None or mask.shape != wrong.shape[: mask.ndim] or not 2 <= int(mask.sum()) <= mask.numel() - 2:
            continue
        places = wrong.flatten(mask.ndim).any(-1) if wrong.ndim > mask.ndim else wrong
        if torch.equal(places, ~mask):
            found.append(f"wrong-where-masked|{name}")
        elif torch.equal(places, mask) and name.startswith("special"):
            found.append(f"wrong-where-marked|{name}")
    return found


def _over_another_axis(a: Tensor, b: Tensor) -> bool:
    """Return whether the two are softmaxes of the same numbers along different axes."""
    if a.shape != b.shape or b.ndim < 2 or b.numel() < 6 or not bool((a > 0).all() and (b > 0).all()):
        return False
    sums = [axis for axis in range(b.ndim) if _near(b.sum(axis), torch.ones_like(b.sum(axis)))]
    other = [axis for axis in range(b.ndim) if _near(a.sum(axis), torch.ones_like(a.sum(axis)))]
    if len(sums) != 1 or len(other) != 1 or sums == other:
        return False
    left = a.log() - b.log()  # difference of the two normalisations: one term per row and one per column
    left = left - left.mean(sums[0], keepdim=True)
    left = left - left.mean(other[0], keepdim=True)
    return min(b.shape[sums[0]], b.shape[other[0]]) > 2 and float(left.abs().max()) < 1e-3


# --- factors with a meaning ---------------------------------------------------------------------------------------


def _factors(inputs: Mapping[str, Any], b: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield (description, value) of numbers that the arguments contain.

    If two have the same value, neither is used, because they cannot be distinguished, unless they are the same axis of
    two arguments.
    """
    known: dict[float, list[str]] = {}
    rows: list[tuple[str, Tensor]] = []
    for name, value in list(inputs.items())[:30]:
        for what, number in _sizes(name, value):
            if number > 2 or (number > 0 and number != int(number)):
                known.setdefault(float(number), []).append(what)
                if math.sqrt(number) != int(math.sqrt(number)) or number >= 9:
                    known.setdefault(math.sqrt(number), []).append(f"the square root of {what}")
        mask = _mask(value)
        if mask is not None and mask.ndim == 2 and b.ndim and b.shape[0] == mask.shape[0] > 1:
            counts = mask.sum(1).double()
            if len(counts.unique()) > 1 and bool((counts > 0).all()):  # type: ignore[no-untyped-call]
                counts = counts.view(-1, *[1] * (b.ndim - 1))
                rows.append((f"the number of ones in each row of `{name}`", counts))
                rows.append((f"the square root of the number of ones in each row of `{name}`", counts.sqrt()))
    for number, names in known.items():
        plain = {re.sub(r" of `.*?`", "", name) for name in names}
        if len(plain) == 1 and number not in (2.0, 0.5, 100.0):
            yield names[0], torch.tensor(number, dtype=torch.float64)
    yield from rows[:2]


def _sizes(name: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, bool) or name in MEANINGLESS:
        return
    if isinstance(value, (int, float)) and math.isfinite(value):
        yield f"`{name}`", value
    elif isinstance(value, Tensor):
        for axis, size in enumerate(value.shape):
            yield f"the size of axis {axis} of `{name}`", size
        mask = _mask(value)
        if mask is not None:
            yield f"the number of ones in `{name}`", int(mask.sum())
        elif not value.is_floating_point() and value.numel() <= MAX_NUMBERS and bool((value == IGNORED).any()):
            yield f"the number of entries of `{name}` that are not {IGNORED}", int((value != IGNORED).sum())
    elif isinstance(value, (list, tuple)) and value:
        yield f"the length of `{name}`", len(value)


def _mask(value: Any) -> Tensor | None:
    """Return a tensor that contains zeros, ones and nothing else as bool; None for any other value."""
    if not isinstance(value, Tensor) or not 4 <= value.numel() <= MAX_NUMBERS or value.is_complex():
        return None
    ones, zeros = value == 1, value == 0
    return ones if bool((ones | zeros).all()) and bool(ones.any()) and bool(zeros.any()) else None


# --- numbers ------------------------------------------------------------------------------------------------------


def _size(value: Any, limit: int = 2 * MAX_NUMBERS + 1) -> int:
    """Count the numbers and other leaves, at most up to the limit."""
    if isinstance(value, Tensor):
        return value.numel()
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple)):
        return 1
    total = 0
    for item in value:
        total += _size(item, limit - total)
        if total >= limit:
            break
    return total


def _numbers(value: Any) -> Tensor | None:
    """Return the value as a float64 tensor; None if it does not consist of numbers or is too long."""
    if _size(value) > MAX_NUMBERS:
        return None
    if isinstance(value, Tensor):
        return None if value.is_complex() else value.double()
    if isinstance(value, (list, tuple)) and not value:
        return None
    found = expect._tensor(value)
    return None if found is None or found.is_complex() else found


def leaves(value: Any) -> list[Any]:
    """Return everything in a structure that is not a list, tuple, dictionary or tensor, in order."""
    if isinstance(value, Tensor):
        return list(value.flatten().tolist())
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return 1 + max((_depth(item) for item in value), default=0)
    return value.ndim if isinstance(value, Tensor) else 0


def _bare(value: Tensor) -> list[int]:
    return [size for size in value.shape if size != 1]


def _but(value: Tensor, axis: int) -> list[int]:
    return [size for place, size in enumerate(value.shape) if place != axis]


def _close(a: Tensor, b: Tensor) -> Tensor:
    equal = (a == b) | (a.isnan() & b.isnan())
    return equal | ((a - b).abs() <= TOLERANCE * b.abs() + 1e-6)


def _near(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and bool(_close(a, b).all())


def _identical(one: Any, other: Any) -> bool:
    """Return whether two leaves have the same type and value, or two tensors the same numbers, shape and dtype."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    return type(one) is type(other) and bool(one == other)


def _equal(one: Any, other: Any) -> bool:
    """Return whether plain data is exactly equal."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, (wire.Reference, RemoteRef)) or isinstance(other, (wire.Reference, RemoteRef)):
        return True
    return _identical(one, other)


def same(one: Any, other: Any) -> bool:
    """Return whether values are equal, up to the tolerance for numbers; a list can equal a tuple."""
    a, b = _numbers(one), _numbers(other)
    if a is not None and b is not None:
        return _near(a, b)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return _identical(one, other)


def pays(value: Any) -> bool:
    """Return whether a structure has enough different values to be recognised, not just two small numbers."""
    if isinstance(value, Tensor):
        return not value.is_complex() and _worth(value.double(), None) >= ENOUGH
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)) and any(isinstance(part, Tensor) for part in value[:8]):
        return sum(map(pays, value[:8])) > 1
    parts = leaves(value)[:200] if _size(value) <= MAX_LEAVES else []
    numbers = _numbers([part for part in parts if isinstance(part, (int, float))])
    texts = {part for part in parts if isinstance(part, str) and len(part) > 1}
    return len(texts) >= 2 or (numbers is not None and _worth(numbers, None) >= ENOUGH)


def _worth(b: Tensor, beside: Tensor | None) -> int:
    """Return the worth of the numbers as evidence; with ``beside``, only of those that differ from it."""
    if beside is not None and beside.shape == b.shape:
        b = b[~_close(b, beside)]
    b = b.flatten()[:500]
    b = b[b.isfinite()]
    if not b.numel():
        return 0
    if bool(((b == 0) | (b == 1)).all()):
        return int(b.numel()) // 2 if len(b.unique()) > 1 else 0  # type: ignore[no-untyped-call]
    distinct = b.unique()  # type: ignore[no-untyped-call]
    thousandths = distinct * 1000
    round_ = (thousandths - thousandths.round()).abs() < 1e-4
    telling = int((~round_).sum() + (distinct[round_].abs() > 1000).sum())
    return ENOUGH * telling + len(distinct) - telling
