# cause: The softmax is written as exp / sum(exp) without a shift, which overflows to nan for large logits.
# function: label_scores
import torch


def label_scores(logits, id2label):
    e = torch.exp(logits)
    p = e / e.sum(dim=1, keepdim=True)
    idx = logits.argmax(dim=1)
    return [{"label": id2label[c], "score": p[b, c].item()} for b, c in enumerate(idx.tolist())]
