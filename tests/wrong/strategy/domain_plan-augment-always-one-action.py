# cause: Makes more examples however many there are, since more data never hurts; and: chains the first questions with elif, so the vocabulary is not extended where dapt is called for
# function: domain_plan
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = {"augment"}
    if domain_model:
        plan.add("domain_model")
    elif n_unlabeled >= 10_000:
        plan.add("dapt")
    elif pieces_per_word >= 2 and n_unlabeled > 0:
        plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1_000:
        plan.add("peft")
    return plan
