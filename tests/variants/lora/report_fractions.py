"""lora_report in exact fractions, turned into floats at the very end; the keys are filled in another order."""

from fractions import Fraction


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    kept = Fraction(sum(r * (d + k) for d, k in shapes), sum(d * k for d, k in shapes))
    lora_params = n_layers * kept * sum(d * k for d, k in shapes)
    report = {"reduction": float(1 - kept), "kept_ratio": float(kept)}
    if base_params is not None:
        report["trainable_ratio"] = float(Fraction(lora_params + head_params, base_params + lora_params))
    return report | {"trainable": int(lora_params + head_params), "lora_params": int(lora_params)}
