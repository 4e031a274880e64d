# cause: Writes the softmax as exp / sum without subtracting the maximum, so large logits give nan
# function: label_scores
import torch


def label_scores(logits, id2label):
    e = torch.exp(logits)
    p = e / e.sum(dim=1, keepdim=True)
    out = []
    for row in p:
        i = row.argmax().item()
        out.append({"label": id2label[i], "score": row[i].item()})
    return out
