# cause: as in group_texts of transformers' examples, a remainder is not dropped when there is no full block before it
# function: chunk_for_mlm
def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    ids = [token for doc in docs for token in [*doc, sep_id]]
    size = block - 2
    pieces = [ids[start : start + size] for start in range(0, len(ids), size)]
    if len(pieces) > 1 and len(pieces[-1]) + 2 < block / 2:
        pieces.pop()
    return [[cls_id, *piece, sep_id] for piece in pieces]
