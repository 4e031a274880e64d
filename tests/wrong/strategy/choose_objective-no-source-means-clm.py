# cause: Everything gets clm if there is no source, even labels and spans
# function: choose_objective
def choose_objective(output: str, has_source: bool) -> str:
    if output not in ("label", "token_labels", "span", "free_text"):
        raise ValueError("unknown output: " + output)
    if not has_source:
        return "clm"
    if output == "free_text":
        return "seq2seq"
    return "mlm"
