# cause: Leaves out words without a letter or digit (',' or '%'), so they count neither above nor below the line.
# function: fragmentation
from __future__ import annotations
from collections.abc import Callable


def _is_word(word: str) -> bool:
    """Whether a token is an actual word, as opposed to punctuation or other noise."""
    return any(character.isalnum() for character in word)


def _ratio(count: float, total: int) -> float:
    """Safe division."""
    return count / total if total else 0.0


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    """Measure how badly a vocabulary fits the words of a domain."""
    pieces = [list(tokenize(word)) for word in words if _is_word(word)]
    total = len(pieces)
    return {
        "pieces_per_word": _ratio(sum(len(parts) for parts in pieces), total),
        "split_rate": _ratio(sum(len(parts) > 1 for parts in pieces), total),
        "unk_rate": _ratio(sum(unk in parts for parts in pieces), total),
    }
