"""domain_plan: begins with all six actions and takes away only what is ruled out."""


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    ruled_out = {
        "domain_model": not domain_model,
        "dapt": n_unlabeled <= 0,
        "extend_vocab": pieces_per_word <= 1.25,
        "knowledge": not needs_relations,
        "peft": False,
        "augment": n_labeled >= 5_000,
    }
    return frozenset(ruled_out).difference(action for action, out in ruled_out.items() if out)
