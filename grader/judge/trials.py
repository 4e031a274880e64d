"""Finds out what a wrong answer depends on, by repeating the call with one change of its arguments.

If nothing else explains a failed check, the call with the wrong answer is repeated with one change of its arguments
(``variations``). If the student's function now agrees with the reference, the failure depends on that change, and the
report says so: "Your result is right if one thing about the input is different: every entry of `mask` is 1." It is
a fact, whatever the code looks like.

The student's function runs in a process of its own, as in every check; the reference runs in this process. Only
requests that were also sent to the reference are repeated, so they contain nothing that the student returned.
"""

from __future__ import annotations

import inspect
import itertools
import time
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.result import CheckResult
from course.text import say
from grader import wire
from grader.judge import relations
from grader.judge.diagnose import Diagnosis, Observed, reference_copy, reference_module
from grader.judge.proxy import LocalTransport
from grader.judge.relations import Exchanged
from grader.judge.variations import Variation, variations

DEPENDS = "depends-on-the-input"
MOST_CHECKS = 6
"""Checks that are tried in one grading."""
MOST_TRIALS = 120
"""Changes that are tried for one check."""
SECONDS, SECONDS_IN_ALL = 0.5, 1.0
"""Processor time of the judge for one check, and in all; after that, no further check is started."""
MOST_REQUESTS = 40
"""Requests that are repeated for each trial; checks with more requests train something or draw random numbers."""
MOST_CALLS = 60
"""Calls of a function by fixtures that are examined."""
MOST_TOLD = 2

Ask = Callable[[bytes], bytes]
"""Function that takes a request frame and returns the answer frame."""
DRAWING = ("generator", "rng", "seed")
"""Arguments of functions that draw random numbers, for which many answers are right."""
EXACT = 10_000
"""Integers from this size on are compared exactly, without the tolerance for numbers."""
OTHER_SEED = 4_211
RESET = wire.encode(["reset"])


def candidates(
    observed: Mapping[str, Observed], reports: Mapping[str, CheckResult], explained: Collection[str]
) -> Iterator[Observed]:
    """Yield failed checks without an explanation, at most ``MOST_CHECKS``.

    Args:
        observed: check id -> its results with the student's code.
        reports: check id -> its report so far.
        explained: ids of the checks that the diagnosis explains.
    """
    tried = 0
    for name, item in observed.items():
        unexplained = name not in explained and reports[name].explanation is None
        if item.status == "failed" and item.exchanged and unexplained and tried < MOST_CHECKS:
            tried += 1
            yield item


def diagnosis(item: Observed, expected: Exchanged, slug: str, seed: int, ask: Ask) -> Diagnosis | None:
    """Find the changes of the input that make the answer of a failed check right; None if there are none.

    Args:
        item: the results of the check with the student's code.
        expected: requests and answers between the same check and the reference.
        slug: slug of the exercise.
        seed: seed of the run.
        ask: sends a request to a new process that has loaded the student's file.
    """
    compared = relations.relive(item.spec, seed, item.exchanged, reference_module(slug)).cases
    if all(one.agreed for _, one in compared):  # it failed because of a property, which many different answers have
        return None
    for case in _cases(item, expected, slug, ask):
        found = case.cures(item.spec.visible)
        if not found:
            continue
        best = min(variation.rank for variation in found)
        changes = dict.fromkeys(variation.change for variation in found if variation.rank == best)
        text = say(
            "Your result is right if one thing about the input of this check is different: "
            "{changes}. Which line of your code treats the two inputs differently?",
            changes=say("; or: ").join(list(changes)[:MOST_TOLD]),
        )
        return Diagnosis("relation", DEPENDS, text, relations.TITLES[DEPENDS])
    return None


# --- the requests to repeat ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decoded:
    """A decoded request."""

    frame: bytes
    operation: str
    root: str | int
    path: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    @classmethod
    def read(cls, frame: bytes) -> Decoded:
        """Decode a request."""
        operation, *rest = wire.decode(frame, wire.Reference)
        if operation not in ("call", "watch"):
            return cls(frame, operation, "", "", (), {})
        (root, path), args, kwargs = rest
        return cls(frame, operation, root.number if isinstance(root, wire.Reference) else root, path, args, kwargs)

    @property
    def calls(self) -> bool:
        """True if the request is a call."""
        return self.operation in ("call", "watch")

    @property
    def is_plain(self) -> bool:
        """True if it calls a function of the file with plain data only."""
        return self.root == "module" and not any(map(_stays, [*self.args, *self.kwargs.values()]))

    def with_inputs(self, names: Sequence[str], inputs: Mapping[str, Any]) -> bytes:
        """Return the same request with other arguments; ``names`` are the names of the positional ones."""
        root = wire.Reference(self.root) if isinstance(self.root, int) else self.root
        kwargs = {name: inputs[name] for name in self.kwargs}
        return wire.encode([self.operation, [root, self.path], [inputs[name] for name in names], kwargs])


def _cases(item: Observed, expected: Exchanged, slug: str, ask: Ask) -> Iterator[Case]:
    """Yield the cases to try: a wrong call of the function with plain data, or the check up to the wrong answer."""
    pairs = itertools.takewhile(lambda two: two[0][0] == two[1][0], zip(item.exchanged, expected, strict=False))
    common = [(Decoded.read(frame), answer, right) for (frame, answer), (_, right) in pairs]
    wrong = [i for i, (request, *answers) in enumerate(common) if request.calls and not _agree(*answers)]
    if not wrong:
        return
    last = wrong[-1]
    requests = [request for request, *_ in common[: last + 1]]
    reference = LocalTransport(reference_copy(slug))
    if requests[last].is_plain:
        yield Case([requests[0], requests[last]], reference, ask)
        return
    deadline = time.process_time() + SECONDS
    for request in _called_by_helpers(requests[:MOST_REQUESTS], reference_copy(slug), item.spec.names):
        case = Case([requests[0], request], reference, ask)
        if case.is_wrong():
            yield case
            break
        if time.process_time() > deadline:
            return
    if last < MOST_REQUESTS:
        yield Case(requests, reference, ask)


def _called_by_helpers(requests: Sequence[Decoded], module: types.ModuleType, names: Sequence[str]) -> list[Decoded]:
    """Return the calls of these functions with plain data, made by fixtures with the reference, as requests."""
    frames: list[bytes] = []

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(frames) < MOST_CALLS:
                try:
                    frames.append(wire.encode(["watch", ["module", name], list(args), kwargs]))
                except wire.WireError:  # something that is not plain data
                    pass
            return function(*args, **kwargs)

        return call

    for name in names:
        if isinstance(function := getattr(module, name, None), types.FunctionType):
            setattr(module, name, watched(name, function))
    ask = LocalTransport(module).ask
    for request in requests:
        ask(request.frame)
    return [Decoded.read(frame) for frame in dict.fromkeys(frames)]


def _agree(answer: bytes, right: bytes) -> bool:
    """Return whether two answers are the same, or cannot be compared."""
    (kind, value), (other, wanted) = _answer(answer), _answer(right)
    return not kind == other == "ok" or _same(value, wanted)


# --- the changes that make the answer right -----------------------------------------------------------------------


class Case:
    """Requests whose last one gets a wrong answer.

    Args:
        requests: the requests; the first one seeds the generators.
        reference: sends a request to the reference.
        ask: sends a request to the student process.
    """

    def __init__(self, requests: Sequence[Decoded], reference: LocalTransport, ask: Ask) -> None:
        self._requests, self._reference, self._ask = requests, reference, ask
        self._frames = [request.frame for request in requests]
        self._wrong: Any = None

    def is_wrong(self) -> bool:
        """Return whether the two answers differ, neither depends on random numbers, and the reference is fast."""
        began = time.process_time()
        kind, right = self._last(self._reference.ask, self._frames)
        if time.process_time() - began > SECONDS / 5:
            return False
        other_seed = wire.encode(["seed", OTHER_SEED])
        if not _same(self._last(self._reference.ask, [other_seed, *self._frames[1:]])[1], right):
            return False
        answers = [self._last(self._ask, frames) for frames in (self._frames, [other_seed, *self._frames[1:]])]
        self._wrong = answers[0][1]
        same = all(other == "ok" and _same(value, self._wrong) for other, value in answers)
        return kind == "ok" and same and not _same(self._wrong, right)

    def cures(self, visible: bool) -> list[Variation]:
        """Return the changes after which student and reference agree."""
        if not self.is_wrong():
            return []
        deadline = time.process_time() + SECONDS
        found: list[Variation] = []
        tried = 0
        for place in self._places():
            request = self._requests[place]
            names, inputs, defaults = self.named(request)
            if any(inputs.get(name) is not None for name in DRAWING):
                return []
            for variation in variations(inputs, defaults, visible):
                tried += 1
                if tried > MOST_TRIALS or time.process_time() > deadline:
                    break
                try:
                    frames = list(self._frames)
                    frames[place] = request.with_inputs(names, variation.inputs)
                except wire.WireError:  # a change that cannot be sent
                    continue
                if frames[place] != request.frame and self._agree(frames, variation.inputs):
                    found.append(variation)
        return found if found and self.is_wrong() else []

    def _agree(self, frames: Sequence[bytes], inputs: Mapping[str, Any]) -> bool:
        """Return whether the answers are the same, and specific enough."""
        kind, wanted = self._last(self._reference.ask, frames)
        if kind != "ok" or not self._says_something(wanted, inputs):
            return False
        kind, got = self._last(self._ask, frames)
        return kind == "ok" and _same(got, wanted)

    def _says_something(self, wanted: Any, inputs: Mapping[str, Any]) -> bool:
        """Return whether an answer is specific, and not one of the inputs.

        An answer with little content, such as one integer, must at least differ from the original wrong answer.
        """
        answer = wanted
        if self._requests[-1].operation == "watch":
            answer = wanted[0] if wanted[0] is not None else wanted[1]
        if any(_same(answer, value) for value in inputs.values()):
            return False
        leaves = relations.leaves(_plain(answer))
        telling = any(isinstance(leaf, (int, float, str)) and leaf not in (0, 1, "") for leaf in leaves)
        return relations.pays(answer) or ((telling or len(leaves) > 1) and not _same(wanted, self._wrong))

    def _last(self, ask: Ask, frames: Sequence[bytes]) -> tuple[str, Any]:
        ask(RESET)
        answer = b""
        for frame in frames:
            answer = ask(frame)
        return _answer(answer)

    def _places(self) -> list[int]:
        """Return the calls whose arguments may be changed: the last one, and those that made the objects it uses."""
        last = len(self._requests) - 1
        if self._requests[last].is_plain:
            return [last]
        latest = {
            (request.root, request.path): place
            for place, request in enumerate(self._requests)
            if request.calls and request.root != "fixtures"
        }
        return sorted(latest.values(), reverse=True)

    def named(self, request: Decoded) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
        """Return the names of the positional arguments, all arguments by name, and the parameters' defaults."""
        parameters = self._parameters(request)
        names = [parameter.name for parameter in parameters][: len(request.args)]
        if len(names) < len(request.args):
            return [], {}, {}
        defaults = {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}
        return names, {**dict(zip(names, request.args, strict=True)), **request.kwargs}, defaults

    def _parameters(self, request: Decoded) -> list[inspect.Parameter]:
        """Return the parameters of the called function or object; none if it is not from the file."""
        dispatcher = self._reference.dispatcher
        kept = dispatcher.kept
        if isinstance(request.root, int) and request.root >= len(kept):
            return []
        target: Any = kept[request.root] if isinstance(request.root, int) else dispatcher.module
        if type(target).__module__.startswith("grader."):
            return []
        try:
            for part in filter(None, (request.path or "forward").split(".")):
                target = getattr(target, part)
            return list(inspect.signature(target).parameters.values())
        except (AttributeError, TypeError, ValueError):
            return []


def _answer(frame: bytes) -> tuple[str, Any]:
    try:
        kind, value = wire.decode(frame, wire.Reference)
    except (wire.WireError, ValueError, TypeError):
        return "", None
    return kind, value


def _same(one: Any, other: Any) -> bool:
    """Return whether values are equal; objects in the student process count as equal."""
    return relations.same(_plain(one), _plain(other))


def _plain(value: Any) -> Any:
    """Return the value with strings in place of kept objects and of integers that are compared exactly."""
    if isinstance(value, wire.Reference):
        return "(object)"
    if isinstance(value, int) and abs(value) >= EXACT:
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    return type(value)(map(_plain, value)) if isinstance(value, (list, tuple)) else value


def _stays(value: Any) -> bool:
    """Return whether the value contains an object that stays in the student process."""
    if isinstance(value, dict):
        return any(map(_stays, value.values()))
    return isinstance(value, wire.Reference) or (isinstance(value, (list, tuple)) and any(map(_stays, value)))
