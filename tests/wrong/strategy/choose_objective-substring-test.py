# cause: a subtle slip of a language model: "in" on one string instead of a collection of words, so "token", "labels" or "" count as known outputs
# function: choose_objective


def choose_objective(output: str, has_source: bool) -> str:
    if output == "free_text":
        return "seq2seq" if has_source else "clm"
    if output in "label token_labels span":
        return "mlm"
    raise ValueError(f"unknown output: {output!r}")
