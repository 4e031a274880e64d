"""choose_objective: an Enum knows the outputs, and refuses unknown ones by itself; the decoder alone writes text
with a source, too.
"""

from enum import Enum


class Output(Enum):
    LABEL = "label"
    TOKEN_LABELS = "token_labels"
    SPAN = "span"
    FREE_TEXT = "free_text"

    @property
    def objective(self) -> str:
        return "clm" if self is Output.FREE_TEXT else "mlm"


def choose_objective(output: str, has_source: bool) -> str:
    return Output(output).objective
