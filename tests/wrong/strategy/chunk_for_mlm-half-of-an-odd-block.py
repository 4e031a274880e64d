# cause: Rounds half a block down, so for odd block sizes a remainder shorter than half a block is kept
# function: chunk_for_mlm


def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = [t for doc in docs for t in (*doc, sep_id)]
    k = block - 2
    out = [[cls_id, *row[i : i + k], sep_id] for i in range(0, len(row), k)]
    return out[:-1] if out and len(out[-1]) < block // 2 else out
