# cause: ("free_text") without a comma is a string, so every substring of it passes as known
# function: choose_objective
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Outputs that are produced in the same way."""

    outputs: Sequence[str]
    objective: Callable[[bool], str]


FAMILIES = (
    Family(outputs=("label", "token_labels", "span"), objective=lambda has_source: "mlm"),
    Family(outputs=("free_text"), objective=lambda has_source: "seq2seq" if has_source else "clm"),
)


def choose_objective(output: str, has_source: bool) -> str:
    for family in FAMILIES:
        if output in family.outputs:
            return family.objective(has_source)
    raise ValueError(f"unknown output: {output!r}")
