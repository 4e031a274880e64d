# cause: Overwrites the result in the loop, so only the last text gets one.
# function: label_scores
def label_scores(logits, id2label):
    scores, indices = logits.softmax(dim=-1).max(dim=-1)
    for index, score in zip(indices.tolist(), scores.tolist(), strict=True):
        results = [{"label": id2label[index], "score": score}]
    return results
