# cause: counts a word as unknown only if all of its pieces are unknown, not if at least one is
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    if not words:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    cut = [tokenize(word) for word in words]
    return {
        "pieces_per_word": sum(len(pieces) for pieces in cut) / len(cut),
        "split_rate": sum(len(pieces) > 1 for pieces in cut) / len(cut),
        "unk_rate": sum(set(pieces) == {unk} for pieces in cut) / len(cut),
    }
