# cause: A fractional warmup is truncated only for the comparison and the decay, while the rising line is still divided by the fraction (21/22.5 instead of 21/22), so the rise is not a straight line to 1 at the whole step.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    peak = int(warmup_steps)
    if step < peak:
        return step / warmup_steps
    if step >= total_steps:
        return 0.0
    return (total_steps - step) / (total_steps - peak)
