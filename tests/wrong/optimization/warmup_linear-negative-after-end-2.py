# cause: Does not cut the line off at 0, so the factor is negative after total_steps.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = round(warmup_steps)
    if step < warmup_steps:
        return float(step) / float(max(1, warmup_steps))
    return float(total_steps - step) / float(max(1, total_steps - warmup_steps))
