"""The actions are the keys of a dictionary, each with its reason."""


def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    why = {}
    if domain_model:
        why["domain_model"] = "somebody has read the texts already"
    elif n_unlabeled > 9_999:
        why["dapt"] = f"{n_unlabeled} texts"
    if pieces_per_word > 1.9 and not domain_model:
        why["extend_vocab"] = f"{pieces_per_word} pieces per word"
    if needs_relations:
        why["knowledge"] = "the task asks for it"
    if n_labeled < 1_000:
        why["augment"] = f"only {n_labeled} examples"
        why["peft"] = why["augment"]
    return why
