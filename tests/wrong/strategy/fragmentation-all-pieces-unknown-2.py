# cause: a word counts as unknown only if all its pieces are unknown, which is also true without pieces
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    cut = [tokenize(word) for word in words]
    total = max(len(cut), 1)
    return {
        "pieces_per_word": sum((len(pieces) for pieces in cut)) / total,
        "split_rate": sum((len(pieces) > 1 for pieces in cut)) / total,
        "unk_rate": sum((all((piece == unk for piece in pieces)) for pieces in cut)) / total,
    }
