"""The host on Linux: reads requests, relays events, and forks the first fork server."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import selectors
import socket
import sys
from typing import Any

from course import syllabus
from grader.host import cores
from grader.host.forkserver import ForkServer
from grader.host.output import Output
from grader.judge import grading, limits
from grader.requests import Request, fault


class ForkHost(ForkServer):
    """Reads requests from standard input, has a judge forked for each, and relays the judges' events.

    It never forks a student process itself: its memory holds the requests and results of earlier gradings, and a fork
    can read all of it. The fork servers that do so are forked from it before the first request is read.

    Args:
        output: where events go.
    """

    def __init__(self, output: Output) -> None:
        super().__init__(_judge, grading.settle)
        self.output = output
        self.servers: dict[tuple[str, ...], FurtherServer] = {}
        self.reporting: dict[int, Reporting] = {}
        self._input = bytearray()
        self._open = True
        self._chain(())
        self.selector.register(0, selectors.EVENT_READ, self._on_input)
        if output.is_pipe():  # the writing end becomes ready only when there is no reader any more
            self.selector.register(output.fileno(), selectors.EVENT_READ, self._on_nobody)

    def run(self) -> None:
        """Serve until there are no more requests and none is running."""
        while self._open or self.reporting:
            self.step()

    def _on_input(self) -> None:
        part = os.read(0, 65536)
        self._input += part
        *lines, rest = bytes(self._input).split(b"\n")
        self._input = bytearray(rest)
        if not part:
            self._open = False
            self.selector.unregister(0)
            lines.append(rest)
        for line in lines:
            if line.strip():
                self._request(line)

    def _on_nobody(self) -> None:
        """Exit because the reader of the events is gone."""
        sys.exit(141)

    def _request(self, line: bytes) -> None:
        identifier = None
        try:
            asked: dict[str, Any] = json.loads(line)
            identifier = asked.get("id")
            request = Request.parse(asked)
        except (ValueError, AttributeError, syllabus.SyllabusError) as error:
            self.output.emit(identifier, fault(str(error)))
            return
        reader, writer = os.pipe2(os.O_CLOEXEC)
        self.reporting[reader] = Reporting(identifier)
        self.selector.register(reader, selectors.EVENT_READ, lambda: self._on_event(reader))

        chain = self._chain(tuple(name for name in request.exercise.preloads if name != "torch"))
        ready = [server for server in chain if server.ready]
        # A check is forked from the server with the fewest imports that suffices, because fewer imports make a fork
        # cheaper. The judge is forked from the server with the most imports, so that its simulations need not wait.
        clients: list[socket.socket] = []
        for server in chain:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            server.give(ours, request.exercise.slug)
            clients.append(theirs)
        packet = {"preloads": [server.preloads for server in chain], "request": request.packed().decode()}
        (ready or chain[:1])[-1].start_judge(_in_memory(packet), writer, clients)

    def _on_event(self, reader: int) -> None:
        report = self.reporting[reader]
        part = os.read(reader, 2**20)
        report.buffer += part
        *lines, rest = bytes(report.buffer).split(b"\n")
        report.buffer = bytearray(rest)
        for line in lines:
            event = json.loads(line)
            report.finished |= event["event"] in ("result", "fault")
            self.output.emit(report.identifier, event)
        if not part:
            if not report.finished:
                self.output.emit(report.identifier, fault("the judge ended without a result"))
            self.selector.unregister(reader)
            os.close(reader)
            del self.reporting[reader]

    def _chain(self, wanted: tuple[str, ...]) -> list[FurtherServer]:
        """Return one server with torch alone, then one per preload; each is forked from the previous one."""
        chain: list[FurtherServer] = []
        for place, preload in enumerate((None, *wanted)):
            preloads = wanted[:place]
            if preloads not in self.servers:
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                if chain:
                    chain[-1].fork_server(preload, theirs)
                else:
                    self.start_server(preload, theirs)
                self.servers[preloads] = FurtherServer(ours, preloads)
                self.selector.register(ours, selectors.EVENT_READ, functools.partial(self._on_server, preloads))
            chain.append(self.servers[preloads])
        return chain

    def _on_server(self, preloads: tuple[str, ...]) -> None:
        """Note that a server is ready, which it reports once; any later event means that it has ended."""
        server = self.servers.get(preloads)
        if server is None:  # it has just ended, with the server that it was forked from
            return
        try:
            word = server.sock.recv(100)
        except ConnectionResetError:  # it ended with something unread
            word = b""
        if word == b"ready":
            server.ready = True
            return
        what = ", ".join(("torch", *preloads))
        print(f"the process that had imported {what} ended; another is started when needed", file=sys.stderr)
        self.selector.unregister(server.sock)
        server.sock.close()
        for other in [name for name in self.servers if name[: len(preloads)] == preloads and name != preloads]:
            self.selector.unregister(self.servers[other].sock)
            self.servers.pop(other).sock.close()
        del self.servers[preloads]


class FurtherServer:
    """A further fork server, as the host sees it.

    Args:
        sock: our end; the other end is the server's first client.
        preloads: names of the preloads that it has imported or is importing.
    """

    def __init__(self, sock: socket.socket, preloads: tuple[str, ...]) -> None:
        self.sock = sock
        self.preloads = preloads
        self.ready = False

    def give(self, client: socket.socket, exercise: str) -> None:
        """Pass the server its end of the socket to a new client, a judge that grades ``exercise``."""
        self._send({"do": "client", "exercise": exercise}, [client.fileno()])
        client.close()

    def fork_server(self, preload: str | None, sock: socket.socket) -> None:
        """Have this server fork a further server."""
        self._send({"do": "fork server", "preload": preload}, [sock.fileno()])
        sock.close()

    def start_judge(self, request: int, events: int, servers: list[socket.socket]) -> None:
        """Have this server fork a judge; our copies of the descriptors are closed."""
        self._send({"do": "judge"}, [request, events, *(sock.fileno() for sock in servers)])
        os.close(request)
        os.close(events)
        for sock in servers:
            sock.close()

    def _send(self, message: dict[str, Any], descriptors: list[int]) -> None:
        socket.send_fds(self.sock, [json.dumps(message).encode()], descriptors)


class Reporting:
    """A judge whose events are being relayed."""

    def __init__(self, identifier: object) -> None:
        self.identifier = identifier
        self.buffer = bytearray()
        self.finished = False


def _in_memory(packet: dict[str, Any]) -> int:
    """Return a descriptor that the judge reads the request from; no other process has the request in its memory."""
    descriptor = os.memfd_create("request", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(json.dumps(packet).encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _judge(descriptor: int, events: int, servers: list[socket.socket]) -> None:
    """Grade in a forked judge, writing the events to ``events``."""
    limits.limit_judge()
    with os.fdopen(descriptor, "rb") as source:
        packet: dict[str, Any] = json.load(source)
    request = Request.unpack(packet["request"].encode())
    core = cores.claim() if request.threads == 1 else None
    with os.fdopen(events, "wb", buffering=0) as file, core or contextlib.nullcontext():

        def emit(event: dict[str, Any]) -> None:
            file.write(json.dumps(event).encode() + b"\n")

        preloads = [tuple(names) for names in packet["preloads"]]
        grading.grade(request, list(zip(preloads, servers, strict=True)), emit)
