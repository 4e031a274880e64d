# cause: It looks at the source first and takes everything with a source for seq2seq, also a label, tags or a span.
# function: choose_objective


def choose_objective(output, has_source):
    if output not in ("label", "token_labels", "span", "free_text"):
        raise ValueError(output)
    if has_source:
        return "seq2seq"
    return "clm" if output == "free_text" else "mlm"
