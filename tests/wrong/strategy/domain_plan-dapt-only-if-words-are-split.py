# cause: Continued pre-training is made to depend on a bad vocabulary, though 10,000 texts without a domain model require it whatever the words look like.
# function: domain_plan


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    """Choose what to do about a domain that pre-training has not seen."""
    plan = set()
    if domain_model:
        plan.add("domain_model")
    elif pieces_per_word >= 2:  # the vocabulary does not fit
        if n_unlabeled >= 10_000:
            plan.add("dapt")
        if n_unlabeled > 0:
            plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1_000:
        plan |= {"peft", "augment"}
    return plan
