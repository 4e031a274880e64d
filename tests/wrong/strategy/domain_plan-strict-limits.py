# cause: Reads "10,000 or more" and "2 or more" as strictly more, so nothing is done exactly at the limits
# function: domain_plan
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    return {
        name
        for name, wanted in {
            "domain_model": domain_model,
            "dapt": n_unlabeled > 10_000 and not domain_model,
            "extend_vocab": pieces_per_word > 2 and n_unlabeled > 0 and not domain_model,
            "knowledge": needs_relations,
            "peft": n_labeled < 1_000,
            "augment": n_labeled < 1_000,
        }.items()
        if wanted
    }
