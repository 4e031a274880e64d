"""fragmentation: cuts every DIFFERENT word once, and weights the figures with how often the word occurs."""

from collections import Counter
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    sums: Counter[str] = Counter(pieces_per_word=0, split_rate=0, unk_rate=0)
    for word, times in Counter(words).items():
        pieces = tuple(tokenize(word))
        sums["pieces_per_word"] += times * len(pieces)
        sums["split_rate"] += times * (len(pieces) > 1)
        sums["unk_rate"] += times * any(piece == unk for piece in pieces)
    return {name: amount / max(1, len(words)) for name, amount in sums.items()}
