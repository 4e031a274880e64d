"""Stops its own process with SIGSTOP: it neither answers nor ends."""

import os
import signal


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    os.kill(os.getpid(), signal.SIGSTOP)
    return {}
