"""warmup_linear with comparisons as factors, no branch taken; without a way down the peak counts as the end."""


def warmup_linear(step, warmup_steps, total_steps):
    peak = warmup_steps // 1
    rising = (step < peak) * step / (peak or 1)
    falling = (peak <= step < total_steps) * (total_steps - step) / (total_steps - peak or 1)
    return rising + falling
