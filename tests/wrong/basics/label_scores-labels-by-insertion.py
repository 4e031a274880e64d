# cause: The labels are taken in the order in which the dictionary lists them, not by their keys.
# function: label_scores

from torch import nn


def label_scores(logits, id2label):
    names = list(id2label.values())
    probs = nn.functional.softmax(logits, dim=1)
    return [{"label": names[int(row.argmax())], "score": float(row.max())} for row in probs]
