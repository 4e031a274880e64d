"""Frames over a stream socket, with a deadline and a size limit; meanwhile, the other side's prints are read too."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
import time
from typing import BinaryIO

from grader.wire import MAX_FRAME_BYTES

MAX_OUTPUT_BYTES = 64 * 1024
"""Bytes of a student process's prints that are kept; the rest is read and discarded."""

STACK_SIGNAL = getattr(signal, "SIGUSR1", None)
"""Signal upon which a student process writes its stack (``faulthandler``) to the socket that awaits its answer."""
STACK_BYTES = 16 * 1024
STACK_SECONDS = 1.0
READ_BYTES = 64 * 1024
"""Bytes read at once; most frames are much smaller."""

_HEADER = struct.Struct(">I")


class LinkClosed(Exception):
    """The other side is gone."""


class LinkTimeout(Exception):
    """The other side did not answer in time."""


class LinkGarbled(Exception):
    """The other side sent something that is not a frame."""


def receive(incoming: BinaryIO) -> bytes:
    """Read one frame from a blocking socket that was opened as a file (the student process's side).

    Raises:
        LinkClosed: end of file.
    """
    (length,) = _HEADER.unpack(_exactly(incoming, _HEADER.size))
    return _exactly(incoming, length)


def send(sock: socket.socket, frame: bytes) -> None:
    """Send one frame; blocks until it is sent."""
    sock.sendall(_HEADER.pack(len(frame)) + frame)


def _exactly(incoming: BinaryIO, count: int) -> bytes:
    found = incoming.read(count)
    if len(found) < count:
        raise LinkClosed
    return found


class Link:
    """The judge's end: sends requests, waits for answers until a deadline, and limits the prints that it keeps.

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
        self._awaited = selectors.EVENT_READ
        self._received = bytearray()
        """Bytes that have arrived but have not been returned as a frame yet."""
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
        """Return the next frame that the other side sends."""
        deadline = time.monotonic() + seconds
        self._read(_HEADER.size, deadline)
        (length,) = _HEADER.unpack_from(self._received)
        if length > MAX_FRAME_BYTES:
            raise LinkGarbled(f"announced a frame of {length:,} bytes")
        end = _HEADER.size + length
        self._read(end, deadline)
        frame = bytes(memoryview(self._received)[_HEADER.size : end])
        del self._received[:end]
        return frame

    def stack(self) -> bytes:
        """Return the text that arrives in answer to ``STACK_SIGNAL``, limited in time and size."""
        found, deadline = bytearray(), time.monotonic() + STACK_SECONDS
        while len(found) < STACK_BYTES:
            try:
                part = self._sock.recv(STACK_BYTES)
                if not part:
                    break
                found += part
                deadline = min(deadline, time.monotonic() + 0.1)  # it arrives in one piece, or nearly so
            except BlockingIOError:
                try:
                    self._await(selectors.EVENT_READ, deadline)
                except LinkTimeout:
                    break
            except OSError:
                break
        return bytes(found[:STACK_BYTES])

    def close(self) -> None:
        """Close our ends of the socket and the pipe, after reading the prints that have already arrived."""
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

    def _read(self, count: int, deadline: float) -> None:
        """Read until at least ``count`` bytes have been received."""
        while len(self._received) < count:
            self._await(selectors.EVENT_READ, deadline)  # so that sending one byte after another does not extend it
            try:
                part = self._sock.recv(max(READ_BYTES, min(count - len(self._received), 2**20)))
            except BlockingIOError:
                continue
            except OSError:
                raise LinkClosed from None
            if not part:
                raise LinkClosed
            self._received += part

    def _await(self, event: int, deadline: float) -> None:
        """Wait until the socket is ready; meanwhile, read prints, because a flood of them would stall the answer."""
        if event != self._awaited:
            self._selector.modify(self._sock, event)
            self._awaited = event
        while True:
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                raise LinkTimeout
            ready = {key.fileobj for key, _ in self._selector.select(seconds)}
            if self._output in ready:
                self.drain()
            if self._sock in ready:
                return
