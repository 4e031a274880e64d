# cause: The buffer is a mutable default, so a remainder that was dropped comes back in the next call
# function: chunk_for_mlm
from collections.abc import Iterable, Iterator
from itertools import chain


def packed(ids: Iterable[int], size: int, buffer: list[int] = []) -> Iterator[list[int]]:
    """Cut a stream of ids into pieces, without holding the stream in memory."""
    for i in ids:
        buffer.append(i)
        if len(buffer) == size:
            yield buffer[:]
            buffer.clear()
    if 2 * len(buffer) >= size:
        yield buffer[:]
        buffer.clear()


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    stream = chain.from_iterable(chain(doc, (sep_id,)) for doc in docs)
    return [[cls_id, *piece, sep_id] for piece in packed(stream, block - 2)]
