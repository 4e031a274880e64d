# cause: Every remainder is dropped, as in run_mlm.py, even one of half a block or more.
# function: chunk_for_mlm


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    """Cut the texts of a domain into blocks for continued pre-training, without wasting any."""
    ids = [token for doc in docs for token in [*doc, sep_id]]
    size = block - 2
    total = len(ids) // size * size
    return [[cls_id, *ids[start : start + size], sep_id] for start in range(0, total, size)]
