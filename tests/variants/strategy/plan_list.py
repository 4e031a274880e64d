"""A list, grown by appending; extends beside a domain model too, and continues pre-training on little text."""


def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    actions = []
    if domain_model:
        actions.append("domain_model")
    if pieces_per_word >= 1.5:
        actions.append("extend_vocab")
    if n_unlabeled >= 1:
        actions.append("dapt")
    if n_labeled <= 4999:
        actions.append("augment")
    if needs_relations:
        actions.append("knowledge")
    return actions
