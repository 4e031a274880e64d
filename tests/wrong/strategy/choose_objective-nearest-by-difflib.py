# cause: Takes an unknown output for the known one that it resembles, instead of raising an error
# function: choose_objective
import difflib

OBJECTIVES = {
    "label": ("mlm", "mlm"),
    "token_labels": ("mlm", "mlm"),
    "span": ("mlm", "mlm"),
    "free_text": ("clm", "seq2seq"),
}


def choose_objective(output: str, has_source: bool) -> str:
    found = difflib.get_close_matches(output, OBJECTIVES, n=1)
    if not found:
        raise ValueError(f"unknown output {output!r}, known are {', '.join(OBJECTIVES)}")
    return OBJECTIVES[found[0]][bool(has_source)]
