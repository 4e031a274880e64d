"""Prints as fast as it can, to both streams and past Python's buffers, while it answers."""

import os
import sys
import threading


def flood(descriptor: int) -> None:
    block = b"all tests passed \x1b[2J\n" * 3000
    while True:
        os.write(descriptor, block)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    for _ in range(500):
        print("x" * 100_000)
        sys.stderr.write("y" * 100_000)
    for descriptor in (1, 2):
        threading.Thread(target=flood, args=(descriptor,), daemon=True).start()
    return {}
