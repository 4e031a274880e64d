"""chunk_for_mlm: a stream of ids, cut by iter() with a sentinel; the blocks are tensors; [CLS] and [SEP] count
towards the half.
"""

from collections.abc import Iterator
from itertools import islice

import torch


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    def stream() -> Iterator[int]:
        for doc in docs:
            yield from doc
            yield sep_id

    ids = stream()
    pieces = iter(lambda: tuple(islice(ids, block - 2)), ())
    blocks = (torch.tensor([cls_id, *piece, sep_id]) for piece in pieces)
    return [whole for whole in blocks if 2 * len(whole) >= block]
