# cause: The mask is found by dropping the pad ids at the END of each filled row, so a row's own closing token counts as padding when it has the padding id (GPT-2).
# function: pad_batch
import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = []
    for seq in seqs:
        row = list(seq)
        if max_length is not None and len(row) > max_length:
            row = row[: max_length - 1] + row[-1:]
        rows.append(row)
    longest = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (longest - len(row)) for row in rows], dtype=torch.long)
    # padding is only ever at the end: an id equal to pad_id inside the text keeps its 1
    real = ids.ne(pad_id).long()
    seen_later = real.flip(1).cummax(dim=1).values.flip(1)
    return {"input_ids": ids, "attention_mask": seen_later}
