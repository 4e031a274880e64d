"""Spends for ever inside one call of C code, where no Python signal handler ever runs."""

import torch


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    row = torch.ones(3000, 3000)
    total = torch.linalg.matrix_power(row, 2**40)
    return {"lora_params": float(total.sum()) + sum(range(10**15))}
