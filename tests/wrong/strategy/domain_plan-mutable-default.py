# cause: Mutable default argument: the actions of earlier calls are still in the plan.
# function: domain_plan
def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
    plan: set[str] = set(),
) -> set[str]:
    if domain_model:
        plan.add("domain_model")
    elif n_unlabeled >= 10_000:
        plan.add("dapt")
    if pieces_per_word >= 2 and not domain_model and n_unlabeled:
        plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1000:
        plan.add("peft")
        plan.add("augment")
    return plan
