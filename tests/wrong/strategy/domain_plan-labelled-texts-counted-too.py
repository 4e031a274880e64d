# cause: Counts the labelled examples as unlabelled texts, so it plans dapt with 10,000 labelled examples and no unlabelled text.
# function: domain_plan
from __future__ import annotations


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    """Choose what to do about a domain that pre-training has not seen."""
    actions: set[str] = set()

    # Labelled examples are texts of the domain, too: without their labels, they extend the corpus
    corpus = n_unlabeled + n_labeled

    if domain_model:
        actions.add("domain_model")
    else:
        if corpus >= 10_000:
            actions.add("dapt")
        if pieces_per_word >= 2 and corpus > 0:
            actions.add("extend_vocab")

    if needs_relations:
        actions.add("knowledge")

    if n_labeled < 1_000:
        actions.update({"peft", "augment"})

    return actions
