"""recommend_hparams: rounds the accumulation down (a step may be a little smaller than the target), and goes to
the ends of all ranges.
"""

from collections import OrderedDict
from functools import partial


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    make = {
        "full": partial(OrderedDict, lr=5e-5, epochs=2),
        "lora": partial(OrderedDict, lr=3e-4, epochs=5),
        "head": partial(OrderedDict, lr=1e-3, epochs=5),
    }[method]
    settings = make(weight_decay=0.1, decay_exclude=("Norm.", "bias"))
    micro_batch, accum = per_step_batch, 1
    if micro_batch > target_batch:
        micro_batch = target_batch
    else:
        accum = target_batch // micro_batch
    steps = settings["epochs"] * max(1, -(-n_train // (micro_batch * accum)))
    settings.update(micro_batch=micro_batch, accum=accum, total_steps=steps, warmup_steps=round(steps / 10))
    return settings
