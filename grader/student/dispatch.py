"""Runs requests against a module: in the student process for real, in the judge for replay.

The same dispatcher serves both sides, so a replay against an edited reference goes through exactly the operations that
the student's code went through, encoding included. A request is one wire frame:

    ["call",  [root, path], args, kwargs]      call what the path leads to
    ["watch", [root, path], args, kwargs]      call it; the answer is [result, args, kwargs], the latter as they are now
    ["value", [root, path]]                    fetch it
    ["seed",  number]                          seed every global generator
    ["reset"]                                  forget all kept objects

``root`` is ``"module"`` (the student's file), ``"fixtures"`` (``grader.fixtures``) or the number of a kept object. The
answer is ``["ok", value]``, ``["raised", {...}]``, ``["contract", sentence]`` or ``["fault", text]`` (a request of ours
that cannot be run).
"""

from __future__ import annotations

import mmap
import random
import traceback
import types
from typing import Any

import numpy as np
import torch

from grader import fixtures, wire
from grader.student import neutral, registry
from grader.wire import MAX_FRAMES, MAX_SAID, MAX_VALUE, OUTER_FRAMES

RESERVE_BYTES = 2**20
"""Set aside for saying that memory has run out."""
MAX_NAME = 100
"""Of a type or a function."""


class _Undefined(Exception):
    """A name of the student's file that is not in it."""


class _OurFault(Exception):
    """The check asked for something that does not exist on our side."""


class Dispatcher:
    """Executes requests on ``module`` and keeps the objects that cannot travel.

    Args:
        module: the student's file, or a reference.
        filename: what the module's code was compiled as; its ``__file__`` by default.
    """

    def __init__(self, module: types.ModuleType, filename: str | None = None) -> None:
        self.module = module
        self.filename = filename or module.__dict__.get("__file__")
        self.kept: list[object] = []
        self._reserve: object = mmap.mmap(-1, RESERVE_BYTES, access=mmap.ACCESS_COPY)  # asked for, and not written to

    def answer(self, frame: bytes) -> bytes:
        """One request frame in, one answer frame out; the module's exceptions become an answer."""
        try:
            operation, *rest = wire.decode(frame, self._resolve)
            if torch.is_inference_mode_enabled():  # the student's file has begun it and not ended it
                with torch.inference_mode(False):
                    return wire.encode(["ok", self._run(operation, rest)], self._keep)
            return wire.encode(["ok", self._run(operation, rest)], self._keep)
        except _OurFault as error:
            return wire.encode(["fault", _text(error)])
        except _Undefined as error:
            return wire.encode(["undefined", _text(error)])
        except fixtures.Contract as error:
            return wire.encode(["contract", _complaint(error)])
        except wire.WireError as error:
            complaint = fixtures.Contract(
                "your code returned a value that cannot be sent to the grader: {reason}", reason=_text(error)
            )
            return wire.encode(["contract", _complaint(complaint)])
        except BaseException as error:  # SystemExit and KeyboardInterrupt of the student's code too
            self._reserve = None
            description = describe(error, self.filename)
            traceback.clear_frames(error.__traceback__)  # their variables may hold all the memory that there is
        return wire.encode(["raised", description])

    def _run(self, operation: str, rest: list[Any]) -> object:
        if operation == "call":
            target, args, kwargs = rest
            return self._find(*target)(*args, **kwargs)
        if operation == "watch":
            target, args, kwargs = rest
            result = self._find(*target)(*args, **kwargs)
            return [result, args, kwargs]
        if operation == "value":
            return self._find(*rest[0])
        if operation == "seed":
            neutral.restore()
            seed_everything(rest[0])
            return None
        if operation == "reset":
            self.kept.clear()
            return None
        raise wire.WireError(f"unknown operation {operation!r}")

    def _find(self, root: object, path: str) -> Any:
        roots = {"module": self.module, "fixtures": registry.ROOT}
        if root == "fixtures":
            neutral.restore()
        found: Any = roots[root] if isinstance(root, str) else root
        if root == "fixtures" and not hasattr(found, path.split(".")[0]):
            raise _OurFault(f"grader.fixtures has no {path!r}")
        if root == "module" and not hasattr(found, path.split(".")[0]):
            raise _Undefined(path.split(".")[0])
        for name in filter(None, path.split(".")):
            found = getattr(found, name)
        return found

    def _keep(self, value: object) -> int:
        for number, known in enumerate(self.kept):
            if known is value:
                return number
        self.kept.append(value)
        return len(self.kept) - 1

    def _resolve(self, number: int) -> object:
        try:
            return self.kept[number]
        except IndexError:
            raise wire.WireError(f"no object number {number}") from None


def seed_everything(seed: int) -> None:
    """Seed Python's, numpy's and torch's global generators, the latter for the processor.

    Not ``torch.manual_seed``: where CUDA sleeps, that notes a whole stack trace for the day when it wakes, which takes
    longer than most checks.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)


def describe(error: BaseException, filename: str | None) -> dict[str, object]:
    """What the judge may know of an exception: type, message and the frames inside the student's own file.

    The class may be the student's, so nothing is asked of it but its ``__str__``, which may do anything.

    Returns:
        ``type``, ``message``, ``frames`` (list of [line, function], outermost first), ``left_out`` (how many frames are
        missing behind the first ``OUTER_FRAMES``), ``bad_line`` (the number of the line where the file itself does not
        parse, else None; the judge looks up its text, since Python would take it from any file of that name),
        ``not_started`` (the skeleton itself has raised) and ``memory`` (an allocation was refused).
    """
    trace = _TRACEBACK.__get__(error)
    frames: list[list[object]] = []
    last = None
    for frame, line in traceback.walk_tb(trace):
        last = frame
        if frame.f_code.co_filename == filename:
            frames.append([line or 0, _plain(frame.f_code.co_name, MAX_NAME)])
    left_out = max(0, len(frames) - MAX_FRAMES)
    # The skeleton names its own function; a NotImplementedError in other words is the student's own way of refusing.
    reached = last.f_code if last and last.f_code.co_filename == filename else None
    message = _text(error)
    bad_line = None
    # The compiler's own, about this file: what `exec` of some text raises has come through a frame of the file.
    if type(error) in _DOES_NOT_PARSE and not frames and error.filename == filename:  # type: ignore[attr-defined]
        bad_line = error.lineno or 0  # type: ignore[attr-defined]
        message = _plain(error.msg, MAX_SAID)  # type: ignore[attr-defined]
    return {
        "type": _plain(_TYPE_NAME.__get__(type(error)), MAX_NAME),
        "message": message,
        "frames": frames[:OUTER_FRAMES] + frames[OUTER_FRAMES + left_out :],
        "left_out": left_out,
        "bad_line": bad_line,
        "not_started": isinstance(error, NotImplementedError)
        and reached is not None
        and message == _name(reached, message),
        "memory": isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "allocate memory" in message),
    }


_DOES_NOT_PARSE = (SyntaxError, IndentationError, TabError)
_TRACEBACK = BaseException.__dict__["__traceback__"]
_TYPE_NAME = type.__dict__["__name__"]
"""What Python itself keeps, whatever the class defines in its place."""


def _name(code: types.CodeType, like: str) -> str:
    """Its qualified name; where Python does not know it (before 3.11), the like of it if the last part is right."""
    return getattr(code, "co_qualname", like if like.rpartition(".")[2] == code.co_name else code.co_name)


def _text(error: BaseException) -> str:
    try:
        return _plain(str(error), MAX_SAID)
    except BaseException:  # a student's __str__ may do anything; the type's name still says something
        return "(its message could not be printed)"


def _complaint(error: fixtures.Contract) -> list[object]:
    """The sentence as it is in English; and with its gaps, for the judge to say it in another language."""
    values = {name: _plain(value, MAX_VALUE) for name, value in error.values.items()}
    return [_text(error), error.sentence, values]


def _plain(text: str, limit: int) -> str:
    """At most ``limit`` characters that any stream can take; ``text`` may be of a subclass of ``str``."""
    return str.encode(text, "utf-8", "replace").decode()[:limit]
