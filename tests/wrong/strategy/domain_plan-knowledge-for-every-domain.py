# cause: Always brings in a knowledge graph for a new domain and ignores needs_relations
# function: domain_plan
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = {"knowledge"}
    if domain_model:
        plan.add("domain_model")
    else:
        if n_unlabeled >= 10000:
            plan.add("dapt")
        if n_unlabeled and pieces_per_word >= 2:
            plan.add("extend_vocab")
    if n_labeled < 1000:
        plan.add("augment")
        plan.add("peft")
    return plan
