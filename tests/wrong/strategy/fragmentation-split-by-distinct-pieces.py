# cause: split_rate counts words with more than one different piece, so a word of equal pieces is not counted
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    cut, n = [*map(tokenize, words)], len(words) or 1
    return {
        "pieces_per_word": sum(map(len, cut)) / n,
        "split_rate": sum(len({*p}) > 1 for p in cut) / n,
        "unk_rate": sum(unk in p for p in cut) / n,
    }
