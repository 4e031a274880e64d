"""How a judge gets its student processes: forked by a fork server (Linux) or spawned (anywhere).

Both give the same object, a ``Process``: a link to ask through, what loading the file came to, and, once it is over,
how it ended. ``prepare`` starts the next one ahead of time, so that its fork and its imports overlap with the judge's
work. A process whose check went well may serve the next one too (``end`` with ``again``): the file is then run afresh
in a new module, unless that takes long (``SLOW_LOADING``). Whoever loses a check in such a process gets another one for
it (``take`` with ``alone``). A file that keeps data outside its module can find out which checks ran before; it gains
nothing by that, since no process is ever told an expected value and each check draws its own numbers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from course.compat import isolated_command
from course.syllabus import Exercise
from grader import imports, link, wire
from grader.errors import ServerError
from grader.judge import limits as clock
from grader.link import Link
from grader.requests import Request
from grader.student.sandbox import Limits
from grader.student.scratch import remove, why

SERVER_SECONDS = 120.0
"""How long a judge waits for a fork server to fork; it may still be importing."""
RELOAD_SECONDS = 3.0
"""How long a process that serves again may take to run the file afresh; after that a new one is taken."""
SLOW_LOADING, SLOW_RELOADING = 0.1, 0.02
"""Seconds of its own for loading the file (the fork included), and for loading it again, above which a process that
serves again keeps the module as it is. Files that train something whenever they are imported would otherwise use up the
time of the whole grading."""
VERY_SLOW_LOADING = 2.5
"""Seconds above which even the checks of another function get the module as it is: loading the file a dozen times more
would take the time that a right file needs for its checks."""

Substitutes = tuple[str, ...]
"""Names whose definitions a student process takes from the reference."""
Servers = Sequence[tuple[tuple[str, ...], socket.socket]]
"""(preloads, socket) of each fork server."""


@dataclass(frozen=True)
class Ended:
    """How a student process ended: wait status (as ``os.waitpid`` gives it) and why the host killed it, if it did."""

    status: int
    reason: str | None = None

    @property
    def exit_code(self) -> int | None:
        """Exit code, or None if a signal ended it."""
        return os.waitstatus_to_exitcode(self.status) if os.waitstatus_to_exitcode(self.status) >= 0 else None

    @property
    def signal(self) -> int | None:
        """Signal number, or None if it exited."""
        code = os.waitstatus_to_exitcode(self.status)
        return -code if code < 0 else None


@dataclass
class Process:
    """A student process that is ready to answer, or that failed to become ready."""

    link: Link
    names: frozenset[str] = frozenset()
    """What the student's file defines."""
    error: dict[str, Any] | None = None
    """What the file raised while it was loaded (``dispatch.describe``)."""
    failure: Exception | None = None
    """Why it never said that it was ready: ``LinkTimeout``, ``LinkClosed``, ``LinkGarbled`` or ``WireError``."""
    ticket: int = 0
    pid: int = 0
    """0 where it is not known."""
    waited: float = 0.0
    """Seconds that the judge has waited for it so far."""
    substitutes: Substitutes = ()
    """What it has received of the reference; it serves only checks with the same substitutes, and must be gone before
    another process begins."""
    shared: bool = False
    """It has served another check before this one."""
    loading: float = 0.0
    """Seconds that running the file took in this process."""
    function: str = ""
    """Whose checks it serves; what one function leaves behind in a module that is kept may not help another."""
    before: clock.Clocks | None = clock.Clocks()
    """What its clocks showed when it began to serve this check."""
    ended: Ended | None = field(default=None)

    def await_ready(self, seconds: float) -> None:
        """Read the first frame."""
        started = time.monotonic()
        try:
            match wire.decode(self.link.wait(seconds)):
                case ["ok", {"names": list() as names, "error": error}]:
                    self.names = frozenset(name for name in names if isinstance(name, str))
                    self.error = error
                case _:
                    self.failure = wire.WireError("malformed greeting")
        except (link.LinkTimeout, link.LinkClosed, link.LinkGarbled, wire.WireError) as failure:
            self.failure = failure
        finally:
            self.waited += time.monotonic() - started

    def note_loading(self) -> None:
        """Take what was waited so far for the time that loading the file takes, less what others had of the core."""
        self.loading = clock.own_seconds(self.pid, self.waited, self.before, least=SLOW_RELOADING)

    @property
    def keeps_its_module(self) -> bool:
        """Whether the file takes too long to be loaded again for another check."""
        return self.loading > (SLOW_RELOADING if self.shared else SLOW_LOADING)

    def for_another_check(self) -> bytes:
        """The request that makes this process ready for one."""
        return _frame(["renew" if self.keeps_its_module else "reload"])


class Launcher(Protocol):
    """Starts and ends student processes for one judge."""

    level: str
    """Sandbox level that the processes run at."""
    import_seconds: float
    """How long a file may take to load."""
    code_path: Path | None
    """Where the processes look for the file's code, if they do."""
    shares: bool
    """Whether a process may serve check after check, or each gets one of its own. Once off, it stays off."""

    def preload(self, wanted: imports.Wanted, seconds: float) -> None:
        """Import this once, before further processes are started; what cannot be had in time is left to them."""

    def prepare(self, preloads: tuple[str, ...]) -> None:
        """Start a process ahead of its use."""

    def take(
        self, preloads: tuple[str, ...], alone: bool = False, substitutes: Substitutes = (), function: str = ""
    ) -> Process:
        """A process that has loaded the file: one that is to serve again, else the prepared one, else a new one.

        Args:
            preloads: what it must have imported.
            alone: it must not have served any other check.
            substitutes: what it is about to receive of the reference; if it has served before, just that.
            function: whose check it is for.
        """

    def stack(self, process: Process) -> bytes:
        """Where the process is that has not answered in time, in the words of ``faulthandler``; empty if unknown."""

    def end(self, process: Process, wait: bool, again: bool = False) -> Ended | None:
        """Kill it; with ``wait``, tell how it ended (None otherwise). With ``again`` it may serve another check."""

    def rest(self) -> None:
        """End all processes: none takes time from what the judge does next. More can be taken later."""

    def close(self) -> None:
        """End what was prepared and never taken."""


class ForkLauncher:
    """Asks fork servers (``grader.host.forkserver``) for processes.

    Args:
        servers: (what the server has imported beyond torch, our end of the packet socket), cheapest first.
        snapshot: path of the judge's own copy of the student's file.
        name: module name of the file.
    """

    def __init__(
        self,
        servers: Servers,
        snapshot: str,
        name: str,
        level: str,
        limits: Limits,
        threads: int,
        import_seconds: float,
    ) -> None:
        self.level = level
        self.import_seconds = import_seconds
        self.code_path: Path | None = Path(f"{snapshot}.compiled")
        self.shares = True
        self._servers = list(servers)
        self._own: int | None = None  # index of the server that has imported what the file imports
        self._message = {
            "do": "student",
            "snapshot": snapshot,
            "compiled": str(self.code_path),
            "name": name,
            "level": level,
            "limits": dataclasses.asdict(limits),
            "threads": threads,
            "cores": sorted(os.sched_getaffinity(0)),
        }
        self._tickets = 0
        self._prepared: dict[int, int] = {}  # server index -> ticket
        self._where: dict[int, int] = {}  # ticket -> server index
        self._started: dict[int, tuple[Link, int]] = {}
        self._ended: dict[int, Ended] = {}
        self._lent: dict[int, Process] = {}  # server index -> what serves one check after the other
        self._free: set[int] = set()  # of those, the ones that serve none at present

    def preload(self, wanted: imports.Wanted, seconds: float) -> None:
        """Have a server of our own forked from the one that has imported most; it ends with this launcher."""
        preloads, last = self._servers[-1]
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        message = {"do": "fork server", "preload": None, "modules": wanted, "seconds": seconds}
        try:
            socket.send_fds(last, [json.dumps(message).encode()], [theirs.fileno()])
        except OSError as error:
            raise ServerError(f"the fork server is gone: {error.strerror}") from None
        finally:
            theirs.close()
        ours.settimeout(SERVER_SECONDS + seconds)
        try:
            ready = ours.recv(100) == b"ready"
        except OSError:
            ready = False
        if ready:
            self._own = len(self._servers)
            self._servers.append((preloads, ours))
        else:
            ours.close()

    def prepare(self, preloads: tuple[str, ...]) -> None:
        """Ask the cheapest server that has what is needed; its answer is read later. Not where one serves already."""
        index = self._index(preloads)
        if index not in self._lent:
            self._fork(index)

    def _fork(self, index: int) -> None:
        if index not in self._prepared:
            self._tickets += 1
            self._prepared[index] = self._tickets
            self._where[self._tickets] = index
            self._send(index, {**self._message, "ticket": self._tickets})

    def take(
        self, preloads: tuple[str, ...], alone: bool = False, substitutes: Substitutes = (), function: str = ""
    ) -> Process:
        """The one that serves already, with the file run afresh; else wait for the server, and for the file to load."""
        index = self._index(preloads)
        for other in [other for other in self._free if other != index and self._lent[other].substitutes]:
            self._free.discard(other)
            self._kill(self._lent.pop(other), wait=True)
        lost = 0.0
        if index in self._free:
            self._free.discard(index)
            served = self._lent.pop(index)
            helped = served.keeps_its_module and served.function != function and served.loading < VERY_SLOW_LOADING
            if self.shares and not alone and served.substitutes == substitutes and not helped:
                started = time.monotonic()
                if process := self._again(served):
                    process.function = function
                    self._lent[index] = process
                    return process
                self.shares = False  # or every check would wait for what comes of loading the file again
                lost = time.monotonic() - started
            self._kill(served, wait=bool(served.substitutes))
        self._fork(index)
        process = self._first(index)
        process.note_loading()
        process.substitutes, process.function = substitutes, function
        process.waited += lost
        self._lent.setdefault(index, process)
        return process

    def _again(self, served: Process) -> Process | None:
        """The same process for another check; None if it does not obey any more."""
        served.link.drain()
        served.link.printed.clear()
        process = Process(
            served.link,
            ticket=served.ticket,
            pid=served.pid,
            shared=True,
            substitutes=served.substitutes,
            loading=served.loading,
        )
        process.before = clock.clocks(served.pid)
        try:
            process.link._exchange(served.for_another_check(), time.monotonic() + RELOAD_SECONDS)
        except (link.LinkTimeout, link.LinkClosed):
            return None
        process.await_ready(min(RELOAD_SECONDS, self.import_seconds))
        if not served.keeps_its_module:
            process.note_loading()
        return process if process.failure is None and (process.error is None or served.error is not None) else None

    def _first(self, index: int) -> Process:
        ticket = self._prepared.pop(index)
        deadline = time.monotonic() + SERVER_SECONDS
        while ticket not in self._started:
            self._receive(index, deadline)
            if ticket in self._ended and ticket not in self._started:
                raise ServerError("the fork server could not start a student process")
        started, pid = self._started.pop(ticket)
        process = Process(started, ticket=ticket, pid=pid)
        process.await_ready(self.import_seconds)
        return process

    def stack(self, process: Process) -> bytes:
        """The server knows whom to ask, the process answers on its own socket."""
        with contextlib.suppress(ServerError):
            self._send(self._where[process.ticket], {"do": "stack", "ticket": process.ticket})
            return process.link.stack()
        return b""

    def end(self, process: Process, wait: bool, again: bool = False) -> Ended | None:
        """Keep it for the next check, if it may serve again, else have it killed."""
        index = self._where[process.ticket]
        if self._lent.get(index) is process:
            if again and self.shares and process.failure is None:
                self._free.add(index)
                process.link.drain()
                return None
            del self._lent[index]
        return self._kill(process, wait)

    def _kill(self, process: Process, wait: bool) -> Ended | None:
        """Ask the server to kill it; the answer tells how it really ended, if it had ended before."""
        index = self._where[process.ticket]
        try:
            self._send(index, {"do": "end", "ticket": process.ticket})
            deadline = time.monotonic() + SERVER_SECONDS
            while wait and process.ticket not in self._ended:
                self._receive(index, deadline)
        except ServerError:  # its processes have gone with it
            self._ended[process.ticket] = Ended(0, "server")
        process.link.close()
        return self._ended.pop(process.ticket, None)

    def rest(self) -> None:
        """Have all of them killed, what was prepared included."""
        for process in self._lent.values():
            self._kill(process, wait=False)
        with contextlib.suppress(ServerError):
            for index, ticket in self._prepared.items():
                self._send(index, {"do": "end", "ticket": ticket})
        self._lent.clear()
        self._free.clear()
        self._prepared.clear()

    def close(self) -> None:
        """Closing the sockets makes the servers kill what is left."""
        for _, sock in self._servers:
            sock.close()

    def _index(self, preloads: tuple[str, ...]) -> int:
        """The cheapest server that has what is needed."""
        if self._own is not None:
            return self._own
        for index, (loaded, _) in enumerate(self._servers):
            if set(preloads) <= set(loaded):
                return index
        raise ServerError(f"the syllabus preloads nothing called {', '.join(preloads)} for this exercise")

    def _send(self, index: int, message: dict[str, Any]) -> None:
        try:
            self._servers[index][1].send(json.dumps(message).encode())
        except OSError as error:
            raise ServerError(f"the fork server is gone: {error.strerror}") from None

    def _receive(self, index: int, deadline: float) -> None:
        sock = self._servers[index][1]
        sock.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            packet, descriptors, _, _ = socket.recv_fds(sock, 64 * 1024, 4)
        except TimeoutError:
            raise ServerError(f"the fork server has not answered for {SERVER_SECONDS:g} s") from None
        except OSError as error:
            raise ServerError(f"the fork server is gone: {error.strerror}") from None
        if not packet:
            raise ServerError("the fork server is gone")
        message = json.loads(packet)
        if "ended" in message:
            self._ended[message["ended"]] = Ended(message["status"], message["reason"])
        else:
            answer = Link(socket.socket(fileno=descriptors[0]), descriptors[1])
            self._started[message["ticket"]] = (answer, message["pid"])


class SpawnLauncher:
    """Starts a Python of its own, where there is no fork to be had (macOS, Windows) or none is wanted.

    Importing torch costs about a second each time, so one process serves many checks and runs the file again in a
    fresh module before each; after a crash, a timeout or a change of ``preloads`` a new one is started. Isolation
    between checks is weaker, and the level that the report states says so.
    """

    def __init__(
        self, snapshot: str, name: str, level: str, limits: Limits, threads: int, import_seconds: float
    ) -> None:
        self.level = level
        self.import_seconds = import_seconds
        self.code_path: Path | None = None
        self.shares = True
        self._snapshot, self._name, self._threads = snapshot, name, threads
        self._limits = limits
        self._running: Process | None = None
        self._popen: subprocess.Popen[bytes] | None = None
        self._folder = self._scratch = Path(tempfile.mkdtemp(prefix="course-student-"))

    def preload(self, wanted: imports.Wanted, seconds: float) -> None:
        """Nothing to do: the running process has imported it with the first check."""

    def prepare(self, preloads: tuple[str, ...]) -> None:
        """Nothing to do ahead: the running process is used again."""

    def take(
        self, preloads: tuple[str, ...], alone: bool = False, substitutes: Substitutes = (), function: str = ""
    ) -> Process:
        """The running process with the file run afresh, or a new one; none is ever alone."""
        if self._running is not None and self._popen is not None and self._popen.poll() is None:
            process = Process(self._running.link, pid=self._popen.pid, substitutes=substitutes)
            process.link.printed.clear()
            try:
                process.link._exchange(_frame(["reload"]), time.monotonic() + 5)
                process.await_ready(self.import_seconds)
                if process.failure is None:
                    self._running = process
                    return process
            except (link.LinkTimeout, link.LinkClosed):
                pass
            self._stop()
        self._running = self._start()
        self._running.substitutes = substitutes
        return self._running

    def stack(self, process: Process) -> bytes:
        """Ask it by a signal, where there are such."""
        if link.STACK_SIGNAL is None or self._popen is None or self._popen.poll() is not None:
            return b""
        self._popen.send_signal(link.STACK_SIGNAL)
        return process.link.stack()

    def end(self, process: Process, wait: bool, again: bool = False) -> Ended | None:
        """Keep it for the next check if it is still well."""
        if process.failure is None and not process.substitutes:
            process.link.drain()
            return None
        popen = self._popen
        assert popen is not None
        if isinstance(process.failure, link.LinkClosed):
            with contextlib.suppress(subprocess.TimeoutExpired):  # it is ending by itself: let it tell how
                popen.wait(1)
        self._stop()
        code = popen.returncode
        return Ended(-code if code < 0 else code << 8, why(code, self._scratch))

    def rest(self) -> None:
        """Stop the process."""
        self._stop()

    def close(self) -> None:
        """Stop the process, remove its folder."""
        self._stop()
        remove(self._folder)

    def _stop(self) -> None:
        if self._popen is not None:
            if sys.platform != "win32":  # it may be over, and what it has started may not
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.kill()
            self._popen.wait()
            self._popen = None
        if self._running is not None:
            self._running.link.close()
            self._running = None

    def _start(self) -> Process:
        self._scratch = Path(tempfile.mkdtemp(dir=self._folder))
        path = self._scratch / f"{self._name}.py"
        path.write_bytes(Path(self._snapshot).read_bytes())
        token = secrets.token_bytes(16)
        with socket.create_server(("127.0.0.1", 0)) as server:
            host, port = server.getsockname()[:2]
            limits = json.dumps(dataclasses.asdict(self._limits))
            arguments = [host, str(port), token.hex(), str(path), self._name, str(self._threads), self.level, limits]
            self._popen = _popen(
                [*isolated_command("grader.student.process"), *arguments],
                cwd=self._scratch,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            assert self._popen.stdout is not None
            prints = self._popen.stdout
            try:
                sock = self._accept(server, token)
            except ServerError:
                self._popen.kill()
                print(prints.read(link.MAX_OUTPUT_BYTES).decode("utf-8", "replace"), file=sys.stderr)
                raise
        if sys.platform == "win32":
            process = Process(_ThreadLink(sock, _Reader(prints)))
        else:
            with prints:
                process = Process(Link(sock, os.dup(prints.fileno())))
        process.await_ready(self.import_seconds)
        return process

    def _accept(self, server: socket.socket, token: bytes) -> socket.socket:
        """The first connection that knows the token."""
        assert self._popen is not None
        deadline = time.monotonic() + SERVER_SECONDS
        server.settimeout(0.5)
        while True:
            try:
                sock, _ = server.accept()
            except TimeoutError:
                if self._popen.poll() is None and time.monotonic() < deadline:
                    continue
                raise ServerError("a student process could not be started") from None
            sock.settimeout(5)
            with contextlib.suppress(OSError):
                if sock.recv(len(token), socket.MSG_WAITALL) == token:
                    return sock
            sock.close()


def _popen(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, **options)
    except OSError as error:
        raise ServerError(f"a student process could not be started: {error.strerror}") from None


def _frame(request: list[object]) -> bytes:
    frame = wire.encode(request)
    return len(frame).to_bytes(4, "big") + frame


class _Reader(threading.Thread):
    """Reads a spawned process's prints where a pipe cannot be polled (Windows)."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.pipe = pipe
        self.printed = bytearray()
        self.start()

    def run(self) -> None:
        """Keep the first part, throw the rest away."""
        while part := os.read(self.pipe.fileno(), 65536):
            self.printed += part[: max(0, link.MAX_OUTPUT_BYTES - len(self.printed))]
        self.pipe.close()


class _ThreadLink(Link):
    """A link whose prints arrive through a thread."""

    def __init__(self, sock: socket.socket, reader: _Reader) -> None:
        super().__init__(sock, None)
        self._reader = reader

    def drain(self) -> None:
        """Take what the thread has read; what was printed just now may still be on its way."""
        time.sleep(0.02)
        self.printed += self._reader.printed[: max(0, link.MAX_OUTPUT_BYTES - len(self.printed))]
        self._reader.printed.clear()


def limits_of(exercise: Exercise, threads: int) -> Limits:
    """What a student process of this exercise may use."""
    seconds = exercise.limits.import_seconds + 3 * exercise.limits.check_seconds
    return Limits(memory_bytes=int(exercise.limits.memory_mb * 2**20), cpu_seconds=int(seconds * max(1, threads)))


def open_launcher(request: Request, snapshot: str, servers: Servers) -> Launcher:
    """What starts the student processes of one grading.

    Args:
        request: what is graded.
        snapshot: path of the judge's copy of the file.
        servers: the fork servers; none where processes are spawned.
    """
    exercise = request.exercise
    limits, seconds = limits_of(exercise, request.threads), exercise.limits.import_seconds
    if servers:
        return ForkLauncher(servers, snapshot, exercise.slug, request.level, limits, request.threads, seconds)
    return SpawnLauncher(snapshot, exercise.slug, request.level, limits, request.threads, seconds)
