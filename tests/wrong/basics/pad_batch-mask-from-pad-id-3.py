# cause: the mask is made by comparing the ids with pad_id, so a real token that happens to have this id is hidden
# function: pad_batch
import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = []
    for seq in seqs:
        if max_length is not None and len(seq) > max_length:
            seq = seq[: max_length - 1] + [seq[-1]]
        rows.append(list(seq))
    longest = max(len(row) for row in rows)
    input_ids = torch.tensor([row + [pad_id] * (longest - len(row)) for row in rows])
    attention_mask = (input_ids != pad_id).long()
    return {"input_ids": input_ids, "attention_mask": attention_mask}
