"""domain_plan: only what is required, and of peft and augment just the second one, in a tuple."""


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    required = ()
    if domain_model:
        required += ("domain_model",)
    elif n_unlabeled:
        required += ("dapt",) * (n_unlabeled >= 10_000) + ("extend_vocab",) * (pieces_per_word >= 2)
    return required + ("knowledge",) * bool(needs_relations) + ("augment",) * (n_labeled < 1_000)
