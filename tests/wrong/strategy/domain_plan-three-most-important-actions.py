# cause: Cuts the plan to the three most important actions, so that peft and augment may be lost
# function: domain_plan
from __future__ import annotations


def _require_non_negative(**values: float) -> None:
    """Raise a ValueError that names the first negative argument."""
    for name, value in values.items():
        if value < 0:
            raise ValueError(f"{name} must not be negative, got {value!r}")


_PRIORITY = ("domain_model", "dapt", "extend_vocab", "knowledge", "peft", "augment")


_MAX_ACTIONS = 3


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    _require_non_negative(pieces_per_word=pieces_per_word, n_unlabeled=n_unlabeled, n_labeled=n_labeled)

    called_for = {
        "domain_model": bool(domain_model),
        "dapt": n_unlabeled >= 10_000 and not domain_model,
        "extend_vocab": pieces_per_word >= 2.0 and not domain_model and n_unlabeled > 0,
        "knowledge": bool(needs_relations),
        "peft": n_labeled < 1_000,
        "augment": n_labeled < 1_000,
    }
    actions = [action for action in _PRIORITY if called_for[action]]

    # Whoever does everything at once never learns what helped: keep the most important ones.
    return set(actions[:_MAX_ACTIONS])
