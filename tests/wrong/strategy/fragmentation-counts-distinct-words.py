# cause: Repeated words are removed before counting, so every distinct word counts once, however often it occurs.
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    """Measure how badly a vocabulary fits the words of a domain."""
    pieces = {word: tokenize(word) for word in words}
    n = len(pieces)
    if n == 0:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    return {
        "pieces_per_word": sum(len(parts) for parts in pieces.values()) / n,
        "split_rate": sum(len(parts) > 1 for parts in pieces.values()) / n,
        "unk_rate": sum(unk in parts for parts in pieces.values()) / n,
    }
