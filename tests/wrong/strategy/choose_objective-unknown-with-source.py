# cause: an unknown output is refused only without a source; with a source it falls through to mlm
# function: choose_objective


def choose_objective(output: str, has_source: bool) -> str:
    if has_source:
        return "seq2seq" if output == "free_text" else "mlm"
    objectives = {"label": "mlm", "token_labels": "mlm", "span": "mlm", "free_text": "clm"}
    if output not in objectives:
        raise ValueError(f"unknown output: {output!r}")
    return objectives[output]
