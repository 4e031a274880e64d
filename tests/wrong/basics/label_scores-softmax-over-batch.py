# cause: The softmax runs over dimension 0, the batch, instead of over the classes.
# function: label_scores
import torch.nn.functional as F


def label_scores(logits, id2label):
    probs = F.softmax(logits, dim=0)
    results = []
    for row in probs:
        i = row.argmax().item()
        results.append({"label": id2label[i], "score": row[i].item()})
    return results
