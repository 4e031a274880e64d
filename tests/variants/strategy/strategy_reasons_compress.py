"""strategy_reasons: a table of lazily asked questions, filtered by compress; the names come back in a list, in
reverse order.
"""

from collections.abc import Callable
from itertools import compress


def strategy_reasons(s):
    questions: dict[str, Callable[[], bool]] = {
        "many_tasks": lambda: s.n_tasks >= 5,
        "data_rich": lambda: s.n_train >= 5_000,
        "overfitting": lambda: s.n_train < 1_000,
        "storage": lambda: not ok_store(s, "full"),  # noqa: F821
        "memory": lambda: not fits(s, "full", 1),  # noqa: F821
    }
    return list(compress(questions, (ask() for ask in questions.values())))
