# cause: a fractional number of warmup steps is not made whole, so no step has the full rate
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    if step < warmup_steps:
        return step / max(1.0, warmup_steps)
    return max(0.0, (total_steps - step) / max(1.0, total_steps - warmup_steps))
