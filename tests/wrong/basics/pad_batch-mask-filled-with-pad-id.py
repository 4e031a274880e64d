# cause: The batcher fills all columns with pad_id, the attention mask as well
# function: pad_batch
import torch
from torch import Tensor


class Batcher:
    def __init__(self, fill: int) -> None:
        self.fill = fill
        self.columns: dict[str, list[list[int]]] = {}

    def add(self, **row: list[int]) -> None:
        for name, values in row.items():
            self.columns.setdefault(name, []).append(values)

    def rectangle(self, column: list[list[int]]) -> Tensor:
        width = max(map(len, column))
        return torch.tensor([values + [self.fill] * (width - len(values)) for values in column])

    def tensors(self) -> dict[str, Tensor]:
        return {name: self.rectangle(column) for name, column in self.columns.items()}


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    batcher = Batcher(fill=pad_id)
    for seq in seqs:
        ids = list(seq)
        if max_length is not None and len(ids) > max_length:
            ids[max_length - 1 : -1] = []
        batcher.add(input_ids=ids, attention_mask=[1] * len(ids))
    return batcher.tensors()
