# cause: Returns nothing if the text is shorter than one piece, even if it is longer than half a block
# function: chunk_for_mlm
from itertools import chain
import torch


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    size = block - 2
    total = sum(map(len, docs)) + len(docs)
    if total < size:
        return []
    row = torch.tensor(list(chain.from_iterable(chain(doc, (sep_id,)) for doc in docs)))
    full, rest = divmod(total, size)
    buffer = row.new_empty(full, block)
    buffer[:, 0] = cls_id
    buffer[:, -1] = sep_id
    buffer[:, 1:-1] = row[: full * size].view(full, size)
    blocks = buffer.tolist()
    if rest * 2 >= block:
        blocks.append([cls_id, *row[full * size :].tolist(), sep_id])
    return blocks
