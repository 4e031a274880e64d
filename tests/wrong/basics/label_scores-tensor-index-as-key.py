# cause: The index is left a tensor and used as a dictionary key, which raises a KeyError.
# function: label_scores
import torch


def label_scores(logits, id2label):
    probs = torch.softmax(logits, dim=1)
    res = []
    for row in probs:
        idx = torch.argmax(row)
        res.append({"label": id2label[idx], "score": row[idx].item()})
    return res
