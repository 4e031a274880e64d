# cause: Takes a span for an answer that is written, so it asks for a generating model
# function: choose_objective
def choose_objective(output: str, has_source: bool) -> str:
    if output in ("label", "token_labels"):
        return "mlm"
    elif output in ("span", "free_text"):
        return "seq2seq" if has_source else "clm"
    else:
        raise ValueError(f"unknown output: {output}")
