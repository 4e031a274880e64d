# cause: a slip of the pen: the width of the batch is measured before the long rows are cut, so a batch with cut rows gets columns of padding that no row needs
# function: pad_batch
import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    """Cut, then fill up on the right."""
    longest = max(len(seq) for seq in seqs)
    input_ids, attention_mask = [], []
    for seq in seqs:
        row = list(seq)
        if max_length is not None and len(row) > max_length:
            row = row[: max_length - 1] + row[-1:]
        missing = longest - len(row)
        input_ids.append(row + [pad_id] * missing)
        attention_mask.append([1] * len(row) + [0] * missing)
    return {"input_ids": torch.tensor(input_ids), "attention_mask": torch.tensor(attention_mask)}
