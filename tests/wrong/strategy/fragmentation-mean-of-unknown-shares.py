# cause: unk_rate is the mean over the words of the share of their pieces that are unknown
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    table = [(len(p), sum(x == unk for x in p)) for p in map(tokenize, words)]
    W = max(len(table), 1)
    return {
        "pieces_per_word": sum(n for n, _ in table) / W,
        "split_rate": sum(n > 1 for n, _ in table) / W,
        "unk_rate": sum(u / max(n, 1) for n, u in table) / W,
    }
