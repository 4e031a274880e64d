# cause: Puts sep_id only between the documents and not after the last one
# function: chunk_for_mlm
def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = []
    for i, doc in enumerate(docs):
        if i > 0:
            row.append(sep_id)
        row.extend(doc)
    size = block - 2
    pieces = [row[i : i + size] for i in range(0, len(row), size)]
    if pieces and len(pieces[-1]) < size / 2:
        pieces.pop()
    return [[cls_id] + p + [sep_id] for p in pieces]
