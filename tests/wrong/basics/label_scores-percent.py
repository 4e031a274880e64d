# cause: The score is given in percent instead of as a fraction.
# function: label_scores
import torch


def label_scores(logits, id2label):
    probabilities = torch.nn.functional.softmax(logits, dim=-1)
    out = []
    for p in probabilities:
        c = torch.argmax(p)
        out.append({"label": id2label[c.item()], "score": round(p[c].item() * 100, 2)})
    return out
