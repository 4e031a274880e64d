# cause: Limits the step to total_steps, so with nothing but warmup the multiplier stays at 1 after the end
# function: warmup_cosine
import numpy as np
from transformers.optimization import _get_cosine_schedule_with_warmup_lr_lambda


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    multiplier = _get_cosine_schedule_with_warmup_lr_lambda(
        min(step, total_steps), num_warmup_steps=warmup_steps, num_training_steps=total_steps, num_cycles=0.5
    )
    return multiplier if step < warmup_steps else float(np.interp(multiplier, [0, 1], [floor, 1]))
