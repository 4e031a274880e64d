# cause: new rows are asked for only with the 10,000 texts that dapt needs, although some text is enough
# function: domain_plan


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    actions = set()
    if domain_model:
        actions.add("domain_model")
    elif n_unlabeled >= 10_000:
        actions.add("dapt")
        if pieces_per_word >= 2:
            actions.add("extend_vocab")
    if needs_relations:
        actions.add("knowledge")
    if n_labeled < 1_000:
        actions.update({"peft", "augment"})
    return actions
