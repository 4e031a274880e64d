"""Runs requests against a module: the student's file in the student process, a reference in the judge's replays.

The same dispatcher serves both sides, so a replay against an edited reference goes through exactly the operations that
the student's code went through, encoding included. A request is one wire frame:

    ["call",  [root, path], args, kwargs]      call the object at the path
    ["watch", [root, path], args, kwargs]      call it; the answer is [result, args, kwargs], with args as it left them
    ["value", [root, path]]                    return it
    ["seed",  number]                          seed every global generator
    ["reset"]                                  forget all kept objects

``root`` is ``"module"`` (the student's file), ``"fixtures"`` (``grader.fixtures``) or the number of a kept object. The
answer is ``["ok", value]``, ``["raised", {...}]``, ``["contract", sentence]`` or ``["fault", text]`` (one of our own
requests cannot be run).
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
"""Bytes held back so that the process can still report that memory ran out."""
MAX_NAME = 100
"""Characters of the name of a type or a function."""


class _Undefined(Exception):
    """The student's file does not define a name."""


class _OurFault(Exception):
    """The check asked for a fixture that does not exist."""


class Dispatcher:
    """Executes requests on ``module`` and keeps the objects that cannot be sent.

    Args:
        module: the student's file, or a reference.
        filename: file name that the module's code was compiled with; its ``__file__`` by default.
    """

    def __init__(self, module: types.ModuleType, filename: str | None = None) -> None:
        self.module = module
        self.filename = filename or module.__dict__.get("__file__")
        self.kept: list[object] = []
        self._reserve: object = mmap.mmap(-1, RESERVE_BYTES, access=mmap.ACCESS_COPY)  # allocated, but never written to

    def answer(self, frame: bytes) -> bytes:
        """Run the request in one frame and return the frame of its answer, also if the module raises an exception."""
        try:
            operation, *rest = wire.decode(frame, self._resolve)
            if torch.is_inference_mode_enabled():  # the student's file has entered it and not left it
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
        except BaseException as error:  # including SystemExit and KeyboardInterrupt
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
    """Seed the global generators of Python, numpy and torch (for the CPU).

    Does not use ``torch.manual_seed``: before CUDA is initialized, that stores a whole stack trace for later, which
    takes longer than most checks.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)


def describe(error: BaseException, filename: str | None) -> dict[str, object]:
    """Describe an exception to the judge: its type, its message and the frames inside the student's own file.

    The class may be the student's, so only its ``__str__`` is called, which may do anything.

    Returns:
        ``type``, ``message``, ``frames`` (list of [line, function], outermost first), ``left_out`` (number of frames
        omitted after the first ``OUTER_FRAMES``), ``bad_line`` (the line at which the file itself does not parse, else
        None; the judge looks up its text, since Python would take it from any file of that name), ``not_started`` (the
        skeleton itself raised) and ``memory`` (an allocation was refused).
    """
    trace = _TRACEBACK.__get__(error)
    frames: list[list[object]] = []
    last = None
    for frame, line in traceback.walk_tb(trace):
        last = frame
        if frame.f_code.co_filename == filename:
            frames.append([line or 0, _plain(frame.f_code.co_name, MAX_NAME)])
    left_out = max(0, len(frames) - MAX_FRAMES)
    # The skeleton's error is the name of its function; any other NotImplementedError was written by the student.
    reached = last.f_code if last and last.f_code.co_filename == filename else None
    message = _text(error)
    bad_line = None
    # The compiler's own error about this file: one that `exec` of some text raises has a frame in the file.
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
"""Python's own attributes, which a class cannot override."""


def _name(code: types.CodeType, like: str) -> str:
    """Return the qualified name; before Python 3.11, return ``like`` if its last part is the name, else the name."""
    return getattr(code, "co_qualname", like if like.rpartition(".")[2] == code.co_name else code.co_name)


def _text(error: BaseException) -> str:
    try:
        return _plain(str(error), MAX_SAID)
    except BaseException:  # a student's __str__ may do anything; the name of the type is still reported
        return "(its message could not be printed)"


def _complaint(error: fixtures.Contract) -> list[object]:
    """Return the English sentence, and its template and values, which the judge needs to translate it."""
    values = {name: _plain(value, MAX_VALUE) for name, value in error.values.items()}
    return [_text(error), error.sentence, values]


def _plain(text: str, limit: int) -> str:
    """Return at most ``limit`` characters that can be encoded in UTF-8; ``text`` may be of a subclass of ``str``."""
    return str.encode(text, "utf-8", "replace").decode()[:limit]
