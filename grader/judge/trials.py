"""What a wrong answer depends on: found by trying the same call with one thing changed.

Where nothing else explains a failed check, the call that went wrong is made once more with one change of its arguments
(``variations``). If the student's function now gives what the reference gives, the change is what the failure depends
on, and that is told: "Your result is right if one thing about the input is different: every entry of `mask` is 1." It
is a fact, whatever the code looks like.

The student's part runs in a process of its own, as every check does; the reference's part runs here. Only requests that
the reference has been sent, too, are made again: nothing that a student returned gets into them.
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
"""In one grading."""
MOST_TRIALS = 120
"""Of one check."""
SECONDS, SECONDS_IN_ALL = 0.5, 1.0
"""Of the judge's processor time for one check; after so many in all, no other check is begun."""
MOST_REQUESTS = 40
"""That are made again for each trial; checks that make more train something or draw random numbers."""
MOST_CALLS = 60
"""Of a function by a helper that are looked at."""
MOST_TOLD = 2

Ask = Callable[[bytes], bytes]
"""Takes a request frame, gives the answer frame."""
DRAWING = ("generator", "rng", "seed")
"""Arguments of functions that draw random numbers: many answers are right."""
EXACT = 10_000
"""Whole numbers from here on are compared as they are; as numbers, they would be rounded."""
OTHER_SEED = 4_211
RESET = wire.encode(["reset"])


def candidates(
    observed: Mapping[str, Observed], reports: Mapping[str, CheckResult], explained: Collection[str]
) -> Iterator[Observed]:
    """Failed checks without an explanation, as many as there is time for.

    Args:
        observed: check id -> what the judge saw.
        reports: check id -> what is reported of it so far.
        explained: ids of the checks that the diagnosis explains.
    """
    tried = 0
    for name, item in observed.items():
        unexplained = name not in explained and reports[name].explanation is None
        if item.status == "failed" and item.exchanged and unexplained and tried < MOST_CHECKS:
            tried += 1
            yield item


def diagnosis(item: Observed, expected: Exchanged, slug: str, seed: int, ask: Ask) -> Diagnosis | None:
    """What makes the answer of a failed check right, if one change of its input does.

    Args:
        item: what the judge saw of the check.
        expected: what travelled between the same check and the reference.
        slug: of the exercise.
        seed: of the run.
        ask: of a new process that has loaded the student's file.
    """
    compared = relations.relive(item.spec, seed, item.exchanged, reference_module(slug)).cases
    if all(one.agreed for _, one in compared):  # it hung on a property, which many different answers have
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


# --- which requests are made again --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decoded:
    """A request, decoded."""

    frame: bytes
    operation: str
    root: str | int
    path: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    @classmethod
    def read(cls, frame: bytes) -> Decoded:
        """Decode one."""
        operation, *rest = wire.decode(frame, wire.Reference)
        if operation not in ("call", "watch"):
            return cls(frame, operation, "", "", (), {})
        (root, path), args, kwargs = rest
        return cls(frame, operation, root.number if isinstance(root, wire.Reference) else root, path, args, kwargs)

    @property
    def calls(self) -> bool:
        """Whether it calls something."""
        return self.operation in ("call", "watch")

    @property
    def is_plain(self) -> bool:
        """Whether it calls a function of the file with data only."""
        return self.root == "module" and not any(map(_stays, [*self.args, *self.kwargs.values()]))

    def with_inputs(self, names: Sequence[str], inputs: Mapping[str, Any]) -> bytes:
        """The same request with other arguments; ``names`` are those of the positional ones."""
        root = wire.Reference(self.root) if isinstance(self.root, int) else self.root
        kwargs = {name: inputs[name] for name in self.kwargs}
        return wire.encode([self.operation, [root, self.path], [inputs[name] for name in names], kwargs])


def _cases(item: Observed, expected: Exchanged, slug: str, ask: Ask) -> Iterator[Case]:
    """What to try: a call of the function with plain data that gives a wrong answer, or else the check up to there."""
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
    """Calls of these functions with plain data that happen on the way, in the reference, as requests of their own."""
    frames: list[bytes] = []

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(frames) < MOST_CALLS:
                try:
                    frames.append(wire.encode(["watch", ["module", name], list(args), kwargs]))
                except wire.WireError:  # something that is no plain data
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
    """Whether two answers are the same, or cannot be compared."""
    (kind, value), (other, wanted) = _answer(answer), _answer(right)
    return not kind == other == "ok" or _same(value, wanted)


# --- which change makes the answer right --------------------------------------------------------------------------


class Case:
    """Requests of which the last one gets a wrong answer.

    Args:
        requests: the first one seeds the generators.
        reference: answers as the reference does.
        ask: of the student's process.
    """

    def __init__(self, requests: Sequence[Decoded], reference: LocalTransport, ask: Ask) -> None:
        self._requests, self._reference, self._ask = requests, reference, ask
        self._frames = [request.frame for request in requests]
        self._wrong: Any = None

    def is_wrong(self) -> bool:
        """Whether both answer, and not the same, and neither draws random numbers or takes long."""
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
        """The changes after which student and reference agree."""
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
                except wire.WireError:  # a change that cannot travel
                    continue
                if frames[place] != request.frame and self._agree(frames, variation.inputs):
                    found.append(variation)
        return found if found and self.is_wrong() else []

    def _agree(self, frames: Sequence[bytes], inputs: Mapping[str, Any]) -> bool:
        """Whether the answers are the same, and say something."""
        kind, wanted = self._last(self._reference.ask, frames)
        if kind != "ok" or not self._says_something(wanted, inputs):
            return False
        kind, got = self._last(self._ask, frames)
        return kind == "ok" and _same(got, wanted)

    def _says_something(self, wanted: Any, inputs: Mapping[str, Any]) -> bool:
        """Whether an answer is neither one that anything would give nor what was put in.

        What holds little, such as one whole number, must at least not be the answer that was wrong before.
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
        """The calls whose arguments are worth changing: the last one, and those that made what it works with."""
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
        """Names of the positional arguments, all arguments by name, and the defaults of those that have one."""
        parameters = self._parameters(request)
        names = [parameter.name for parameter in parameters][: len(request.args)]
        if len(names) < len(request.args):
            return [], {}, {}
        defaults = {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}
        return names, {**dict(zip(names, request.args, strict=True)), **request.kwargs}, defaults

    def _parameters(self, request: Decoded) -> list[inspect.Parameter]:
        """Of what the request calls; none where that is not of the file."""
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
    """Equal values; what stays over there counts as the same."""
    return relations.same(_plain(one), _plain(other))


def _plain(value: Any) -> Any:
    """The value with words for what stays over there and for whole numbers that must not be nearly right."""
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
    """Whether something of it is an object that stays over there."""
    if isinstance(value, dict):
        return any(map(_stays, value.values()))
    return isinstance(value, wire.Reference) or (isinstance(value, (list, tuple)) and any(map(_stays, value)))
