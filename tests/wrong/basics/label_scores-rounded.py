# cause: The score is rounded to two digits.
# function: label_scores
import torch


def label_scores(logits, id2label):
    out = []
    for row in logits:
        probs = torch.softmax(row, dim=-1)
        score, idx = torch.max(probs, dim=-1)
        out.append({"label": id2label[idx.item()], "score": round(score.item(), 2)})
    return out
