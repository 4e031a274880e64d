"""lora_report without arithmetic of its own: the layers are built on the meta device, and their parameters counted."""

import torch
from torch import nn


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    def numbers(layers):
        return sum(parameter.numel() for layer in layers for parameter in layer.parameters())

    with torch.device("meta"):
        matrices = [nn.Linear(k, d, bias=False) for _ in range(n_layers) for d, k in shapes]
        factors = [
            nn.Sequential(nn.Linear(layer.in_features, r, bias=False), nn.Linear(r, layer.out_features, bias=False))
            for layer in matrices
        ]
    report = {"lora_params": numbers(factors), "trainable": numbers(factors) + head_params}
    report["kept_ratio"] = numbers(factors) / numbers(matrices)
    report["reduction"] = (numbers(matrices) - numbers(factors)) / numbers(matrices)
    if base_params is not None:
        report["trainable_ratio"] = report["trainable"] / (base_params + report["lora_params"])
    return report
