# cause: The score is the largest logit itself, no softmax is taken.
# function: label_scores
def label_scores(logits, id2label):
    answer = []
    for row in logits.tolist():
        best = max(range(len(row)), key=lambda c: row[c])
        answer.append({"label": id2label[best], "score": row[best]})
    return answer
