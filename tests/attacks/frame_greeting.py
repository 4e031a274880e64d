"""Greets the judge itself while it is being imported, with things that a greeting never holds. NUMBER chooses one."""

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


RAISED = {"type": "E", "message": "m", "frames": [], "place": None, "not_started": False, "memory": False}
GREETINGS = [
    ["ok", {"names": torch.ones(2**20), "error": None}],
    ["ok", {"names": 7, "error": None}],
    ["ok", {"names": [1, None, ["lora_report"]], "error": None}],
    ["ok", {"names": ["lora_report"], "error": torch.ones(3)}],
    ["ok", {"names": ["lora_report"], "error": {**RAISED, "frames": [[float("inf"), "x"]]}}],
    ["ok", {"names": ["lora_report"], "error": {**RAISED, "place": [2**5000, "x"]}}],
    ["ok", {"names": ["lora_report"], "error": {**RAISED, "place": [1, "x" * 10**6], "message": "m" * 10**6}}],
    ["ok", {"names": ["lora_report"], "error": "text"}],
    ["ok", {"names": ["lora_report"]}],
    ["ok"],
    "ok",
    {"names": [], "error": None},
    None,
    torch.ones(3),
    ["compiled", b"no code at all"],
    ["compiled", "text"],
]

with judge() as sock:
    greeting = wire.encode(GREETINGS[NUMBER % len(GREETINGS)])
    sock.sendall(struct.pack(">I", len(greeting)) + greeting)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    return {}
