# cause: An I token after a gap of more than one character starts a new entity although the token directly before it has its type.
# function: aggregate_simple
from typing import Any
from dataclasses import dataclass
from dataclasses import field


def _require(condition: bool, message: str) -> None:
    """Fail early and with a message."""
    if not condition:
        raise ValueError(message)


@dataclass
class _Span:
    """An entity that is being built."""

    kind: str
    start: int
    end: int
    scores: list[float] = field(default_factory=list)

    def to_dict(self, text: str) -> dict[str, Any]:
        """Return the public form."""
        return {
            "entity_group": self.kind,
            "score": sum(self.scores) / len(self.scores),
            "word": text[self.start : self.end],
            "start": self.start,
            "end": self.end,
        }


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    spans: list[_Span] = []
    current: _Span | None = None
    for token in tokens:
        if token["entity"] == "O":
            current = None
            continue
        prefix, _, kind = token["entity"].partition("-")
        _require(prefix in ("B", "I"), f"unknown tag {token['entity']!r}")
        # a token continues a span only if nothing but a single space can lie between them
        adjacent = current is not None and token["start"] - current.end <= 1
        if prefix == "B" or current is None or current.kind != kind or not adjacent:
            current = _Span(kind=kind, start=token["start"], end=token["end"])
            spans.append(current)
        current.end = token["end"]
        current.scores.append(float(token["score"]))
    return [span.to_dict(text) for span in spans]
