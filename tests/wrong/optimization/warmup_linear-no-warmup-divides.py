# cause: Divides by warmup_steps without thinking of 0, so a schedule without warmup raises.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = int(warmup_steps)
    up = step / warmup_steps
    down = (total_steps - step) / max(1, total_steps - warmup_steps)
    return max(0.0, min(1.0, up, down))
