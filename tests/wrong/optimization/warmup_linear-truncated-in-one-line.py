# cause: A fractional warmup_steps is truncated in the first line but not in the second, so the multiplier is above 1 at the peak.
# function: warmup_linear
def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup = int(warmup_steps)
    if step < warmup:
        return step / warmup
    if step >= total_steps:
        return 0.0
    return (total_steps - step) / (total_steps - warmup_steps)
