# cause: searchsorted finds a place for any word, which is not compared with the word found there
# function: choose_objective
import numpy as np


OUTPUTS = np.array(["free_text", "label", "span", "token_labels"])


OBJECTIVES = np.array([["clm", "seq2seq"], ["mlm", "mlm"], ["mlm", "mlm"], ["mlm", "mlm"]])


def choose_objective(output: str, has_source: bool) -> str:
    row = int(np.searchsorted(OUTPUTS, output))
    if row >= len(OUTPUTS):
        raise ValueError(f"unknown output {output!r}")
    return str(OBJECTIVES[row, int(bool(has_source))])
