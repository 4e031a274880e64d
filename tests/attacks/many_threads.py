"""Starts threads with tiny stacks until it may not start any more; a thousand at most."""

import threading
import time


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    threading.stack_size(32 * 1024)
    started = 0
    try:
        for _ in range(1000):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            started += 1
    except RuntimeError as error:
        print(error)
    print(started)
    return {}
