# cause: The label is picked by the position in the dictionary, not by its key.
# function: label_scores
import torch


def label_scores(logits, id2label):
    names = list(id2label.values())
    score, index = torch.softmax(logits, -1).max(-1)
    return [dict(label=names[i], score=s) for s, i in zip(score.tolist(), index.tolist())]
