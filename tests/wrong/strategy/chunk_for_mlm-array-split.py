# cause: Cuts the sequence into pieces of nearly equal length
# function: chunk_for_mlm
from math import ceil
import numpy as np


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    if not docs:
        return []
    row = np.concatenate([np.append(doc, sep_id) for doc in docs]).astype(int)
    room = block - 2
    pieces = np.array_split(row, ceil(len(row) / room))
    if 2 * (len(pieces[-1]) + 2) < block:
        pieces = pieces[:-1]
    return [[cls_id, *piece.tolist(), sep_id] for piece in pieces]
