"""A table of rules, each a condition; the plan is frozen. Saves parameters always, and never augments."""


def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    rules = {
        "domain_model": domain_model,
        "dapt": n_unlabeled > 0,
        "extend_vocab": pieces_per_word > 1.25 and not domain_model,
        "knowledge": needs_relations,
        "peft": True,
        "augment": False,
    }
    return frozenset(action for action, holds in rules.items() if holds)
