# cause: Divides by total_steps - warmup_steps without thinking of 0, so a schedule that is all warmup raises at its end.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    peak = int(warmup_steps)
    if step < peak:
        return step / peak
    remaining = (total_steps - step) / (total_steps - peak)
    return remaining if remaining > 0 else 0.0
