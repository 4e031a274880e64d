"""Frames over a stream socket, with a deadline and a size limit, while the other side's prints are being read too."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
import time

from grader.wire import MAX_FRAME_BYTES

MAX_OUTPUT_BYTES = 64 * 1024
"""How much of a student process's prints is kept; the rest is read and thrown away."""

STACK_SIGNAL = getattr(signal, "SIGUSR1", None)
"""Upon it a student process writes where it is, as ``faulthandler`` does, to the socket that it owes an answer to."""
STACK_BYTES = 16 * 1024
STACK_SECONDS = 1.0

_HEADER = struct.Struct(">I")


class LinkClosed(Exception):
    """The other side is gone."""


class LinkTimeout(Exception):
    """The other side did not answer in time."""


class LinkGarbled(Exception):
    """The other side sent something that is no frame."""


def receive(sock: socket.socket) -> bytes:
    """One frame from a blocking socket (the student process's side).

    Raises:
        LinkClosed: end of file.
    """
    (length,) = _HEADER.unpack(_exactly(sock, _HEADER.size))
    return _exactly(sock, length)


def send(sock: socket.socket, frame: bytes) -> None:
    """One frame out, blocking."""
    sock.sendall(_HEADER.pack(len(frame)) + frame)


def _exactly(sock: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = sock.recv(min(count - len(parts), 2**20))
        if not part:
            raise LinkClosed
        parts += part
    return bytes(parts)


class Link:
    """The judge's end: asks, waits no longer than it should, keeps the prints of the other side within bounds.

    Args:
        sock: connected stream socket; becomes non-blocking.
        output: read end of the pipe that the other side's stdout and stderr go to, or None.
    """

    def __init__(self, sock: socket.socket, output: int | None) -> None:
        self._sock = sock
        self._output = output
        self.printed = bytearray()
        self.printed_bytes = 0
        sock.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(sock, selectors.EVENT_READ)
        if output is not None:
            os.set_blocking(output, False)
            self._selector.register(output, selectors.EVENT_READ)

    def ask(self, frame: bytes, seconds: float) -> bytes:
        """Send a frame and wait for the answer.

        Raises:
            LinkClosed, LinkTimeout, LinkGarbled: as their names say.
        """
        deadline = time.monotonic() + seconds
        self._exchange(_HEADER.pack(len(frame)) + frame, deadline)
        return self.wait(deadline - time.monotonic())

    def wait(self, seconds: float) -> bytes:
        """The next frame that the other side sends."""
        deadline = time.monotonic() + seconds
        header = self._read(_HEADER.size, deadline)
        (length,) = _HEADER.unpack(header)
        if length > MAX_FRAME_BYTES:
            raise LinkGarbled(f"announced a frame of {length:,} bytes")
        return self._read(length, deadline)

    def stack(self) -> bytes:
        """What arrives in answer to ``STACK_SIGNAL``: some text, soon; whatever else it is, is cut off."""
        found, deadline = bytearray(), time.monotonic() + STACK_SECONDS
        while len(found) < STACK_BYTES:
            try:
                part = self._sock.recv(STACK_BYTES)
                if not part:
                    break
                found += part
                deadline = min(deadline, time.monotonic() + 0.1)  # it comes in one piece, or nearly so
            except BlockingIOError:
                try:
                    self._await(selectors.EVENT_READ, deadline)
                except LinkTimeout:
                    break
            except OSError:
                break
        return bytes(found[:STACK_BYTES])

    def close(self) -> None:
        """Close both ends that are ours, after reading the prints that are already there."""
        self.drain()
        self._close_output()
        self._selector.close()
        self._sock.close()

    def drain(self) -> None:
        """Read what has been printed so far, without waiting; at most a few megabytes at a time."""
        for _ in range(64):
            if self._output is None:
                return
            try:
                part = os.read(self._output, 65536)
            except BlockingIOError:
                return
            if not part:
                self._close_output()
                return
            self.printed_bytes += len(part)
            self.printed += part[: max(0, MAX_OUTPUT_BYTES - len(self.printed))]

    def _close_output(self) -> None:
        if self._output is not None:
            self._selector.unregister(self._output)
            os.close(self._output)
            self._output = None

    def _exchange(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._sock.send(view[: 2**20]) :]
            except BlockingIOError:
                self._await(selectors.EVENT_WRITE, deadline)
            except OSError:
                raise LinkClosed from None

    def _read(self, count: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            if time.monotonic() > deadline:  # whoever always has one byte more would never be waited for
                raise LinkTimeout
            try:
                part = self._sock.recv(min(count - len(parts), 2**20))
            except BlockingIOError:
                self._await(selectors.EVENT_READ, deadline)
                continue
            except OSError:
                raise LinkClosed from None
            if not part:
                raise LinkClosed
            parts += part
        return bytes(parts)

    def _await(self, event: int, deadline: float) -> None:
        """Until the socket is ready; prints are read meanwhile, or a flood of them would stall the answer."""
        self._selector.modify(self._sock, event)
        while True:
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                raise LinkTimeout
            ready = {key.fileobj for key, _ in self._selector.select(seconds)}
            if self._output in ready:
                self.drain()
            if self._sock in ready:
                return
