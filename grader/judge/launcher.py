"""Starts a judge's student processes: forked by a fork server (Linux) or spawned (anywhere).

Both launchers return a ``Process``: a link for requests, the result of loading the file, and, later, how the process
ended. ``prepare`` starts the next process in advance, so that its fork and its imports overlap with the judge's work. A
process whose check passed can serve the next check, too (``end`` with ``again``): the file is then run afresh in a new
module, unless that takes long (``SLOW_LOADING``). If a check fails in such a process, it gets a new one (``take`` with
``alone``). A file that keeps data outside its module can find out which checks ran before, but gains nothing by that,
since no process ever receives an expected value and each check draws its own numbers.
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
"""Seconds that a judge waits for a fork server to fork; the server may still be importing."""
RELOAD_SECONDS = 3.0
"""Seconds within which a reused process must have run the file again; otherwise, a new process is started."""
SLOW_LOADING, SLOW_RELOADING = 0.1, 0.02
"""Seconds for loading the file (including the fork), and for loading it again, above which a reused process keeps its
module unchanged. Otherwise, a file that trains something on import would use up the time of the whole grading."""
VERY_SLOW_LOADING = 2.5
"""Seconds above which even the checks of another function use the module unchanged: loading the file a dozen more times
would take the time that a correct file needs for its checks."""

Substitutes = tuple[str, ...]
"""Names whose definitions a student process takes from the reference."""
Servers = Sequence[tuple[tuple[str, ...], socket.socket]]
"""(preloads, socket) of each fork server."""


@dataclass(frozen=True)
class Ended:
    """The end of a student process: wait status (of ``os.waitpid``) and the reason if the host killed it."""

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
    """Names that the student's file defines."""
    error: dict[str, Any] | None = None
    """Exception that the file raised while it was loaded (``dispatch.describe``)."""
    failure: Exception | None = None
    """``LinkTimeout``, ``LinkClosed``, ``LinkGarbled`` or ``WireError`` if it did not become ready, or stopped
    answering."""
    ticket: int = 0
    pid: int = 0
    """0 if unknown."""
    waited: float = 0.0
    """Seconds that the judge has waited for it so far."""
    substitutes: Substitutes = ()
    """Substitutes that it has received; it serves only checks with the same ones, and must have ended before another
    process starts."""
    shared: bool = False
    """True if it has served another check before this one."""
    loading: float = 0.0
    """Seconds that running the file took in this process."""
    function: str = ""
    """Function whose checks it serves; what one function leaves in a kept module must not help another."""
    before: clock.Clocks | None = clock.Clocks()
    """Its clocks when it started to serve this check."""
    ended: Ended | None = field(default=None)

    def await_ready(self, seconds: float) -> None:
        """Wait for the first frame, and store its content or the failure."""
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
        """Set ``loading`` to the time waited so far, less the time for which the process had no core."""
        self.loading = clock.own_seconds(self.pid, self.waited, self.before, least=SLOW_RELOADING)

    @property
    def keeps_its_module(self) -> bool:
        """True if the file takes too long to be loaded again for another check."""
        return self.loading > (SLOW_RELOADING if self.shared else SLOW_LOADING)

    def for_another_check(self) -> bytes:
        """Return the request that prepares this process for another check."""
        return _frame(["renew" if self.keeps_its_module else "reload"])


class Launcher(Protocol):
    """Starts and ends student processes for one judge."""

    level: str
    """Sandbox level that the processes run at."""
    import_seconds: float
    """Time limit for loading the file."""
    code_path: Path | None
    """Path where the processes look for the file's code; None if they compile the file themselves."""
    shares: bool
    """True if a process can serve check after check, False if each check gets its own. Once False, it stays so."""

    def preload(self, wanted: imports.Wanted, seconds: float) -> None:
        """Import ``wanted`` once, before further processes start; if that takes too long, each imports it itself."""

    def prepare(self, preloads: tuple[str, ...]) -> None:
        """Start a process in advance."""

    def take(
        self, preloads: tuple[str, ...], alone: bool = False, substitutes: Substitutes = (), function: str = ""
    ) -> Process:
        """Return a process that has loaded the file: a reused one, else the prepared one, else a new one.

        Args:
            preloads: preloads that it must have imported.
            alone: True if it must not have served any other check.
            substitutes: substitutes that it will receive; a reused process must have the same ones.
            function: function that the check belongs to.
        """

    def stack(self, process: Process) -> bytes:
        """Return the stack of a process that has not answered in time, as ``faulthandler`` prints it, or nothing."""

    def end(self, process: Process, wait: bool, again: bool = False) -> Ended | None:
        """Kill a process, or with ``again``, let it serve another check; with ``wait``, return how it ended."""

    def rest(self) -> None:
        """End all processes, so that none slows down the judge. More can be taken later."""

    def close(self) -> None:
        """End the remaining processes, and release everything."""


class ForkLauncher:
    """Asks fork servers (``grader.host.forkserver``) for processes.

    Args:
        servers: (preloads of the server besides torch, our end of the packet socket), cheapest first.
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
        self._own: int | None = None  # index of the server with the file's imports
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
        self._lent: dict[int, Process] = {}  # server index -> the process that serves check after check
        self._free: set[int] = set()  # indices in _lent whose process serves no check at the moment

    def preload(self, wanted: imports.Wanted, seconds: float) -> None:
        """Have a fork server of our own forked from the one with the most imports; it ends with this launcher."""
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
        """Request a process from the cheapest suitable server, unless one is being reused; its answer is read later."""
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
        """Reuse the process of that server, with the file run afresh; else wait for a new one to load the file."""
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
                self.shares = False  # or every check would wait until loading the file again fails
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
        """Prepare the same process for another check; None if it does not respond as it should."""
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
        """Have the server send the signal, and read the stack from the process's own socket."""
        with contextlib.suppress(ServerError):
            self._send(self._where[process.ticket], {"do": "stack", "ticket": process.ticket})
            return process.link.stack()
        return b""

    def end(self, process: Process, wait: bool, again: bool = False) -> Ended | None:
        """Keep the process for the next check if it can be reused, else have it killed."""
        index = self._where[process.ticket]
        if self._lent.get(index) is process:
            if again and self.shares and process.failure is None:
                self._free.add(index)
                process.link.drain()
                return None
            del self._lent[index]
        return self._kill(process, wait)

    def _kill(self, process: Process, wait: bool) -> Ended | None:
        """Ask the server to kill the process; if it had already ended, the answer says how."""
        index = self._where[process.ticket]
        try:
            self._send(index, {"do": "end", "ticket": process.ticket})
            deadline = time.monotonic() + SERVER_SECONDS
            while wait and process.ticket not in self._ended:
                self._receive(index, deadline)
        except ServerError:  # its processes have ended with it
            self._ended[process.ticket] = Ended(0, "server")
        process.link.close()
        return self._ended.pop(process.ticket, None)

    def rest(self) -> None:
        """Have all processes killed, including the prepared ones."""
        for process in self._lent.values():
            self._kill(process, wait=False)
        with contextlib.suppress(ServerError):
            for index, ticket in self._prepared.items():
                self._send(index, {"do": "end", "ticket": ticket})
        self._lent.clear()
        self._free.clear()
        self._prepared.clear()

    def close(self) -> None:
        """Close the sockets, which makes the servers kill the remaining processes."""
        for _, sock in self._servers:
            sock.close()

    def _index(self, preloads: tuple[str, ...]) -> int:
        """Return the index of the cheapest server that has these preloads."""
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
    """Spawns student processes where forking is not available (macOS, Windows) or not wanted.

    Importing torch takes about a second each time, so one process serves many checks and runs the file again in a fresh
    module before each; a new one is started after a crash, a timeout or a check with substitutes. Isolation between
    checks is weaker, and the sandbox level in the report says so.
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
        """Do nothing: the running process imports everything with the first check."""

    def prepare(self, preloads: tuple[str, ...]) -> None:
        """Do nothing: the running process is reused."""

    def take(
        self, preloads: tuple[str, ...], alone: bool = False, substitutes: Substitutes = (), function: str = ""
    ) -> Process:
        """Return the running process with the file run afresh, or a new one; ``alone`` has no effect."""
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
        """Send the signal to the process, on systems with signals, and read its stack."""
        if link.STACK_SIGNAL is None or self._popen is None or self._popen.poll() is not None:
            return b""
        self._popen.send_signal(link.STACK_SIGNAL)
        return process.link.stack()

    def end(self, process: Process, wait: bool, again: bool = False) -> Ended | None:
        """Keep the process for the next check, unless it failed or has substitutes."""
        if process.failure is None and not process.substitutes:
            process.link.drain()
            return None
        popen = self._popen
        assert popen is not None
        if isinstance(process.failure, link.LinkClosed):
            with contextlib.suppress(subprocess.TimeoutExpired):  # it is ending by itself: wait for its exit code
                popen.wait(1)
        self._stop()
        code = popen.returncode
        return Ended(-code if code < 0 else code << 8, why(code, self._scratch))

    def rest(self) -> None:
        """Stop the process."""
        self._stop()

    def close(self) -> None:
        """Stop the process and remove its folder."""
        self._stop()
        remove(self._folder)

    def _stop(self) -> None:
        if self._popen is not None:
            if sys.platform != "win32":  # it may have ended while processes that it started have not
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
        """Return the first connection that sends the token."""
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
    """Reads a spawned process's prints in a thread, because pipes cannot be polled on Windows."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.pipe = pipe
        self.printed = bytearray()
        self.start()

    def run(self) -> None:
        """Read everything; keep the first ``link.MAX_OUTPUT_BYTES``, and discard the rest."""
        while part := os.read(self.pipe.fileno(), 65536):
            self.printed += part[: max(0, link.MAX_OUTPUT_BYTES - len(self.printed))]
        self.pipe.close()


class _ThreadLink(Link):
    """A link whose prints arrive through a thread."""

    def __init__(self, sock: socket.socket, reader: _Reader) -> None:
        super().__init__(sock, None)
        self._reader = reader

    def drain(self) -> None:
        """Take what the thread has read, after a moment for the latest prints to arrive."""
        time.sleep(0.02)
        self.printed += self._reader.printed[: max(0, link.MAX_OUTPUT_BYTES - len(self.printed))]
        self._reader.printed.clear()


def limits_of(exercise: Exercise, threads: int) -> Limits:
    """Return the resource limits of a student process for this exercise."""
    seconds = exercise.limits.import_seconds + 3 * exercise.limits.check_seconds
    return Limits(memory_bytes=int(exercise.limits.memory_mb * 2**20), cpu_seconds=int(seconds * max(1, threads)))


def open_launcher(request: Request, snapshot: str, servers: Servers) -> Launcher:
    """Return the launcher for the student processes of one grading.

    Args:
        request: the request that is being graded.
        snapshot: path of the judge's copy of the file.
        servers: the fork servers; none if processes are spawned.
    """
    exercise = request.exercise
    limits, seconds = limits_of(exercise, request.threads), exercise.limits.import_seconds
    if servers:
        return ForkLauncher(servers, snapshot, exercise.slug, request.level, limits, request.threads, seconds)
    return SpawnLauncher(snapshot, exercise.slug, request.level, limits, request.threads, seconds)
