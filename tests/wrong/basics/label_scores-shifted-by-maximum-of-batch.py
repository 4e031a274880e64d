# cause: The largest logit of the whole batch is subtracted instead of each row's own, so a row far below another one becomes 0/0.
# function: label_scores
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    exponentials = (logits.double() - logits.double().max()).exp()
    probabilities = exponentials / exponentials.sum(dim=-1, keepdim=True)
    scores, classes = probabilities.max(dim=-1)
    return [
        {"label": id2label[index], "score": score}
        for index, score in zip(classes.tolist(), scores.tolist(), strict=True)
    ]
