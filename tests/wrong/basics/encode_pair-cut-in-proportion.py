# cause: An overlong pair is cut in proportion to the two lengths, instead of one id at a time from the longer text.
# function: encode_pair
import numpy as np


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    if b is None:
        ids = [cls_id] + a[: max_length - 2] + [sep_id]
        group = np.repeat([0], [len(ids)])
    else:
        room = max_length - 3
        n = np.array([len(a), len(b)])
        if n.sum() > room:
            # allocate the room to the two strata
            keep_a = int(np.round(room * n[0] / n.sum()))
            n = np.array([keep_a, room - keep_a])
        ids = [cls_id] + a[: n[0]] + [sep_id] + b[: n[1]] + [sep_id]
        group = np.repeat([0, 1], [n[0] + 2, n[1] + 1])
    return {"input_ids": ids, "token_type_ids": group.tolist(), "attention_mask": np.ones(len(ids), int).tolist()}
