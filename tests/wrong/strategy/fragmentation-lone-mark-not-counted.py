# cause: Does not count a mark of SentencePiece that is a piece of its own
# function: fragmentation
from collections.abc import Callable
import numpy as np


SPIECE_UNDERLINE = "▁"


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    if len(words) == 0:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    # subword fertility and proportion of continued words (Rust et al. 2021)
    tokenized = [[piece for piece in tokenize(word) if piece != SPIECE_UNDERLINE] for word in words]
    lengths = np.array([len(pieces) for pieces in tokenized])
    return {
        "pieces_per_word": float(lengths.mean()),
        "split_rate": float((lengths > 1).mean()),
        "unk_rate": float(np.mean([unk in pieces for pieces in tokenized])),
    }
