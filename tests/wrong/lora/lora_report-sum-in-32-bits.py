# cause: the sum of d * k is computed in int32 and overflows for large models, so kept_ratio and reduction are wrong
# function: lora_report
import numpy as np


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    # one dot product instead of a loop
    d, k = np.asarray(shapes, dtype=np.int32).T
    lora = n_layers * r * int((d + k).sum())
    full = n_layers * (d @ k)
    kept = float(lora / full)
    report = {"lora_params": lora, "trainable": lora + head_params, "kept_ratio": kept, "reduction": 1 - kept}
    if base_params is not None:
        report["trainable_ratio"] = (lora + head_params) / (base_params + lora)
    return report
