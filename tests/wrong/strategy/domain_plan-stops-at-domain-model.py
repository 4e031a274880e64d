# cause: Returns as soon as there is a domain model, so the relations and the few labelled examples are never asked about
# function: domain_plan
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    if domain_model:
        return {"domain_model"}
    actions = set()
    if n_unlabeled >= 10_000:
        actions.add("dapt")
    if pieces_per_word >= 2 and n_unlabeled > 0:
        actions.add("extend_vocab")
    if needs_relations:
        actions.add("knowledge")
    if n_labeled < 1000:
        actions |= {"peft", "augment"}
    return actions
