"""The proxy through which a check uses the student's file.

``Student`` turns ``student.lora_report(shapes, r=8)`` into a request frame and the answer frame into plain data. It
works over any transport: a socket to a student process (grading) or a dispatcher in this process (replay of an edited
reference). All answers are recorded in ``trace``, which the diagnosis compares.
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
"""Bytes of the answers to one check that are kept for the diagnosis; of further answers, only the fact is recorded."""


class Transport(Protocol):
    """Carries one request frame to a dispatcher and brings back its answer frame."""

    def ask(self, frame: bytes) -> bytes:
        """Send one request and return its answer."""

    def spend(self, seconds: float) -> None:
        """Count the time for reading an answer as waiting for it."""


class LocalTransport:
    """A dispatcher in this process; for trusted code only."""

    def __init__(self, module: types.ModuleType) -> None:
        self.dispatcher = Dispatcher(module)

    def ask(self, frame: bytes) -> bytes:
        """Run the request in this process."""
        return self.dispatcher.answer(frame)

    def spend(self, seconds: float) -> None:
        """Do nothing, because there is no time limit."""


@dataclass(frozen=True)
class Outcome:
    """One entry of a trace: the outcome of a request, or a note of the check."""

    kind: str
    """``value``, ``raised``, ``contract`` or ``note``."""
    what: str
    value: Any


class Student:
    """The student's file as seen by one check.

    Args:
        transport: sends the requests.
        seed: seed of the check. ``draw`` and the global generators of the student process are seeded from it, each by a
            seed from which the other cannot be computed.
    """

    def __init__(self, transport: Transport, seed: int) -> None:
        self._transport = transport
        self._traced = True
        self._received_bytes = 0
        self.exchanged: list[tuple[bytes, bytes]] = []
        """Requests and their answers, as they were sent, up to MAX_TRACE_BYTES: enough to run the check again."""
        self.trace: list[Outcome] = []
        self.draw = Draw(derived_seed(seed, "draws of the judge"))
        self.fixtures = Fixtures(self)
        self._ask(["seed", derived_seed(seed, "generators of the student")])

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        return Remote(self, "module", name)

    def value(self, ref: RemoteRef | None, path: str) -> Any:
        """Fetch the value at a dotted path of a kept object or of the file itself (None): plain data, or a RemoteRef.

        A function of the student fetched in this way can be passed to a fixture, which calls it in the student process.
        """
        root = "module" if ref is None else wire.Reference(ref._number)
        return self._request("value", [root, path], f"value {path}")

    def pure(self, name: str, *args: object, **kwargs: object) -> Any:
        """Call a function of the file, and require that it leaves its arguments unchanged.

        Raises:
            Failed: the caller's data was changed. Objects that stay in the student process are not compared.
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
        """Do not trace the results in this block, which depend on numbers or names that the student can choose."""
        self._traced, before = False, self._traced
        try:
            yield
        finally:
            self._traced = before

    def note(self, what: str, value: object) -> None:
        """Add a fact to the trace that the check computed from untraced results."""
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
    """Return a fixture's complaint, in the reader's language if the sentence is one of ours.

    It comes from the student process, so only a sentence of the message catalogue is filled in, and only with strings.
    """
    if not (isinstance(content, list) and len(content) == 3 and isinstance(content[0], str)):
        raise wire.WireError("a complaint has three parts")
    text: str = content[0]
    sentence, values = content[1:]
    if isinstance(sentence, str) and isinstance(values, dict):
        known = translated(sentence)
        if known != sentence:
            with contextlib.suppress(LookupError, ValueError):  # placeholders without a value: not sent by a fixture
                text = filled(known, {str(name): str(value)[:MAX_VALUE] for name, value in values.items()})
    return text[:MAX_SAID]


def _refuse(value: object) -> int:
    raise TypeError(f"a check sent a {type(value).__name__}, which cannot travel to the student")


class Remote:
    """A name in the student process that can be called, or extended by attributes; nothing is sent before the call."""

    __slots__ = ("_path", "_root", "_student")

    def __init__(self, student: Student, root: object, path: str) -> None:
        self._student, self._root, self._path = student, root, path

    def __getattr__(self, name: str) -> Remote:
        return Remote(self._student, self._root, f"{self._path}.{name}" if self._path else name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it in the student process."""
        target = [self._root, self._path]
        what = self._path or "call"
        return self._student._request("call", target, what, _outbound(list(args)), _outbound(kwargs))


class RemoteRef:
    """An object that stays in the student process; call it, call its methods, or pass it as an argument."""

    __slots__ = ("_number", "_student")

    def __init__(self, student: Student, number: int) -> None:
        self._student, self._number = student, number

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__"):
            raise AttributeError(name)
        return Remote(self._student, wire.Reference(self._number), name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it in the student process."""
        return Remote(self._student, wire.Reference(self._number), "")(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<object {self._number} of the student process>"


class Fixtures:
    """``student.fixtures.NAME(...)``: public helpers of ``grader.fixtures``, run in the student process."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def __getattr__(self, name: str) -> Remote:
        return Remote(self._student, "fixtures", name)


def _as_it_was(before: Any, after: Any) -> bool:
    """Return whether plain data is exactly the same as before; objects in the student process count as the same."""
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
    """Return the arguments with each RemoteRef replaced by a ``wire.Reference``."""
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
        """Draw standard normal numbers."""
        return torch.randn(shape, generator=self.generator, dtype=torch.float64).to(dtype)

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        """Draw float32 numbers in [low, high)."""
        return torch.rand(shape, generator=self.generator) * (high - low) + low

    def integers(self, low: int, high: int, shape: tuple[int, ...] = ()) -> torch.Tensor:
        """Draw int64 numbers in [low, high)."""
        return torch.randint(low, high, shape, generator=self.generator)

    def integer(self, low: int, high: int) -> int:
        """Draw one int in [low, high)."""
        return int(self.integers(low, high))

    def seed(self) -> int:
        """Draw a seed for a fixture."""
        return self.integer(0, 2**31)


def check_seed(run_seed: int, check_id: str) -> int:
    """Return the seed of one check, which depends on the run's seed and the check, not on which other checks run."""
    digest = hashlib.blake2b(f"{run_seed}:{check_id}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")


def derived_seed(seed: int, purpose: str) -> int:
    """Return a seed for one purpose, from which neither ``seed`` nor the seeds for other purposes can be computed."""
    digest = hashlib.blake2b(f"{seed}".encode(), key=purpose.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")


def local_student(module: types.ModuleType, seed: int) -> Student:
    """Return a student in this process, for trusted modules (references, edited references)."""
    seed_everything(seed)
    return Student(LocalTransport(module), seed)
