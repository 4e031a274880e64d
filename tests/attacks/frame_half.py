"""Sends half a frame and then nothing, for ever."""

import os
import socket
import stat
import struct
import time


def judge() -> socket.socket:
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
    raise LookupError("no socket")


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    with judge() as sock:
        sock.sendall(struct.pack(">I", 1000) + bytes(500))
    while True:
        time.sleep(1)
