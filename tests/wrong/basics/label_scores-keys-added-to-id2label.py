# cause: Adds string keys to the caller's id2label.
# function: label_scores
def label_scores(logits, id2label):
    id2label.update({str(index): label for index, label in id2label.items()})
    scores, indices = logits.softmax(dim=-1).max(dim=-1)
    return [
        {"label": id2label[index], "score": score}
        for index, score in zip(indices.tolist(), scores.tolist(), strict=True)
    ]
