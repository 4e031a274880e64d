# cause: Extends the vocabulary as soon as words are split at all (more than 1 piece per word), also where at most 1.25 pieces per word rule it out
# function: domain_plan
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = []
    if domain_model:
        plan.append("domain_model")
    if n_unlabeled >= 10_000 and not domain_model:
        plan.append("dapt")
    if pieces_per_word > 1 and n_unlabeled > 0 and not domain_model:
        plan.append("extend_vocab")
    if needs_relations:
        plan.append("knowledge")
    if n_labeled < 1_000:
        plan.append("peft")
    return set(plan)
