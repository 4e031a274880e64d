"""Sends well-made frames with values that no honest answer holds. NUMBER chooses one."""

import os
import socket
import stat
import struct

import torch

from grader import wire

NUMBER = 0


def judge() -> socket.socket:
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
    raise LookupError("no socket")


INFINITE, NAN = float("inf"), float("nan")
RAISED = {"type": "E", "message": "m", "frames": [], "place": None, "not_started": False, "memory": False}
ANSWERS = [
    ["ok", {"lora_params": NAN, "trainable": NAN, "kept_ratio": NAN, "reduction": INFINITE}],
    ["ok", {"lora_params": True, "trainable": 2**5000, "kept_ratio": "0.5", "reduction": None}],
    ["ok", wire.Reference(10**6)],
    ["ok", {"lora_params": wire.Reference(2**40), "trainable": wire.Reference(0)}],
    ["ok", "ok", "ok"],
    ["passed", {"points": 63}],
    ["contract", "x" * 3_000_000],
    ["contract", {"points": 63}],
    ["fault", "the check itself is broken"],
    ["fault", ["x" * 1000] * 1000],
    ["raised", None],
    ["raised", {**RAISED, "frames": [[INFINITE, "x"]]}],
    ["raised", {**RAISED, "frames": [[2**5000, "x"]] * 5000}],
    ["raised", {**RAISED, "frames": [[1, "x" * 100_000]] * 30}],
    ["raised", {**RAISED, "place": [NAN, "x"]}],
    ["raised", {**RAISED, "message": "y" * 3_000_000, "type": "T" * 500_000}],
    ["raised", {**RAISED, "type": torch.ones(3), "frames": torch.ones(3, 2)}],
    ["raised", torch.ones(3)],
    [torch.ones(3), torch.ones(3)],
    [["ok"], 1],
    {"ok": 1, "raised": 2},
    "ok",
    torch.ones(2, 2),
    ["ok", torch.ones(2**22)],
    ["ok", torch.ones((1,) * 16)],
]


def send_answer(number: int) -> None:
    with judge() as sock:
        answer = wire.encode(ANSWERS[number % len(ANSWERS)])
        sock.sendall(struct.pack(">I", len(answer)) + answer)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    send_answer(NUMBER)
    return {}
