# cause: Accepts other names such as 'classification', 'ner', 'qa' or 'summary' instead of raising an error for an unknown output.
# function: choose_objective
from __future__ import annotations


_OUTPUT_ALIASES = {
    "classification": "label",
    "labels": "label",
    "tags": "token_labels",
    "ner": "token_labels",
    "qa": "span",
    "text": "free_text",
    "generation": "free_text",
    "summary": "free_text",
}


def choose_objective(output: str, has_source: bool) -> str:
    """Choose the pre-training objective for a task by the task's output."""
    kind = _OUTPUT_ALIASES.get(output, output)

    if kind in {"label", "token_labels", "span"}:
        return "mlm"
    if kind == "free_text":
        return "seq2seq" if has_source else "clm"
    raise ValueError(f"Unknown output type: {output!r}")
