"""Compiles the student's file on the judge's side, so that what runs is what was hashed.

A compiler that reads hostile source may run out of memory, of stack or of time. So it works in a process of its own,
forked from the judge, limited and short-lived, in which nothing of the source ever runs. Student processes receive its
code; a file whose code is too large to hand over is compiled by each of them.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import functools
import json
import marshal
import os
import select
import signal
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.imports import imports
from grader.student import sandbox
from grader.student.dispatch import describe

if sys.platform != "win32":
    import resource

CPU_SECONDS = 10
PATIENCE_SECONDS = 60.0
"""On a busy machine; the compiler has ended itself long before on a quiet one."""
MEMORY_BYTES = 2**30
MAX_CODE_BYTES = 8 * 2**20
"""Of code that is handed over; every student process reads it."""

_LENGTH = struct.Struct(">I")
_PR_SET_PDEATHSIG = 1


@dataclass
class Compiled:
    """What became of a file in the compiler."""

    code: bytes | None = None
    """Marshalled; None if there is an error, or if it is too large to hand over."""
    error: dict[str, Any] | None = None
    """What the compiler raised (``dispatch.describe``)."""
    imports: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """What the file will import (``grader.imports``)."""
    status: int = 0
    """Wait status of the compiler's process; not zero if it had to be ended."""


def compile_aside(source: bytes, filename: str, functions: tuple[str, ...] = ()) -> Compiled:
    """Compile ``source`` as ``filename`` in a process of its own.

    Args:
        source: as the file holds it; decoded as Python does (PEP 263).
        filename: what the code calls itself.
        functions: names in whose definitions imports are looked for as well.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == parent:
                _work(source, filename, functions, writer)
        finally:
            os._exit(0)
    os.close(writer)
    received = _read(reader, time.monotonic() + PATIENCE_SECONDS)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if len(received) < _LENGTH.size:
        return Compiled(status=status or signal.SIGKILL)
    (length,) = _LENGTH.unpack_from(received)
    head = json.loads(received[_LENGTH.size : _LENGTH.size + length])
    code = received[_LENGTH.size + length :]
    found = [(module, tuple(names)) for module, names in head["imports"]]
    return Compiled(code or None, head["error"], found)


def _work(source: bytes, filename: str, functions: tuple[str, ...], writer: int) -> None:
    """In the compiler's process."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 2)  # warnings about the source
    data = int(sandbox._proc("self/statm").split()[5]) * os.sysconf("SC_PAGE_SIZE")
    for which, soft in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_DATA, data + MEMORY_BYTES)):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    code, error, found = b"", None, []
    try:
        code = marshal.dumps(compile(source, filename, "exec", dont_inherit=True))
    except BaseException as raised:  # a SyntaxError; or no memory, too deep a nesting, a strange encoding
        error = describe(raised, filename)
    else:
        with contextlib.suppress(Exception):  # what can be compiled may still be too deep for a tree; it waits longer
            found = imports(source, functions)
    head = json.dumps({"error": error, "imports": found}).encode()
    answer = memoryview(_LENGTH.pack(len(head)) + head + (code if len(code) <= MAX_CODE_BYTES else b""))
    while answer:
        answer = answer[os.write(writer, answer) :]


def _read(reader: int, deadline: float) -> bytes:
    """All that the compiler says, or what it has said at the deadline."""
    parts = bytearray()
    while (seconds := deadline - time.monotonic()) > 0:
        if not select.select([reader], [], [], seconds)[0]:
            break
        part = os.read(reader, 2**20)
        if not part:
            return bytes(parts)
        parts += part
    return b""


@functools.cache
def compiled_definition(path: Path, name: str) -> bytes:
    """One class or function of a module, compiled with the module's imports and nothing else, without docstrings.

    This is all that a student process ever receives of a reference: no source, no neighbouring function.

    Raises:
        ValueError: the module does not define ``name``.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body: list[ast.stmt] = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    wanted = [node for node in tree.body if getattr(node, "name", None) == name]
    if not wanted:
        raise ValueError(f"{path.name} does not define {name}")
    module = ast.Module(body=[*body, *wanted], type_ignores=[])
    return marshal.dumps(compile(module, "<substitute>", "exec", dont_inherit=True, optimize=2))
