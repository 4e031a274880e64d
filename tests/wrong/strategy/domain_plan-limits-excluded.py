# cause: "10,000 texts or more" and "2 pieces or more" are written with >, so the limits themselves do not count; and: augmentation is still chosen at exactly 5,000 labelled examples.
# function: domain_plan


def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    conditions = {
        "domain_model": domain_model,
        "dapt": not domain_model and n_unlabeled > 10_000,
        "extend_vocab": not domain_model and pieces_per_word > 2.0 and n_unlabeled > 0,
        "knowledge": needs_relations,
        "peft": n_labeled < 1_000,
        "augment": n_labeled <= 5_000,
    }
    return {action for action, wanted in conditions.items() if wanted}
