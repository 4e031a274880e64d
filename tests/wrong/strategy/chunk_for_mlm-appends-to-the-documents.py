# cause: in a hurry: ends each document with append, which modifies the caller's lists
# function: chunk_for_mlm


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    stream: list[int] = []
    for doc in docs:
        doc.append(sep_id)
        stream.extend(doc)
    size = block - 2
    blocks = []
    for start in range(0, len(stream), size):
        piece = stream[start : start + size]
        if len(piece) + 2 >= block / 2:
            blocks.append([cls_id, *piece, sep_id])
    return blocks
