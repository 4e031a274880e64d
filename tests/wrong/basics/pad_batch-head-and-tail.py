# cause: A row that is too long keeps its first quarter and the rest of max_length from its end
# function: pad_batch
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


def truncate_sequence(ids, max_length):
    if max_length is None or len(ids) <= max_length:
        return list(ids)
    head = max(1, max_length // 4)
    tail = max_length - head
    return list(ids[:head]) + list(ids[-tail:])


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    features = [torch.tensor(truncate_sequence(ids, max_length), dtype=torch.long) for ids in seqs]
    masks = [torch.ones_like(ids) for ids in features]
    return {
        "input_ids": pad_sequence(features, batch_first=True, padding_value=pad_id),
        "attention_mask": pad_sequence(masks, batch_first=True, padding_value=0),
    }
