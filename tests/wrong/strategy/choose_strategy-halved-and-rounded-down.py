# cause: The micro-batch is found by halving, but accum is target_batch // micro_batch, rounded down, so micro_batch * accum can be below a target batch that is no power of two (33: 8 * 4 = 32).
# function: choose_strategy
from functools import partial


def iterate(f, x):
    """x, f(x), f(f(x)), ..."""
    while True:
        yield x
        x = f(x)


def first(iterable, default=None):
    return next(iter(iterable), default)


def choose_strategy(s: Scenario) -> Plan:
    """Decide how to fine-tune in a given situation."""
    small = s.n_train < 1_000
    affordable = lambda method: fits(s, method, 1) and ok_store(s, method)
    in_time = lambda epochs: epochs * s.n_train / s.examples_per_s <= s.hours * 3600

    method = first(filter(affordable, METHODS[1:] if small else METHODS))
    if method is None:
        raise ValueError("no method fits")

    halves = iterate(lambda size: size // 2, s.target_batch)
    micro = first(filter(partial(fits, s, method), halves))
    return Plan(
        method=method,
        micro_batch=micro,
        accum=s.target_batch // micro,
        epochs=first(filter(in_time, (3, 2)), 1),
        augment=small,
        early_stopping=True,
        reason="first of the methods that passes every predicate",
    )
