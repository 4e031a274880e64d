# cause: The sequence is cut to a whole number of pieces, as in group_texts of transformers, so every remainder is dropped, however long.
# function: chunk_for_mlm

from itertools import chain


def chunk_for_mlm(docs, block, cls_id, sep_id):
    concatenated = list(chain.from_iterable([*doc, sep_id] for doc in docs))
    size = block - 2
    total_length = (len(concatenated) // size) * size
    return [[cls_id] + concatenated[i : i + size] + [sep_id] for i in range(0, total_length, size)]
