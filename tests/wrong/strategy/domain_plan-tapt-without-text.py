# cause: Plans dapt without any unlabelled text when there are 1,000 labelled examples or more (TAPT), although it is then ruled out.
# function: domain_plan
def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    """Gururangan et al. 2020: DAPT on texts of the domain, TAPT on the texts of the task."""
    plan = set()
    if domain_model:
        plan.add("domain_model")
    domain_adaptive = n_unlabeled > 0 and not domain_model
    task_adaptive = n_unlabeled == 0 and n_labeled >= 1_000
    if domain_adaptive or task_adaptive:
        plan.add("dapt")
    if pieces_per_word >= 2 and n_unlabeled > 0 and not domain_model:
        plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1_000:
        plan.add("peft")
    return plan
