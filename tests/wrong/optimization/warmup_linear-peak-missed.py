# cause: The way up is divided by warmup_steps + 1, so the rate at warmup_steps stays below 1.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = int(warmup_steps)
    if warmup_steps > 0 and step <= warmup_steps:
        return step / (warmup_steps + 1)
    if total_steps == warmup_steps:
        return 0.0
    return max(0.0, (total_steps - step) / (total_steps - warmup_steps))
