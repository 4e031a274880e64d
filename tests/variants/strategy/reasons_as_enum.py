"""Strings of another class, twice the same one too."""

import enum


class Reason(str, enum.Enum):
    """The five reasons."""

    MEMORY = "memory"
    STORAGE = "storage"
    OVERFITTING = "overfitting"
    DATA_RICH = "data_rich"
    MANY_TASKS = "many_tasks"


def strategy_reasons(s):
    checks = [
        (Reason.MEMORY, mem(s, "full", 1) > USABLE * s.gpu_gib * 2**30),  # noqa: F821
        (Reason.STORAGE, not ok_store(s, "full")),  # noqa: F821
        (Reason.OVERFITTING, s.n_train < 1_000),
        (Reason.DATA_RICH, s.n_train >= 5_000),
        (Reason.MANY_TASKS, s.n_tasks >= 5),
        (Reason.MANY_TASKS, s.n_tasks >= 10),
    ]
    return tuple(reason.value for reason, holds in checks if holds)
