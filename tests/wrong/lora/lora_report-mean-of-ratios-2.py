# cause: Averages the ratios of the single matrices instead of dividing the totals.
# function: lora_report

import statistics


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    counts = [(d + k) * r for d, k in shapes]
    lora_params = sum(counts) * n_layers
    ratios = [c / (d * k) for c, (d, k) in zip(counts, shapes)]
    kept_ratio = statistics.fmean(ratios)
    report = {"lora_params": lora_params}
    report["trainable"] = lora_params + head_params
    report["kept_ratio"] = kept_ratio
    report["reduction"] = 1.0 - kept_ratio
    if base_params is not None:
        report["trainable_ratio"] = report["trainable"] / (base_params + lora_params)
    return report
