# cause: The mask ends at the last id that differs from pad_id, so a row's own closing pad_id (GPT-2's end token) is masked out.
# function: pad_batch
import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = []
    for row in seqs:
        if max_length is not None and len(row) > max_length:
            rows.append(list(row[: max_length - 1]) + [row[-1]])
        else:
            rows.append(list(row))
    longest = max(len(row) for row in rows)
    input_ids = torch.tensor([row + [pad_id] * (longest - len(row)) for row in rows], dtype=torch.long)
    # padding is only ever at the end, so a pad_id inside a text has to stay visible
    real = (input_ids != pad_id).long()
    attention_mask = (real.flip(1).cumsum(1).flip(1) > 0).long()
    return {"input_ids": input_ids, "attention_mask": attention_mask}
