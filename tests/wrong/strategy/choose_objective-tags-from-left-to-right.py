# cause: Believes that labels for tokens come out one after the other from left to right, so a causal model is right for them
# function: choose_objective
def choose_objective(output, has_source):
    table = {
        "label": "mlm",
        "token_labels": "clm",
        "span": "mlm",
        "free_text": "seq2seq" if has_source else "clm",
    }
    if output not in table:
        raise ValueError("output must be one of " + ", ".join(table))
    return table[output]
