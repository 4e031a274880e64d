"""The warm host on Linux: a fork server that also reads requests and relays events."""

from __future__ import annotations

import importlib
import json
import os
import selectors
import socket
import sys
from typing import Any

import pytest  # noqa: F401  imported once, here, for every judge that is forked

from course import syllabus
from grader import host
from grader.forkserver import ForkServer


class ForkHost(ForkServer):
    """Reads requests from standard input, forks a judge for each, passes their events on.

    Args:
        output: where events go.
    """

    def __init__(self, output: host.Output) -> None:
        super().__init__(_judge)
        self.output = output
        self.warmers: dict[tuple[str, ...], Warmer] = {}
        self.reporting: dict[int, Reporting] = {}
        self._input = bytearray()
        self._open = True
        self.selector.register(0, selectors.EVENT_READ, self._on_input)

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

    def _request(self, line: bytes) -> None:
        identifier = None
        try:
            request: dict[str, Any] = json.loads(line)
            identifier = request.get("id")
            exercise = host.judge_request(request, "").exercise
            level = host.choose_level(request.get("sandbox", "auto"))
        except (ValueError, AttributeError, syllabus.SyllabusError) as error:
            self.output.emit(identifier, host.fault(str(error)))
            return
        extra = tuple(name for name in exercise.preloads if name != "torch")
        reader, writer = os.pipe2(os.O_CLOEXEC)
        self.reporting[reader] = Reporting(identifier)
        self.selector.register(reader, selectors.EVENT_READ, lambda: self._on_event(reader))

        if request.get("spawn"):  # the fallback of other platforms, asked for by the tests
            self.start_judge({"request": request, "level": level, "offers": []}, writer, [])
            return
        warmer = self._warmer(extra) if extra else None
        servers: list[tuple[tuple[str, ...], socket.socket]] = []
        if warmer is None or not warmer.ready:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.add_client(ours)
            servers.append(((), theirs))
        if warmer is not None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            warmer.give(ours)
            servers.append((extra, theirs))
        asked = {"request": request, "level": level, "offers": [list(offers) for offers, _ in servers]}
        sockets = [sock for _, sock in servers]
        if warmer is not None and warmer.ready:
            warmer.start_judge(asked, writer, sockets)
        else:
            self.start_judge(asked, writer, sockets)

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
                self.output.emit(report.identifier, host.fault("the judge ended without a result"))
            self.selector.unregister(reader)
            os.close(reader)
            del self.reporting[reader]

    def _warmer(self, preloads: tuple[str, ...]) -> Warmer:
        if preloads not in self.warmers:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

            def work() -> None:
                self._forget(keep={theirs.fileno()})
                _serve_warm(preloads, theirs)

            pid = self.fork(work)
            theirs.close()
            warmer = Warmer(ours)
            self.warmers[preloads] = warmer
            self.judges[pid] = lambda status: self._warmer_died(preloads)
            self.selector.register(ours, selectors.EVENT_READ, lambda: warmer.on_packet(self.selector))
        return self.warmers[preloads]

    def _warmer_died(self, preloads: tuple[str, ...]) -> None:
        print(f"the process that had imported {', '.join(preloads)} ended; starting another when needed", file=sys.stderr)
        del self.warmers[preloads]


class Warmer:
    """Our handle of the second fork server."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.ready = False

    def on_packet(self, selector: selectors.BaseSelector) -> None:
        """It says once that it has imported everything; after that only its end can be heard."""
        if self.sock.recv(100) == b"ready":
            self.ready = True
        else:
            selector.unregister(self.sock)

    def give(self, client: socket.socket) -> None:
        """Hand over the server's end of a new client."""
        socket.send_fds(self.sock, [json.dumps({"do": "client"}).encode()], [client.fileno()])
        client.close()

    def start_judge(self, request: dict[str, Any], events: int, servers: list[socket.socket]) -> None:
        """Have a judge forked over there; our copies of the descriptors are closed."""
        packet = json.dumps({"do": "judge", "request": request}).encode()
        socket.send_fds(self.sock, [packet], [events, *(sock.fileno() for sock in servers)])
        os.close(events)
        for sock in servers:
            sock.close()


class Reporting:
    """A judge whose events are being relayed."""

    def __init__(self, identifier: object) -> None:
        self.identifier = identifier
        self.buffer = bytearray()
        self.finished = False


def _serve_warm(preloads: tuple[str, ...], sock: socket.socket) -> None:
    for name in preloads:
        for module in (name, *host.PRELOADS.get(name, ())):
            importlib.import_module(module)
    server = ForkServer(_judge)
    server.add_client(sock)
    sock.send(b"ready")
    try:
        while True:
            server.step()
            if sock.fileno() < 0:  # the host closed its end
                return
    finally:
        server.close()


def _judge(request: dict[str, Any], events: int, servers: list[socket.socket]) -> None:
    """In a forked judge: grade, write events, leave."""
    with os.fdopen(events, "wb", buffering=0) as file:

        def emit(event: dict[str, Any]) -> None:
            file.write(json.dumps(event).encode() + b"\n")

        offers = [tuple(names) for names in request["offers"]]
        host.run_judge(request["request"], emit, list(zip(offers, servers, strict=True)), request["level"])
