"""label_scores by logsumexp and topk; scores are one-element tensors, the answer is a tuple with an extra key."""


def label_scores(logits, id2label):
    best = logits.topk(1, dim=1)
    probabilities = (best.values - logits.logsumexp(dim=1, keepdim=True)).exp()
    return tuple(
        {"index": int(index), "score": probability, "label": id2label[int(index)]}
        for index, probability in zip(best.indices[:, 0], probabilities[:, 0], strict=True)
    )
