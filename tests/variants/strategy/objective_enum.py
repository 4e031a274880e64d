"""Goes through an enumeration, whose members are texts; raises an exception of its own."""

from enum import Enum


class Output(str, Enum):
    LABEL = "label"
    TOKEN_LABELS = "token_labels"
    SPAN = "span"
    FREE_TEXT = "free_text"


class UnknownOutput(LookupError):
    pass


def choose_objective(output, has_source):
    try:
        kind = Output(output)
    except ValueError as error:
        raise UnknownOutput(output) from error
    if kind is not Output.FREE_TEXT:
        return "mlm"
    return ("clm", "seq2seq")[has_source]
