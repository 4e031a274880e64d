# cause: Asks for the source first and answers seq2seq for every task with a source, also for labels and spans
# function: choose_objective
def choose_objective(output, has_source):
    if output not in ("label", "token_labels", "span", "free_text"):
        raise ValueError(output)
    if has_source:
        return "seq2seq"
    return "clm" if output == "free_text" else "mlm"
