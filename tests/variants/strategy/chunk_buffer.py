"""Fills a buffer id by id, as one would with texts that arrive one after the other; returns tuples."""


def chunk_for_mlm(docs, block, cls_id, sep_id):
    blocks = []
    buffer = [cls_id]
    for doc in docs:
        for token in list(doc) + [sep_id]:
            buffer.append(token)
            if len(buffer) == block - 1:
                blocks.append(tuple(buffer + [sep_id]))
                buffer = [cls_id]
    if len(buffer) - 1 >= (block - 2) / 2:
        blocks.append(tuple(buffer + [sep_id]))
    return tuple(blocks)
