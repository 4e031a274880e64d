# cause: Calls argmax without dim on the whole batch, so the index is one into the flattened tensor, the same for every row.
# function: label_scores

from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    probs = logits.softmax(-1)
    results = []
    for row in probs:
        predicted_class_id = probs.argmax().item()
        results.append({"label": id2label[predicted_class_id], "score": row[predicted_class_id].item()})
    return results
