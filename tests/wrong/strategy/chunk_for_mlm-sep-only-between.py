# cause: The separator is put between the documents only, and the last document gets none.
# function: chunk_for_mlm

import torch


def chunk_for_mlm(docs, block, cls_id, sep_id):
    stream = []
    for k, doc in enumerate(docs):
        if k > 0:
            stream.append(sep_id)
        stream.extend(doc)
    size = block - 2
    blocks = []
    for i in range(0, len(stream), size):
        piece = stream[i : i + size]
        if len(piece) == size or len(piece) + 2 >= block / 2:
            blocks.append(torch.tensor([cls_id, *piece, sep_id]))
    return blocks
