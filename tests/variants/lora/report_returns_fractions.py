"""lora_report returns exact Fraction objects; the key that has no value is there, and None."""

from fractions import Fraction


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    kept = Fraction(sum(r * (d + k) for d, k in shapes), sum(d * k for d, k in shapes))
    lora_params = n_layers * kept * sum(d * k for d, k in shapes)
    trainable = lora_params + head_params
    return {
        "lora_params": int(lora_params),
        "trainable": int(trainable),
        "kept_ratio": kept,
        "reduction": 1 - kept,
        "trainable_ratio": None if base_params is None else trainable / (base_params + lora_params),
    }
