# cause: A word for which the tokenizer returns no pieces counts as one unknown piece
# function: fragmentation
from __future__ import annotations
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    if not words:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}

    # Some tokenizers return None or an empty list for a word that they cannot handle.
    cut = [list(tokenize(word) or [unk]) for word in words]

    number = len(cut)
    return {
        "pieces_per_word": sum(len(pieces) for pieces in cut) / number,
        "split_rate": sum(len(pieces) > 1 for pieces in cut) / number,
        "unk_rate": sum(unk in pieces for pieces in cut) / number,
    }
