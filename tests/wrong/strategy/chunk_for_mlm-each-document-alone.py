# cause: Cuts every document on its own instead of joining them into one row first
# function: chunk_for_mlm
def chunk_for_mlm(docs, block, cls_id, sep_id):
    blocks = []
    n = block - 2
    for doc in docs:
        ids = doc + [sep_id]
        for i in range(0, len(ids), n):
            piece = ids[i : i + n]
            if len(piece) >= n / 2:
                blocks.append([cls_id] + piece + [sep_id])
    return blocks
