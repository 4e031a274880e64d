"""A fork server, from which judges and student processes are forked: single-threaded, and holds nothing secret.

Clients (judges) are connected through ``SOCK_SEQPACKET`` socket pairs and send one JSON object per packet:

    {"do": "student", "ticket": n, "snapshot": PATH, "compiled": PATH, "name": SLUG, "level": "full", "limits": {...},
     "threads": 1, "cores": [0]}
    {"do": "end", "ticket": n}
    {"do": "stack", "ticket": n}          send the process the signal upon which it writes its stack to its socket
    {"do": "client", "exercise": SLUG}    with one file descriptor: the server's end for a further client, a judge
    {"do": "judge"}                       with descriptors: the request, an end for events, one client end per server
    {"do": "fork server", "preload": NAME}  with one descriptor: fork a further server that also imports this preload
                                          and, if given, "modules" (``grader.imports``) within "seconds"

and receive ``{"ticket": n, "pid": p}`` with two descriptors (the socket to the student process and the pipe of its
prints), and later ``{"ended": n, "status": wait status, "reason": r}``, where r is null or one of ``memory``, ``disk``,
``threads`` and ``overdue``; or only the latter, with the reason ``refused``, if the process could not be started.

A student process is killed when its judge asks for it, when its judge is gone, when it exceeds its limits of memory,
disk or threads, and at the latest ``BACKSTOP_SECONDS`` after it started. It never outlives this process
(``PR_SET_PDEATHSIG``).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import selectors
import signal
import socket
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import torch

from grader import imports, wire
from grader.host import hugepages
from grader.preloads import PRELOADS
from grader.student import process, registry, sandbox
from grader.student.dispatch import seed_everything
from grader.student.scratch import overflows, remove, remove_if_plain, why

BACKSTOP_SECONDS = 300.0
TICK_SECONDS = 0.1
"""Seconds between two checks of the memory, disk and threads of the running student processes."""
MAX_THREADS = 256
"""Threads of one student process; the kernel's own limit does not apply to root."""
PACKET_BYTES = 64 * 1024
SETTLE_AFTER = 2
"""Number of gradings after which a server prepares for many more; models are built after as many gradings of their
exercise. For a single grading, this would cost more than it gains."""

_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One student process."""

    pid: int
    client: socket.socket
    ticket: int
    scratch: Path
    started: float
    resident_limit: int
    """Bytes of memory above which it is killed, including the pages shared with the fork server."""
    reason: str | None = None


class ForkServer:
    """Forks student processes and judges on request.

    Args:
        judge: function that a forked judge runs: ``judge(request, events, servers)``; the first two are descriptors.
        settle: called once many gradings are likely, to do work that later judges then need not repeat.
        folder: parent of the scratch folders; the system's temporary folder if None.
    """

    def __init__(
        self,
        judge: Callable[[int, int, list[socket.socket]], None],
        settle: Callable[[], None] = lambda: None,
        folder: Path | None = None,
    ) -> None:
        self.judge = judge
        self.settle = settle
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, Child] = {}
        self.judges: dict[int, Callable[[int], None]] = {}
        self.cleaners: set[int] = set()
        self._grading: dict[socket.socket, str] = {}
        """Client -> exercise that it grades."""
        self._graded: Counter[str] = Counter()
        """Exercise -> number of its judges that have ended."""
        self.prepared: dict[str, sandbox.Prepared] = {}
        if folder is None:
            remove_leftovers()
        self.folder = Path(tempfile.mkdtemp(prefix=f"course-grader-{os.getpid()}-", dir=folder))
        warm_up()
        imports.loaded = imports.loaded or frozenset(sys.modules)
        self._pid = os.getpid()
        self._wakeup, self._woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        self.selector.register(self._wakeup, selectors.EVENT_READ, self._on_child)

    def add_client(self, sock: socket.socket, exercise: str | None = None) -> None:
        """Serve this client from now on; for a judge, ``exercise`` is what it grades."""
        self.selector.register(sock, selectors.EVENT_READ, lambda: self._on_packet(sock))
        if exercise is not None:
            self._grading[sock] = exercise

    def _prepare_for_more(self, exercise: str) -> None:
        """Count a finished grading and, after ``SETTLE_AFTER`` of them, do work that speeds up all further ones."""
        self._graded[exercise] += 1
        settling, filling = self._graded.total() == SETTLE_AFTER, self._graded[exercise] == SETTLE_AFTER
        if settling:
            self.settle()
        if filling:
            registry.fill_pool(exercise)
        if settling or filling:
            hugepages.collapse()

    def step(self) -> None:
        """Wait for something to do, and do it."""
        gc.freeze()
        ready = self.selector.select(TICK_SECONDS if self.children else None)
        for key, _ in ready:
            key.data()
        self._watch()

    def close(self) -> None:
        """Kill the remaining processes and remove the scratch folders."""
        for child in list(self.children.values()):
            self._kill(child)
        for pid in [*self.children, *self.judges]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        for pid in self.cleaners:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        remove(self.folder)

    def fork(self, work: Callable[[], None]) -> int:
        """Run ``work`` in a fork of this process and return its pid; the child never returns."""
        pid = os.fork()
        if pid:
            return pid
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != self._pid:
                os._exit(71)  # the parent died before the line above
            work()
            code = 0
        except BaseException as error:
            _complain(error)
        finally:
            os._exit(code)

    # --- clients ---------------------------------------------------------------------------------------------------

    def _on_packet(self, sock: socket.socket) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(sock, PACKET_BYTES, 8)
        except OSError:
            packet, descriptors = b"", []
        if not packet:
            self._drop(sock)
            return
        message = json.loads(packet)
        if message["do"] == "student":
            self._start_student(sock, message)
        elif message["do"] == "end":
            for child in self.children.values():
                if child.client is sock and child.ticket == message["ticket"]:
                    self._kill(child)
        elif message["do"] == "stack":
            for child in self.children.values():
                if child.client is sock and child.ticket == message["ticket"] and child.reason is None:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(child.pid, signal.SIGUSR1)
        elif message["do"] == "client":
            self.add_client(socket.socket(fileno=descriptors[0]), message["exercise"])
        elif message["do"] == "judge":
            request, events, *servers = descriptors
            self.start_judge(request, events, [socket.socket(fileno=fd) for fd in servers])
        elif message["do"] == "fork server":
            modules = [(module, tuple(names)) for module, names in message.get("modules", [])]
            self.start_server(
                message["preload"], socket.socket(fileno=descriptors[0]), modules, message.get("seconds", 0)
            )

    def _drop(self, sock: socket.socket) -> None:
        self.selector.unregister(sock)
        for child in list(self.children.values()):
            if child.client is sock:
                self._kill(child)
        if exercise := self._grading.pop(sock, None):
            self._prepare_for_more(exercise)
        sock.close()

    def start_judge(self, request: int, events: int, servers: list[socket.socket]) -> int:
        """Fork a judge and return its pid; our copies of the descriptors are closed."""

        def work() -> None:
            self._forget(keep={request, events, *(sock.fileno() for sock in servers)})
            tempfile.tempdir = os.fspath(self.folder)  # so that anything it leaves behind is removed with our folder
            self.judge(request, events, servers)

        pid = self.fork(work)
        self.judges[pid] = lambda status: None
        os.close(request)
        os.close(events)
        for sock in servers:
            sock.close()
        return pid

    def start_server(
        self, preload: str | None, sock: socket.socket, modules: imports.Wanted | None = None, seconds: float = 0
    ) -> int:
        """Fork a server that also imports ``preload``, and then sends ``ready`` on ``sock``.

        The imports of a student's file (``modules``) must take at most ``seconds`` and must not start a thread.
        """

        def work() -> None:
            self._forget(keep={sock.fileno()})
            sandbox.clean_environment(self.folder)  # once, for all processes forked from here
            for module in PRELOADS[preload] if preload else ():
                importlib.import_module(module)
            if modules:
                signal.setitimer(
                    signal.ITIMER_PROF, seconds
                )  # the timers' signals end this process; this one counts its own processor time,
                signal.setitimer(signal.ITIMER_REAL, 4 * seconds)  # and this one elapsed time, for a busy machine
                os.chdir(self.folder)  # some libraries look for settings in the current folder
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    imports.preload(modules)
                for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
                    signal.setitimer(timer, 0)
                if len(os.listdir("/proc/self/task")) != 1:
                    return
            server = ForkServer(self.judge, self.settle, self.folder)
            server.add_client(sock)
            sock.send(b"ready")
            try:
                while sock.fileno() >= 0:  # until the host closes its end
                    server.step()
            finally:
                server.close()

        pid = self.fork(work)
        self.judges[pid] = lambda status: None
        sock.close()
        return pid

    def _start_student(self, client: socket.socket, message: dict[str, Any]) -> None:
        level = message["level"]
        if level not in self.prepared:
            self.prepared[level] = sandbox.prepare(level)
        limits = sandbox.Limits(**message["limits"])
        ours, theirs = socket.socketpair()
        reader, writer = os.pipe2(os.O_CLOEXEC)

        def work() -> None:
            _run_student(message, theirs, writer, scratch, self.prepared[level], limits)

        try:
            scratch = Path(tempfile.mkdtemp(dir=self.folder))
            pid = self.fork(work)
        except OSError as error:  # the disk or the process table is full: only this request fails
            print(f"no student process could be started: {error}", file=sys.stderr)
            os.close(reader)
            answer = json.dumps({"ended": message["ticket"], "status": 0, "reason": "refused"}).encode()
            with contextlib.suppress(OSError):
                client.send(answer)
            return
        finally:
            theirs.close()
            os.close(writer)
        resident = _resident_bytes(os.getpid()) + limits.memory_bytes
        self.children[pid] = Child(pid, client, message["ticket"], scratch, time.monotonic(), resident)
        answer = json.dumps({"ticket": message["ticket"], "pid": pid}).encode()
        with contextlib.suppress(OSError):
            socket.send_fds(client, [answer], [ours.fileno(), reader])
        ours.close()
        os.close(reader)

    # --- children --------------------------------------------------------------------------------------------------

    def _on_child(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wakeup, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if child := self.children.pop(pid, None):
                reason = child.reason or why(os.waitstatus_to_exitcode(status), child.scratch)
                self._sweep(child.scratch)
                answer = {"ended": child.ticket, "status": status, "reason": reason}
                with contextlib.suppress(OSError):
                    child.client.send(json.dumps(answer).encode())
            elif ended := self.judges.pop(pid, None):
                ended(status)
            self.cleaners.discard(pid)

    def _watch(self) -> None:
        now = time.monotonic()
        for child in self.children.values():
            if child.reason is not None:
                continue
            if now - child.started > BACKSTOP_SECONDS:
                child.reason = "overdue"
            elif _resident_bytes(child.pid) > child.resident_limit:
                child.reason = "memory"
            elif sandbox.threads(child.pid) > MAX_THREADS:
                child.reason = "threads"
            elif now - child.started > 2 * TICK_SECONDS and overflows(child.scratch):
                child.reason = "disk"
            if child.reason is not None:
                self._kill(child)

    def _sweep(self, folder: Path) -> None:
        """Remove a scratch folder, in a process of its own if that might take long, because others are waiting."""
        if not remove_if_plain(folder):

            def work() -> None:
                self._forget(keep=set())
                remove(folder)

            with contextlib.suppress(OSError):  # no new process possible: it is removed with the whole folder later
                self.cleaners.add(self.fork(work))

    def _kill(self, child: Child) -> None:
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child.pid, signal.SIGKILL)

    def _forget(self, keep: set[int]) -> None:
        """Close all inherited descriptors except ``keep``, in a fork that is not a student process.

        Not only those that this server registered: an end of a pipe that stays open here keeps its reader waiting.
        """
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        sandbox.close_fds({0, 1, 2, *keep})
        self.children.clear()


def remove_leftovers() -> None:
    """Remove the folders of hosts that were killed before they could do so themselves."""
    for folder in Path(tempfile.gettempdir()).glob("course-grader-*-*"):
        pid = folder.name.split("-")[2]
        with contextlib.suppress(OSError):
            found = folder.lstat()  # any user can put a folder, or a link, of this name there
            if pid.isdigit() and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
                if not _ran_at(pid, found.st_ctime):
                    remove(folder)


def _ran_at(pid: str, moment: float) -> bool:
    """Return whether process ``pid`` is running and already was at ``moment``; process numbers are reused.

    Args:
        pid: the number of a process; a zombie does not count as running.
        moment: in seconds since the epoch; the kernel reports start times with a precision of one second.
    """
    try:
        fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    booted = next(line.split()[1] for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
    started = int(booted) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return fields[0] not in "ZX" and started <= moment + 1


def warm_up() -> None:
    """Do once, before any fork, what every student process would otherwise repeat: mostly lazy imports inside torch.

    Forward only, on one thread: a process that has started threads cannot be forked safely.
    """
    torch.set_num_threads(1)
    seed_everything(0)
    tensor = torch.nn.functional.linear(torch.randn(2, 3), torch.randn(4, 3))
    wire.decode(wire.encode([tensor, {"": (1.0, tensor.double().sum())}]))
    with torch.profiler.record_function("warm-up"):  # as every optimizer does
        pass
    if (threads := len(os.listdir("/proc/self/task"))) != 1:
        raise RuntimeError(f"the fork server has {threads} threads; it cannot be forked from safely")


def _run_student(
    message: dict[str, Any],
    sock: socket.socket,
    output: int,
    scratch: Path,
    prepared: sandbox.Prepared,
    limits: sandbox.Limits,
) -> None:
    """Enter the sandbox in a new fork, then load the student's file."""
    path = scratch / f"{message['name']}.py"
    path.write_bytes(Path(message["snapshot"]).read_bytes())
    compiled = Path(message["compiled"])
    marshalled = compiled.read_bytes() if compiled.exists() else b""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sandbox.close_fds({0, 1, 2, sock.fileno()})
    with contextlib.suppress(OSError):  # the core may have been taken away from this container
        os.sched_setaffinity(0, message["cores"])
    os.chdir(scratch)
    sandbox.move_in(scratch)
    sandbox.apply(prepared, scratch, limits)
    try:
        process.serve(sock, str(path), message["name"], message["threads"], marshalled)
    except BaseException:  # caused by the student's code; a traceback through our files would not help them
        os._exit(70)


def _complain(error: BaseException) -> NoReturn:
    import traceback

    traceback.print_exception(error)
    os._exit(70)


def _resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
