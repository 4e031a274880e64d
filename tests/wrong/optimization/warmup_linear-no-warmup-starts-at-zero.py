# cause: compares with <= and guards the division with max(1, warmup), so without a warmup step 0 has multiplier 0 instead of 1
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = int(warmup_steps)
    if step <= warmup_steps:
        return step / max(1, warmup_steps)
    return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))
