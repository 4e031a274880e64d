"""label_scores in plain Python: one over the sum of exp(other - best), which is the softmax of the best."""

import math


def label_scores(logits, id2label):
    answers = []
    for row in logits.tolist():
        index, best = max(enumerate(row), key=lambda pair: pair[1])
        answers.append(dict(label=id2label[index], score=1 / sum(math.exp(other - best) for other in row)))
    return answers
