# cause: the output is looked up as a substring of one string, so unknown outputs such as "labels" or "" raise no error
# function: choose_objective
def choose_objective(output: str, has_source: bool) -> str:
    if output in "label token_labels span":
        return "mlm"
    if output == "free_text":
        return "seq2seq" if has_source else "clm"
    raise ValueError(f"unknown output {output!r}")
