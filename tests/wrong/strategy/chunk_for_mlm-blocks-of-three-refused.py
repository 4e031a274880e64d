# cause: Raises an error for a block of 3, which is allowed
# function: chunk_for_mlm
from __future__ import annotations

import copy
import logging

logger = logging.getLogger(__name__)


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    block = int(block)
    if block <= 3:
        raise ValueError("a block needs room for [CLS], [SEP] and some text")
    size = block - 2
    row: list[int] = []
    for doc in copy.deepcopy(list(docs)):
        row.extend(int(i) for i in doc)
        row.append(int(sep_id))
    blocks: list[list[int]] = []
    for start in range(0, len(row), size):
        piece = row[start : start + size]
        is_remainder = len(piece) < size
        if is_remainder and len(piece) < block / 2:
            logger.info("dropped %d ids", len(piece))
            continue
        blocks.append([int(cls_id), *piece, int(sep_id)])
    return blocks
