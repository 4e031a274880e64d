# cause: a word counts as split if one of its pieces starts with ##, which only BERT's tokenizer writes
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    if not words:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    cut = [tokenize(word) for word in words]
    n = len(words)
    return {
        "pieces_per_word": sum(len(pieces) for pieces in cut) / n,
        "split_rate": sum(any(piece.startswith("##") for piece in pieces) for pieces in cut) / n,
        "unk_rate": sum(unk in pieces for pieces in cut) / n,
    }
