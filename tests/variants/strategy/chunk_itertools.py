"""An iterator that is eaten piece by piece; a rest counts its special tokens towards the half."""

from itertools import chain, islice


def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = chain.from_iterable(chain(doc, [sep_id]) for doc in docs)
    blocks = []
    while piece := list(islice(row, block - 2)):
        blocks.append([cls_id] + piece + [sep_id])
    if blocks and 2 * len(blocks[-1]) < block:
        del blocks[-1]
    return blocks
