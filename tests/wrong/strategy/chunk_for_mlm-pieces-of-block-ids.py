# cause: Cuts the row into pieces of block ids and puts [CLS] and [SEP] around them, so blocks are two ids too long
# function: chunk_for_mlm
from itertools import chain


def chunk_for_mlm(docs, block, cls_id, sep_id):
    ids = list(chain.from_iterable([*d, sep_id] for d in docs))
    out = []
    for start in range(0, len(ids), block):
        piece = ids[start : start + block]
        if 2 * len(piece) < block:
            continue
        out.append([cls_id, *piece, sep_id])
    return out
