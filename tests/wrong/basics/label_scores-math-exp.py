# cause: exp without subtracting the maximum: large logits raise OverflowError (or divide by zero when all are very negative).
# function: label_scores
from torch import Tensor
import math


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    out = []
    for row in logits.tolist():
        e = [math.exp(x) for x in row]
        i = row.index(max(row))
        out.append({"label": id2label[i], "score": e[i] / sum(e)})
    return out
