"""The student process: loads one file and answers requests about it, inside the sandbox.

It is forked from a fork server, so torch is already imported. It can read the student's file and a scratch folder, but
none of our files. It holds no check, no reference and no expected value: whatever the student's code does to this
process, it can change only the student's own answers.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import marshal
import os
import random
import signal
import socket
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

from grader import link, wire
from grader.student import neutral, sandbox
from grader.student.dispatch import Dispatcher, describe
from grader.student.scratch import Gauge

MAX_NAMES = 20_000
"""Names that the file defines; ``from torch import *`` alone adds a thousand."""


def load(path: str, name: str, code: types.CodeType) -> tuple[types.ModuleType, BaseException | None]:
    """Run the student's compiled file as module ``name``.

    Returns:
        The module, and the exception if running the file raised one.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except BaseException as error:  # including SystemExit on import
        return module, error
    return module, None


def compiled(path: str) -> types.CodeType:
    """Compile the student's file under its bare name, because the next process has another folder.

    Raises:
        Exception: whatever the compiler raises.
    """
    with open(path, "rb") as file:  # bytes: the file may declare its encoding
        source = file.read()
    code: types.CodeType = compile(source, os.path.basename(path), "exec", dont_inherit=True)
    return code


def serve(sock: socket.socket, path: str, name: str, threads: int, marshalled: bytes = b"") -> None:
    """Call ``_serve``; if the student's code makes it fail, end the process without a traceback."""
    try:
        _serve(sock, path, name, threads, marshalled)
    except BaseException:  # a traceback would show our files, and count as printed by the student
        os._exit(70)


def _serve(sock: socket.socket, path: str, name: str, threads: int, marshalled: bytes) -> None:
    """Load the file, report that, and answer requests until the judge closes the connection.

    ``marshalled`` is the file's code as compiled on the judge's side (``grader.judge.compiling``); without it, the file
    is compiled here. The first frame sent is ``["ok", {"names": […], "error": None | description}]``. Besides the
    dispatcher's operations, this process has four more: ``["substitute", name, code]`` puts a definition of the
    reference into the student's module; before each further check, ``["reload"]`` runs the file again in a fresh
    module, or ``["renew"]`` keeps the module if running the file takes long; after ``["forget"]`` and until the next
    check, the file is run again before each use of a name in it.
    """
    torch.set_num_threads(threads)
    gauge = Gauge(Path(path).parent)
    incoming = sock.makefile("rb")
    neutral.without_processes()
    if link.STACK_SIGNAL is not None:  # sent when an answer is overdue
        faulthandler.register(link.STACK_SIGNAL, sock.fileno(), all_threads=False)
    sys.dont_write_bytecode = True
    # Line-buffered, so that no print is lost when the process is killed.
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    # Keep a second reference: a file that wraps the buffer of sys.stdout would otherwise close it.
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    try:
        code = marshal.loads(marshalled) if marshalled else compiled(path)
    except BaseException as error:  # besides SyntaxError: out of memory, nesting too deep
        link.send(sock, wire.encode(["ok", {"names": [], "error": describe(error, os.path.basename(path))}]))
        _answer(sock, incoming, Served(types.ModuleType(name), "", lambda: types.ModuleType(name)), gauge)
        return
    asked, streams, replaced = "reload", (sys.stdin, sys.stdout, sys.stderr), []
    while asked:
        # Keep the file's replacements: they may wrap our streams, and would close them when deleted.
        replaced.append((sys.stdin, sys.stdout, sys.stderr))
        sys.stdin, sys.stdout, sys.stderr = streams
        began = time.monotonic()
        if asked == "reload":
            module, raised = load(path, name, code)
        for _ in range(3):  # Python removes a trace function that raises
            try:
                neutral.silence()
                break
            except BaseException:
                continue
        neutral.restore()
        gauge.look(began)
        torch.set_num_threads(threads)
        dispatcher = Served(module, os.path.basename(path), lambda: load(path, name, code)[0])
        names = [key for key in list(vars(module)) if type(key) is str and key.isidentifier()][:MAX_NAMES]
        described = None if raised is None else describe(raised, os.path.basename(path))
        link.send(sock, wire.encode(["ok", {"names": names, "error": described}]))
        asked = _answer(sock, incoming, dispatcher, gauge)


class Served(Dispatcher):
    """The dispatcher of a student process, with four more operations.

    Args:
        module: the student's file.
        filename: file name that its code was compiled with.
        afresh: runs the file in a new module and returns that.
    """

    asked = ""
    """Operation that the judge has requested before the next check: ``reload`` or ``renew``."""
    forgets = False
    """True if the file is run again before each use of a name in it."""

    def __init__(self, module: types.ModuleType, filename: str, afresh: Callable[[], types.ModuleType]) -> None:
        super().__init__(module, filename or None)
        self._afresh = afresh

    def _find(self, root: object, path: str) -> Any:
        if self.forgets and root == "module":
            states = random.getstate(), np.random.get_state(), torch.default_generator.get_state()
            self.module = self._afresh()
            neutral.silence()  # a trace function that raises here fails this call, and nothing is concluded from it
            neutral.restore()
            random.setstate(states[0]), np.random.set_state(states[1]), torch.default_generator.set_state(states[2])
        return super()._find(root, path)

    def _run(self, operation: str, rest: list[Any]) -> object:
        if operation in ("reload", "renew"):
            self.asked = operation
            return None
        if operation == "forget":
            self.forgets = True
            return None
        if operation == "substitute":
            try:
                substitute(self.module, *rest)
            except BaseException:  # it would look like an exception of the student's own code
                os._exit(70)
            return None
        return super()._run(operation, rest)


def _answer(sock: socket.socket, incoming: BinaryIO, dispatcher: Served, gauge: Gauge) -> str:
    """Answer until the judge closes the connection (return ``""``) or asks for ``reload`` or ``renew`` (return it)."""
    while True:
        try:
            frame = link.receive(incoming)
        except (link.LinkClosed, OSError):
            return ""
        began = time.monotonic()
        answer = dispatcher.answer(frame)
        gauge.look(began)
        if dispatcher.asked:
            return dispatcher.asked
        link.send(sock, answer)


def substitute(module: types.ModuleType, name: str, code: bytes) -> None:
    """Define ``name`` in the student's module from compiled code; no other part of a reference is ever sent here."""
    namespace = {"__name__": "substitute", **vars(module)}
    exec(marshal.loads(code), namespace)  # safe: it was made by the judge with the same interpreter
    setattr(module, name, namespace[name])


def spawned() -> None:
    """Entry point of a spawned student process.

    ``python -m grader.student.process HOST PORT TOKEN PATH NAME THREADS LEVEL LIMITS``: the judge's address, the token
    that it expects first, the file, its module name, torch's threads, the sandbox level and the limits as JSON.
    """
    host, port, token, path, name, threads, level, limits = sys.argv[1:]
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
    sock = socket.create_connection((host, int(port)))
    sock.sendall(bytes.fromhex(token))
    scratch = Path(path).parent
    sandbox.clean_environment(scratch)
    sandbox.apply(sandbox.prepare(level), scratch, sandbox.Limits(**json.loads(limits)))
    sys.argv = [path]
    serve(sock, path, name, int(threads))
    os._exit(0)


if __name__ == "__main__":
    spawned()
