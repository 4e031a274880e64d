"""What a check holds in its hands: the student's file, from a safe distance.

``Student`` turns ``student.lora_report(shapes, r=8)`` into a request frame and the answer frame into plain data. It
works over any transport: a socket to a student process (grading) or a dispatcher in this process (replay of an edited
reference). Everything that came back is recorded in ``trace``, which the diagnosis compares.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from course.result import not_defined
from course.text import filled, mark, say, translated
from grader import wire
from grader.errors import Failed, NotDefined, StudentRaised
from grader.student.dispatch import Dispatcher, seed_everything
from grader.wire import MAX_SAID, MAX_VALUE

MAX_TRACE_BYTES = 2**20
"""Of the answers to one check that are remembered for the diagnosis; the rest is only known to have come."""


class Transport(Protocol):
    """Carries one request frame to a dispatcher and brings back its answer frame."""

    def ask(self, frame: bytes) -> bytes:
        """Send one request, wait for its answer."""

    def spend(self, seconds: float) -> None:
        """Reading the answer took this long; it counts as waiting for it."""


class LocalTransport:
    """A dispatcher in this very process; for trusted code only."""

    def __init__(self, module: types.ModuleType) -> None:
        self.dispatcher = Dispatcher(module)

    def ask(self, frame: bytes) -> bytes:
        """Run the request here."""
        return self.dispatcher.answer(frame)

    def spend(self, seconds: float) -> None:
        """There is no limit here."""


@dataclass(frozen=True)
class Outcome:
    """One entry of a trace: what a request came back with, or a note of the check."""

    kind: str
    """``value``, ``raised``, ``contract`` or ``note``."""
    what: str
    value: Any


class Student:
    """The student's file as seen by one check.

    Args:
        transport: where requests go.
        seed: of the check. ``draw`` and, before the check, the global generators over there are seeded from it, each in
            its own way: who knows the one seed knows nothing of the other.
    """

    def __init__(self, transport: Transport, seed: int) -> None:
        self._transport = transport
        self._traced = True
        self._received_bytes = 0
        self.exchanged: list[tuple[bytes, bytes]] = []
        """Requests and their answers, as they travelled, up to MAX_TRACE_BYTES: enough to live the check again."""
        self.trace: list[Outcome] = []
        self.draw = Draw(derived_seed(seed, "draws of the judge"))
        self.fixtures = Fixtures(self)
        self._ask(["seed", derived_seed(seed, "generators of the student")])

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        return Remote(self, "module", name)

    def value(self, ref: RemoteRef | None, path: str) -> Any:
        """Fetch what stands at a dotted path of a kept object or the file itself (None): plain data, or a RemoteRef.

        A function of the student fetched in this way can be handed to a fixture, which calls it over there.
        """
        root = "module" if ref is None else wire.Reference(ref._number)
        return self._request("value", [root, path], f"value {path}")

    def pure(self, name: str, *args: object, **kwargs: object) -> Any:
        """Call a function of the file; its arguments must come out as they went in.

        Raises:
            Failed: the caller's data was changed. Objects that stay over there are not compared.
        """
        sent = [_outbound(list(args)), _outbound(kwargs)]
        answer = self._request("watch", ["module", name], name, *sent)
        if not (isinstance(answer, list) and len(answer) == 3):
            raise wire.WireError("an answer to a watched call has three parts")
        result, *after = answer
        before: list[tuple[int | str, Any]] = [*enumerate(args, start=1), *kwargs.items()]
        now: dict[int | str, Any] = {**dict(enumerate(after[0], start=1)), **after[1]}
        for which, value in before:
            if not _as_it_was(value, now.get(which)):
                self.note("argument that the call changed", which)
                sentence = (
                    mark("{name} modifies the caller's data: argument {which} is different after the call")
                    if isinstance(which, int)
                    else mark("{name} modifies the caller's data: `{which}` is different after the call")
                )
                raise Failed(
                    say(sentence, name=name, which=which),
                    hint=mark("the caller still uses it: work on a copy or build a new object"),
                )
        return result

    @contextlib.contextmanager
    def untraced(self) -> Iterator[None]:
        """Leave the results inside out of the trace: they depend on numbers or names that the student may choose."""
        self._traced, before = False, self._traced
        try:
            yield
        finally:
            self._traced = before

    def note(self, what: str, value: object) -> None:
        """State a fact that the check worked out from untraced results; it goes into the trace."""
        self.trace.append(Outcome("note", what, value))

    def _request(self, operation: str, target: list[object], what: str, *rest: object) -> Any:
        try:
            answer = self._ask([operation, target, *rest])
        except (StudentRaised, Failed) as error:
            if self._traced:
                kind = "raised" if isinstance(error, StudentRaised) else "contract"
                self.trace.append(Outcome(kind, what, str(error)))
            raise
        if self._traced:
            remembered = answer if self._received_bytes <= MAX_TRACE_BYTES else "(too much to remember)"
            self.trace.append(Outcome("value", what, remembered))
        return answer

    def _ask(self, request: list[object]) -> Any:
        frame = wire.encode(request, lambda value: _refuse(value))
        received = self._transport.ask(frame)
        self._received_bytes += len(received)
        if self._received_bytes <= MAX_TRACE_BYTES:
            self.exchanged.append((frame, received))
        started = time.monotonic()
        answer = wire.decode(received, lambda number: RemoteRef(self, number))
        self._transport.spend(time.monotonic() - started)
        if not (isinstance(answer, list) and len(answer) == 2):
            raise wire.WireError("an answer has two parts")
        kind, content = answer
        if kind == "ok":
            return content
        if kind == "raised":
            raise StudentRaised.from_wire(content)
        if kind == "undefined":
            raise NotDefined(not_defined(str(content)[:MAX_VALUE]))
        if kind == "contract":
            raise Failed(_complaint(content))
        if kind == "fault":
            raise LookupError(str(content))
        raise wire.WireError("unknown kind of answer")


def _complaint(content: object) -> str:
    """What a fixture complains of, in the reader's language if the sentence is one of ours.

    It came out of the student's process: only a sentence of the catalogue is filled in, with nothing but strings.
    """
    if not (isinstance(content, list) and len(content) == 3 and isinstance(content[0], str)):
        raise wire.WireError("a complaint has three parts")
    text: str = content[0]
    sentence, values = content[1:]
    if isinstance(sentence, str) and isinstance(values, dict):
        known = translated(sentence)
        if known != sentence:
            with contextlib.suppress(LookupError, ValueError):  # gaps without a value: not what a fixture sends
                text = filled(known, {str(name): str(value)[:MAX_VALUE] for name, value in values.items()})
    return text[:MAX_SAID]


def _refuse(value: object) -> int:
    raise TypeError(f"a check sent a {type(value).__name__}, which cannot travel to the student")


class Remote:
    """A name over there that can be called or followed further; nothing is sent before the call."""

    __slots__ = ("_path", "_root", "_student")

    def __init__(self, student: Student, root: object, path: str) -> None:
        self._student, self._root, self._path = student, root, path

    def __getattr__(self, name: str) -> Remote:
        return Remote(self._student, self._root, f"{self._path}.{name}" if self._path else name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it over there."""
        target = [self._root, self._path]
        what = self._path or "call"
        return self._student._request("call", target, what, _outbound(list(args)), _outbound(kwargs))


class RemoteRef:
    """An object that stays over there; call it, call its methods, pass it as an argument."""

    __slots__ = ("_number", "_student")

    def __init__(self, student: Student, number: int) -> None:
        self._student, self._number = student, number

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__"):
            raise AttributeError(name)
        return Remote(self._student, wire.Reference(self._number), name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it over there."""
        return Remote(self._student, wire.Reference(self._number), "")(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<object {self._number} of the student process>"


class Fixtures:
    """``student.fixtures.NAME(...)``: public helpers of ``grader.fixtures``, run over there."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def __getattr__(self, name: str) -> Remote:
        return Remote(self._student, "fixtures", name)


def _as_it_was(before: Any, after: Any) -> bool:
    """Whether plain data is the same as before, bit by bit; what stays over there counts as the same."""
    if isinstance(before, (RemoteRef, wire.Reference)):
        return True
    if isinstance(before, torch.Tensor):
        return (
            isinstance(after, torch.Tensor)
            and before.dtype == after.dtype
            and before.shape == after.shape
            and bool(((before == after) | ((before != before) & (after != after))).all())
        )
    if isinstance(before, (list, tuple)):
        return (
            isinstance(after, (list, tuple))
            and len(before) == len(after)
            and all(_as_it_was(one, other) for one, other in zip(before, after, strict=True))
        )
    if isinstance(before, dict):
        return (
            isinstance(after, dict)
            and list(before) == list(after)
            and all(_as_it_was(before[key], after[key]) for key in before)
        )
    return type(before) is type(after) and bool(before == after)


def _outbound(value: Any) -> Any:
    """Arguments with each RemoteRef replaced by a ``wire.Reference``."""
    if isinstance(value, RemoteRef):
        return wire.Reference(value._number)
    if isinstance(value, dict):
        return {key: _outbound(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_outbound(item) for item in value)
    return value


class Draw:
    """Fresh inputs for a check, reproducible from the run's seed."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Standard normal numbers."""
        return torch.randn(shape, generator=self.generator, dtype=torch.float64).to(dtype)

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        """Float32 numbers in [low, high)."""
        return torch.rand(shape, generator=self.generator) * (high - low) + low

    def integers(self, low: int, high: int, shape: tuple[int, ...] = ()) -> torch.Tensor:
        """Int64 numbers in [low, high)."""
        return torch.randint(low, high, shape, generator=self.generator)

    def integer(self, low: int, high: int) -> int:
        """One int in [low, high)."""
        return int(self.integers(low, high))

    def seed(self) -> int:
        """A seed for a fixture."""
        return self.integer(0, 2**31)


def check_seed(run_seed: int, check_id: str) -> int:
    """The seed of one check: depends on the run's seed and on the check, not on which other checks run."""
    digest = hashlib.blake2b(f"{run_seed}:{check_id}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")


def derived_seed(seed: int, purpose: str) -> int:
    """A seed for one purpose. Seeds of other purposes, and the one that it comes from, cannot be told from it."""
    digest = hashlib.blake2b(f"{seed}".encode(), key=purpose.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")


def local_student(module: types.ModuleType, seed: int) -> Student:
    """A student in this process, for trusted modules (references, edited references)."""
    seed_everything(seed)
    return Student(LocalTransport(module), seed)
