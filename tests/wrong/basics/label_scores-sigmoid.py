# cause: A sigmoid per class is used instead of one softmax over the classes.
# function: label_scores
import torch


def label_scores(logits, id2label):
    scores = torch.sigmoid(logits)
    best, idx = scores.max(dim=-1)
    return [{"label": id2label[int(i)], "score": float(s)} for s, i in zip(best, idx)]
