# cause: Rounds the ratios to four places for a nice table.
# function: lora_report

import numpy as np


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    s = np.array(shapes, dtype=np.int64)
    lora = int(s.sum()) * r * n_layers
    full = int(s.prod(axis=1).sum()) * n_layers
    rep = {"lora_params": lora, "trainable": lora + head_params}
    rep["kept_ratio"] = round(lora / full, 4)
    rep["reduction"] = round(1 - lora / full, 4)
    if base_params is not None:
        rep["trainable_ratio"] = round((lora + head_params) / (base_params + lora), 4)
    return rep
