# cause: Stores the ids as uint16, so ids from 65,536 wrap around (multilingual vocabularies).
# function: chunk_for_mlm
from itertools import chain
import numpy as np


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    if not docs:
        return []
    body = block - 2
    # one flat buffer, 2 bytes per id
    flat = np.asarray(list(chain.from_iterable(chain(d, (sep_id,)) for d in docs))).astype(np.uint16)
    full, rest = divmod(len(flat), body)
    out = np.empty((full, block), dtype=np.int64)
    out[:, 0] = cls_id
    out[:, -1] = sep_id
    out[:, 1:-1] = flat[: full * body].reshape(full, body)
    blocks = out.tolist()
    if rest and 2 * rest >= block:
        blocks.append([cls_id, *flat[full * body :].tolist(), sep_id])
    return blocks
