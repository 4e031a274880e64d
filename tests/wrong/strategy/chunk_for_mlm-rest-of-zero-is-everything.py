# cause: If nothing remains after the full pieces (rest 0), row[-0:] is the whole sequence, which is appended once more as one giant block.
# function: chunk_for_mlm


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    row = []
    for doc in docs:
        row.extend(doc)
        row.append(sep_id)

    width = block - 2
    n_full = len(row) // width
    rest = len(row) % width

    blocks = []
    for i in range(n_full):
        blocks.append([cls_id] + row[i * width : (i + 1) * width] + [sep_id])

    # what is left at the end
    tail = row[-rest:]
    if 2 * (len(tail) + 2) >= block and len(tail) > 0:
        blocks.append([cls_id] + tail + [sep_id])
    return blocks
