# cause: Fills up on the left, as for generation with GPT-2; and: the width is the longest row before the cut, so all rows get superfluous padding.
# function: pad_batch

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    width = max(len(s) for s in seqs)
    all_ids, all_masks = [], []
    for s in seqs:
        s = list(s)
        if max_length is not None and len(s) > max_length:
            s = s[: max_length - 1] + s[-1:]
        gap = width - len(s)
        all_ids.append([pad_id] * gap + s)
        all_masks.append([0] * gap + [1] * len(s))
    return {"input_ids": torch.tensor(all_ids), "attention_mask": torch.tensor(all_masks)}
