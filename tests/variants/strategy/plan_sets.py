"""Begins with everything, and takes away what is ruled out or not worth it."""

EVERYTHING = {"domain_model", "dapt", "extend_vocab", "knowledge", "peft", "augment"}


def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    without = set()
    without |= set() if domain_model else {"domain_model"}
    without |= set() if n_unlabeled else {"dapt"}
    without |= set() if needs_relations else {"knowledge"}
    without |= {"extend_vocab"} if pieces_per_word < 2 else set()
    without |= {"augment", "peft"} if n_labeled >= 1000 else {"augment"}
    return EVERYTHING - without
