# cause: An unknown word with which exactly one output begins is accepted, as by match.arg of R
# function: choose_objective
import numpy as np


OUTPUTS = ["label", "token_labels", "span", "free_text"]


def match_arg(arg: str, choices: list[str]) -> str:
    hits = [arg] if arg in choices else [c for c in choices if c.startswith(arg)]
    if len(hits) != 1:
        raise ValueError(f"'arg' should be one of {choices}, not {arg!r}")
    return hits[0]


def choose_objective(output: str, has_source: bool) -> str:
    kind = match_arg(output, OUTPUTS)
    table = np.array([["mlm", "mlm"], ["mlm", "mlm"], ["mlm", "mlm"], ["clm", "seq2seq"]])
    return str(table[OUTPUTS.index(kind), int(bool(has_source))])
