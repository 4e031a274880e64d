"""warmup_cosine: half a cosine as the square of the real part of a complex power (half-angle formula), with a
table of phases.
"""

from bisect import bisect_right


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    def rise() -> float:
        return step / warmup_steps

    def fall() -> float:
        way = (step - warmup_steps) / (total_steps - warmup_steps)
        return floor + (1 - floor) * (1j**way).real ** 2

    def rest() -> float:
        return float(floor)

    return (rise, fall, rest)[bisect_right((warmup_steps, total_steps), step)]()
