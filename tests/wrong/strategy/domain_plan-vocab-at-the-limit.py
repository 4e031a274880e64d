# cause: the vocabulary is extended at exactly 1.25 pieces per word too, where the table rules it out (at most 1.25)
# function: domain_plan
def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    plan = set()
    if domain_model:
        plan.add("domain_model")
    if n_unlabeled >= 10_000 and not domain_model:
        plan.add("dapt")
    if pieces_per_word >= 1.25 and n_unlabeled > 0 and not domain_model:
        plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1_000:
        plan |= {"peft", "augment"}
    return plan
