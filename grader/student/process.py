"""The student process: loads one file and answers requests about it, inside the sandbox.

It is forked from a fork server, so torch is there already; it sees the student's file and a scratch folder and
nothing else of ours. It holds no check, no reference and no expected value: whatever the student's code does to this
process, it can only change the student's own answers.
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
"""Of what the file defines; ``from torch import *`` alone brings a thousand."""


def load(path: str, name: str, code: types.CodeType) -> tuple[types.ModuleType, BaseException | None]:
    """Run the student's compiled file as module ``name``.

    Returns:
        The module and, if the file does not run to its end, what it raised.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except BaseException as error:  # SystemExit at import is the student's too
        return module, error
    return module, None


def compiled(path: str) -> types.CodeType:
    """The student's file as code. It calls itself by the name of the file alone: the next process has another folder.

    Raises:
        Exception: whatever the compiler says to it.
    """
    with open(path, "rb") as file:  # bytes: the file may declare its encoding
        source = file.read()
    code: types.CodeType = compile(source, os.path.basename(path), "exec", dont_inherit=True)
    return code


def serve(sock: socket.socket, path: str, name: str, threads: int, marshalled: bytes = b"") -> None:
    """As ``_serve``; what fails there through the student's doing ends the process without a word of ours."""
    try:
        _serve(sock, path, name, threads, marshalled)
    except BaseException:  # a traceback would be about our files, in what counts as printed by the student
        os._exit(70)


def _serve(sock: socket.socket, path: str, name: str, threads: int, marshalled: bytes) -> None:
    """Load the file, say so, answer requests until the judge hangs up.

    ``marshalled`` is the file's code as the judge's side has compiled it (``grader.judge.compiling``); without it, the
    file is compiled here. The first frame out is ``["ok", {"names": […], "error": None | description}]``. Beyond the
    dispatcher's operations there are four of this process: ``["substitute", name, code]`` puts a definition of the
    reference into the student's module; before each further check, ``["reload"]`` runs the file again in a fresh
    module, or ``["renew"]`` keeps the module, where running the file takes long; after ``["forget"]``, the file is run
    afresh whenever something of it is asked for, until the next check.
    """
    torch.set_num_threads(threads)
    gauge = Gauge(Path(path).parent)
    incoming = sock.makefile("rb")
    neutral.without_processes()
    if link.STACK_SIGNAL is not None:  # asked for when an answer is overdue
        faulthandler.register(link.STACK_SIGNAL, sock.fileno(), all_threads=False)
    sys.dont_write_bytecode = True
    # Line by line: what was printed must be out when the process is killed.
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    # Python keeps these, too: a file that wraps the buffer of sys.stdout would otherwise close it by doing so.
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    try:
        code = marshal.loads(marshalled) if marshalled else compiled(path)
    except BaseException as error:  # what a compiler may meet besides a SyntaxError: no memory, too deep a nesting
        link.send(sock, wire.encode(["ok", {"names": [], "error": describe(error, os.path.basename(path))}]))
        _answer(sock, incoming, Served(types.ModuleType(name), "", lambda: types.ModuleType(name)), gauge)
        return
    asked, streams, replaced = "reload", (sys.stdin, sys.stdout, sys.stderr), []
    while asked:
        # What the file has put in their places wraps them, perhaps, and would close them if it went.
        replaced.append((sys.stdin, sys.stdout, sys.stderr))
        sys.stdin, sys.stdout, sys.stderr = streams
        began = time.monotonic()
        if asked == "reload":
            module, raised = load(path, name, code)
        for _ in range(3):  # a trace function that raises is in nobody's way after that
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
    """The dispatcher of a student process, which knows four more operations.

    Args:
        module: the student's file.
        filename: what its code was compiled as.
        afresh: runs the file in a new module.
    """

    asked = ""
    """What the judge has asked for before the next check: ``reload`` or ``renew``."""
    forgets = False
    """Whether the file is run afresh before anything of it is used."""

    def __init__(self, module: types.ModuleType, filename: str, afresh: Callable[[], types.ModuleType]) -> None:
        super().__init__(module, filename or None)
        self._afresh = afresh

    def _find(self, root: object, path: str) -> Any:
        if self.forgets and root == "module":
            states = random.getstate(), np.random.get_state(), torch.default_generator.get_state()
            self.module = self._afresh()
            neutral.silence()  # a trace function that raises here fails this call, and then nothing is concluded
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
            except BaseException:  # nobody could tell it from an exception of the student's own code
                os._exit(70)
            return None
        return super()._run(operation, rest)


def _answer(sock: socket.socket, incoming: BinaryIO, dispatcher: Served, gauge: Gauge) -> str:
    """Answer until the judge hangs up (``""``), or asks for ``reload`` or ``renew``."""
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
    """Define ``name`` in the student's module from compiled code, which is all that ever comes here of a reference."""
    namespace = {"__name__": "substitute", **vars(module)}
    exec(marshal.loads(code), namespace)  # from the judge, which is trusted; made by this very interpreter
    setattr(module, name, namespace[name])


def spawned() -> None:
    """Entry of a spawned student process.

    ``python -m grader.student.process HOST PORT TOKEN PATH NAME THREADS LEVEL LIMITS``: where the judge listens and
    what it wants to hear first, the file, its module name, torch's threads, the sandbox level and the limits as JSON.
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
