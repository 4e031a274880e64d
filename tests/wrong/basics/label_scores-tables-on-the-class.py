# cause: Label tables are kept on the class, one per number of classes
# function: label_scores
from torch import Tensor


class LabelTable:
    _tables: dict[int, "LabelTable"] = {}

    def __init__(self, id2label: dict[int, str]) -> None:
        self.names = [id2label[index] for index in sorted(id2label)]

    @classmethod
    def of(cls, id2label: dict[int, str]) -> "LabelTable":
        size = len(id2label)
        if size not in cls._tables:
            cls._tables[size] = cls(id2label)
        return cls._tables[size]

    def answer(self, distribution: Tensor) -> dict[str, str | float]:
        score, index = distribution.max(dim=-1)
        return {"label": self.names[int(index)], "score": float(score)}


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    table = LabelTable.of(id2label)
    return [table.answer(distribution) for distribution in logits.detach().softmax(dim=-1)]
