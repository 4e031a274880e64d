# cause: Stays at 1 after the warmup (the constant schedule with warmup) and only drops to 0 at the end.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = int(warmup_steps)
    if step >= total_steps and total_steps > warmup_steps:
        return 0.0
    if step > total_steps:
        return 0.0
    return min(1.0, step / max(1, warmup_steps)) if warmup_steps else 1.0
