# cause: Takes the way down as 1 - step / total_steps, which does not begin at 1, so there is a jump after the warmup.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = int(warmup_steps)
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, 1.0 - step / total_steps)
