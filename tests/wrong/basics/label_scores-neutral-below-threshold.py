# cause: An unsure text is called NEUTRAL, a label that id2label does not have.
# function: label_scores
import torch


def label_scores(logits, id2label):
    results = []
    for probs in torch.softmax(logits, dim=-1):
        score, cls = probs.max(dim=0)
        label = id2label[cls.item()]
        if score.item() < 0.75:
            label = "NEUTRAL"
        results.append({"label": label, "score": score.item()})
    return results
