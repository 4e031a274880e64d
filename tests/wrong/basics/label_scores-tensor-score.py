# cause: The score is left a tensor instead of a number.
# function: label_scores
import torch


def label_scores(logits, id2label):
    probs = torch.softmax(logits, dim=-1)
    return [{"label": id2label[int(p.argmax())], "score": p.max()} for p in probs]
