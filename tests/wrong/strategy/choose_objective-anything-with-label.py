# cause: Looks for "label" inside the word instead of comparing it, so unknown outputs such as "labels" or "no_label" pass without an error.
# function: choose_objective


def choose_objective(output: str, has_source: bool) -> str:
    """Choose the pre-training objective for a task, by its output and not by its name."""
    if "label" in output or output == "span":
        return "mlm"
    if output == "free_text":
        return "seq2seq" if has_source else "clm"
    raise ValueError(f"unknown output: {output!r}")
