"""In batches of eight, as tuples; the labels come back as a tensor."""

import torch


def back_translate(texts, labels, to_pivot, from_pivot):
    results = []
    for start in range(0, len(texts), 8):
        results.extend(from_pivot(tuple(to_pivot(tuple(texts[start : start + 8])))))
    known, kept = set(), []
    for index, result in enumerate(results):
        form = "".join(result.lower().split())
        if form and form != "".join(texts[index].lower().split()) and form not in known:
            known.add(form)
            kept.append(index)
    return [results[index] for index in kept], torch.tensor([labels[index] for index in kept], dtype=torch.int64)
