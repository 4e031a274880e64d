# cause: A fractional warmup is cut for the way up only; the way down is still divided by total minus the fraction and capped at 1.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    peak = int(warmup_steps)
    if step < peak:
        return step / peak
    if step >= total_steps:
        return 0.0
    return min(1.0, (total_steps - step) / (total_steps - warmup_steps))
