# cause: Matches the pattern at the beginning only, so a longer word that begins with a known one raises no error
# function: choose_objective
import re
from collections.abc import Callable

_OBJECTIVES: tuple[tuple[re.Pattern[str], Callable[[bool], str]], ...] = (
    (re.compile("label|token_labels|span"), lambda has_source: "mlm"),
    (re.compile("free_text"), lambda has_source: "seq2seq" if has_source else "clm"),
)


def choose_objective(output: str, has_source: bool) -> str:
    for pattern, objective in _OBJECTIVES:
        if pattern.match(output):
            return objective(has_source)
    raise ValueError(f"no objective for the output {output!r}")
