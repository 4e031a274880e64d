"""label_scores in numpy float64, row by row; scores are numpy numbers."""

import numpy as np


def label_scores(logits, id2label):
    answers = []
    for row in logits.detach().numpy().astype(np.float64):
        weights = np.exp(row - row.max())
        best = int(np.argmax(weights))
        answers.append({"label": id2label[best], "score": (weights / weights.sum())[best]})
    return answers
