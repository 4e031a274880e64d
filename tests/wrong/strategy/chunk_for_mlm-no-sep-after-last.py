# cause: puts the separator between the documents only, so the last document has none after it
# function: chunk_for_mlm


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    row = []
    for i, doc in enumerate(docs):
        if i > 0:
            row.append(sep_id)
        row.extend(doc)

    size = block - 2
    chunks = [row[start : start + size] for start in range(0, len(row), size)]
    if chunks and len(chunks[-1]) < size and 2 * len(chunks[-1]) < block:
        chunks.pop()
    return [[cls_id, *chunk, sep_id] for chunk in chunks]
