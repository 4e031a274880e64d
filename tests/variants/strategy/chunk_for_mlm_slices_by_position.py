"""chunk_for_mlm: computes where the blocks begin first, from the length alone; [CLS] and [SEP] do not count
towards the half.
"""

from itertools import chain


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    ids = [*chain.from_iterable(chain(doc, (sep_id,)) for doc in docs)]
    whole, rest = divmod(len(ids), block - 2)
    count = whole + (rest > 0 and rest / block >= 0.5)
    return [[cls_id, *ids[i * (block - 2) :][: block - 2], sep_id] for i in range(count)]
