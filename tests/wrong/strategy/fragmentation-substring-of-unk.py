# cause: a piece that is a substring of unk counts as unknown
# function: fragmentation
from collections.abc import Callable, Collection, Iterable


def fragmentation(
    words: Iterable[str], tokenize: Callable[[str], list[str]], unk: str | Collection[str] = "[UNK]"
) -> dict[str, float]:
    cut = [list(tokenize(word)) for word in words]
    n = len(cut) or 1
    return {
        "pieces_per_word": sum(map(len, cut)) / n,
        "split_rate": sum((len(pieces) > 1 for pieces in cut)) / n,
        "unk_rate": sum((any((piece in unk for piece in pieces)) for pieces in cut)) / n,
    }
