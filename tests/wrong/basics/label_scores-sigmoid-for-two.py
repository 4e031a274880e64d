# cause: Uses a sigmoid when there are two labels, like the pipeline does for a single output
# function: label_scores
import torch


def label_scores(logits, id2label):
    probs = torch.sigmoid(logits) if logits.shape[1] == 2 else logits.softmax(dim=-1)
    best = probs.argmax(dim=-1)
    return [{"label": id2label[int(b)], "score": float(p[b])} for p, b in zip(probs, best)]
