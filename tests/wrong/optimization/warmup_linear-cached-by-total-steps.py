# cause: the schedule's table is cached under total_steps only
# function: warmup_linear


_RAMPS: dict[int, list[float]] = {}


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    if step >= total_steps:
        return 0.0
    ramp = _RAMPS.get(total_steps)
    if ramp is None:
        peak = int(warmup_steps)
        up = [s / peak for s in range(peak)]
        down = [(total_steps - s) / (total_steps - peak) for s in range(peak, total_steps)]
        ramp = _RAMPS[total_steps] = up + down
    return ramp[step]
