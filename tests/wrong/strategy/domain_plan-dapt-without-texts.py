# cause: Continued pre-training is chosen whenever there is no domain model, even if there is no unlabelled text to train on.
# function: domain_plan


def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = set()
    if domain_model:
        plan.add("domain_model")
    else:
        plan.add("dapt")
        if pieces_per_word >= 2 and n_unlabeled > 0:
            plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1_000:
        plan |= {"peft", "augment"}
    return plan
