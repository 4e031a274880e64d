"""chunk_for_mlm: pieces are taken from a stream; a remainder is kept if it has more ids than half a block, not counting
[CLS] and [SEP]; tensors come back.
"""

from itertools import islice

import torch


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    def stream():
        for doc in docs:
            yield from doc
            yield sep_id

    ids, width = stream(), block - 2
    blocks = []
    while piece := list(islice(ids, width)):
        if len(piece) == width or 2 * len(piece) > block:
            blocks.append(torch.tensor([cls_id, *piece, sep_id]))
    return blocks
