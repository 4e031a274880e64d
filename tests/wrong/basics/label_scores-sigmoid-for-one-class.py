# cause: With a single class, the score is a sigmoid instead of a softmax.
# function: label_scores
import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    outputs = logits.detach().float()
    num_labels = outputs.shape[-1]
    function_to_apply = "sigmoid" if num_labels == 1 else "softmax"

    if function_to_apply == "sigmoid":
        scores = torch.sigmoid(outputs)
    else:
        scores = torch.softmax(outputs, dim=-1)

    records = []
    for row in scores:
        dict_scores = [{"label": id2label[i], "score": score.item()} for i, score in enumerate(row)]
        dict_scores.sort(key=lambda x: x["score"], reverse=True)
        records.append(dict_scores[0])
    return records
