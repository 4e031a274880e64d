# cause: Computes the number of blocks from the ids without the separators, so the end of the text is lost
# function: chunk_for_mlm


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    size = block - 2
    # N / size, rounded to the nearest integer: a remainder counts from one half of a piece.
    n = sum(len(doc) for doc in docs)
    blocks = (2 * n + size) // (2 * size)
    row = [i for doc in docs for i in (*doc, sep_id)]
    return [[cls_id, *row[j * size : (j + 1) * size], sep_id] for j in range(blocks)]
