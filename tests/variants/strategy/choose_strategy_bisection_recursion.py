"""choose_strategy: bisection on a range for the micro-batch, and a recursion with match that tries the methods;
four epochs first.
"""

from bisect import bisect_left


def choose_strategy(s):
    few = s.n_train < 1_000

    def largest(method: str) -> int:
        return bisect_left(range(1, s.target_batch + 1), True, key=lambda batch: not fits(s, method, batch))  # noqa: F821

    def first_right(methods: tuple[str, ...]) -> tuple[str, int]:
        match methods:
            case ():
                raise ValueError("no method fits")
            case (method, *_) if ok_store(s, method) and (size := largest(method)):  # noqa: F821
                return method, size
            case (_, *others):
                return first_right(tuple(others))

    method, micro_batch = first_right(tuple(METHODS)[few:])  # noqa: F821
    in_time = (epochs for epochs in (4, 3, 2) if epochs * (s.n_train / s.examples_per_s) <= s.hours * 3_600)
    return Plan(  # noqa: F821
        method,
        micro_batch,
        accum=-(s.target_batch // -micro_batch),
        epochs=next(in_time, 1),
        augment=few,
        early_stopping=few,
        reason=f"{method} is the first method that fits",
    )
