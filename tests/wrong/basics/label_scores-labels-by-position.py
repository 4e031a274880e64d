# cause: Takes the values of id2label in the order of the dictionary, as if it were sorted by index
# function: label_scores
import torch


def label_scores(logits, id2label):
    names = list(id2label.values())
    scores, idx = torch.softmax(logits, -1).max(-1)
    return [{"label": names[i], "score": s} for i, s in zip(idx.tolist(), scores.tolist())]
