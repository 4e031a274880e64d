# cause: The first text of an overlong pair is cut to half of the room even if the second text is short, instead of always cutting the longer one until it fits.
# function: encode_pair
from itertools import chain
from itertools import repeat


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    room = max_length - (2 if b is None else 3)
    first = a[:room] if b is None else (a if len(a) + len(b) <= room else a[: room // 2])
    second = None if b is None else b[: room - len(first)]
    segments = [([cls_id, *first, sep_id], 0)] + ([] if second is None else [([*second, sep_id], 1)])
    ids = list(chain.from_iterable(part for part, _ in segments))
    return {
        "input_ids": ids,
        "token_type_ids": list(chain.from_iterable(repeat(kind, len(part)) for part, kind in segments)),
        "attention_mask": [1 for _ in ids],
    }
