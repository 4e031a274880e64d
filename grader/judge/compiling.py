"""Compiles the student's file on the judge's side, so that the code that runs is the code that was hashed.

A compiler that reads hostile source may run out of memory, stack or time. So it runs in a process of its own, forked
from the judge, limited and short-lived, and never executes the source. Student processes receive the code; if it is too
large to pass on, each of them compiles the file itself.
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
"""Seconds to wait for the compiler on a busy machine; on an idle one, its own limit ends it much earlier."""
MEMORY_BYTES = 2**30
MAX_CODE_BYTES = 8 * 2**20
"""Bytes of code that are passed on; every student process reads them."""

_LENGTH = struct.Struct(">I")
_PR_SET_PDEATHSIG = 1


@dataclass
class Compiled:
    """The result of compiling a file."""

    code: bytes | None = None
    """Marshalled code; None if there was an error, or if it is too large to pass on."""
    error: dict[str, Any] | None = None
    """The compiler's exception, described by ``dispatch.describe``."""
    imports: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """The file's imports (``grader.imports``)."""
    status: int = 0
    """Wait status of the compiler's process; nonzero if it had to be killed."""


def compile_aside(source: bytes, filename: str, functions: tuple[str, ...] = ()) -> Compiled:
    """Compile ``source`` as ``filename`` in a process of its own.

    Args:
        source: contents of the file; decoded as Python does (PEP 263).
        filename: file name for the code's tracebacks.
        functions: names of functions whose bodies are also searched for imports.
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
    """Compile in the compiler's process, and write the result to ``writer``."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 2)  # warnings about the source
    data = int(sandbox._proc("self/statm").split()[5]) * os.sysconf("SC_PAGE_SIZE")
    for which, soft in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_DATA, data + MEMORY_BYTES)):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    code, error, found = b"", None, []
    try:
        code = marshal.dumps(compile(source, filename, "exec", dont_inherit=True))
    except BaseException as raised:  # a SyntaxError, or out of memory, nesting too deep, an unknown encoding
        error = describe(raised, filename)
    else:
        with contextlib.suppress(Exception):  # a file that compiles may be too deeply nested for ast
            found = imports(source, functions)
    head = json.dumps({"error": error, "imports": found}).encode()
    answer = memoryview(_LENGTH.pack(len(head)) + head + (code if len(code) <= MAX_CODE_BYTES else b""))
    while answer:
        answer = answer[os.write(writer, answer) :]


def _read(reader: int, deadline: float) -> bytes:
    """Return everything that the compiler writes; nothing if it has not finished by the deadline."""
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
    """Compile one class or function of a module, with the module's imports only and without docstrings.

    A student process never receives more of a reference than this: no source, no other function.

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
