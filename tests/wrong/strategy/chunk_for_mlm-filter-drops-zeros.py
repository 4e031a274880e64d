# cause: filter(None) drops the filling and also every id 0
# function: chunk_for_mlm
from itertools import chain, zip_longest


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    row = chain.from_iterable((chain(doc, [sep_id]) for doc in docs))
    groups = zip_longest(*[row] * (block - 2))
    pieces = [list(filter(None, group)) for group in groups]
    return [[cls_id, *piece, sep_id] for piece in pieces if len(piece) + 2 >= block / 2]
