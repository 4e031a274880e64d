# cause: Each score is the sigmoid of its own logit instead of its share in a softmax over the row.
# function: label_scores

import torch


def label_scores(logits, id2label):
    probabilities = torch.sigmoid(logits)
    best = probabilities.max(dim=-1)
    answers = []
    for score, index in zip(best.values.tolist(), logits.argmax(dim=-1).tolist()):
        answers.append({"label": id2label[index], "score": score})
    return answers
