# cause: follows BERT's WordPiece, where an unknown word is one single [UNK]; other tokenizers return an unknown piece among known ones
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    cut = [list(tokenize(word)) for word in words]
    n = max(len(cut), 1)
    return {
        "pieces_per_word": sum(map(len, cut)) / n,
        "split_rate": sum(len(pieces) > 1 for pieces in cut) / n,
        "unk_rate": sum(pieces == [unk] for pieces in cut) / n,
    }
