"""lora_report in torch arithmetic, on a float64 tensor of shapes; the results are taken out with item()."""

import torch


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    d, k = torch.tensor(shapes, dtype=torch.float64).unbind(1)
    factors, originals = n_layers * r * (d + k).sum(), n_layers * torch.dot(d, k)
    report = {
        "lora_params": int(factors.item()),
        "trainable": int(factors.item()) + head_params,
        "kept_ratio": (factors / originals).item(),
        "reduction": (1 - factors / originals).item(),
    }
    if base_params is not None:
        report["trainable_ratio"] = ((factors + head_params) / (factors + base_params)).item()
    return report
