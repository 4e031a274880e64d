"""pad_batch turns columns into rows with zip_longest; the mask comes from a marker that is no id at all."""

from itertools import zip_longest

import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    nothing = object()
    rows = []
    for row in seqs:
        middle = list(row[1:-1])
        while max_length is not None and len(middle) + 2 > max_length:
            middle.pop()
        rows.append([*row[:1], *middle, *(row[-1:] if len(row) > 1 else [])])
    columns = list(zip_longest(*rows, fillvalue=nothing))
    ids = torch.tensor([[pad_id if item is nothing else item for item in column] for column in columns]).T
    mask = torch.tensor([[float(item is not nothing) for item in column] for column in columns]).T
    return dict(attention_mask=mask, input_ids=ids)
