"""lora_report on a numpy array of shapes; the numbers are numpy's, np.int64 and np.float64."""

import numpy as np


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    sides = np.asarray(shapes, dtype=np.int64)
    lora_params = n_layers * r * sides.sum()
    kept = lora_params / (n_layers * sides.prod(axis=1).sum())
    report = dict(lora_params=lora_params, trainable=lora_params + head_params, kept_ratio=kept, reduction=1 - kept)
    if base_params is not None:
        report["trainable_ratio"] = (lora_params + head_params) / (base_params + lora_params)
    return report
