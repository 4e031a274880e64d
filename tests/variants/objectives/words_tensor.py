"""whole_word_mask draws one word after the other out of those that are left, and returns a bool tensor."""

import torch


def whole_word_mask(word_ids, p, rng):
    spans, start = [], 0
    while start < len(word_ids):
        end = start + 1
        while end < len(word_ids) and word_ids[end] == word_ids[start]:
            end += 1
        if word_ids[start] is not None:
            spans.append((start, end))
        start = end
    budget = round(p * sum(end - start for start, end in spans)) or 1
    chosen = torch.zeros(len(word_ids), dtype=torch.bool)
    while True:
        fitting = [span for span in spans if span[1] - span[0] <= budget]
        if not fitting:
            return chosen
        start, end = spans.pop(rng.randrange(len(spans)))
        if end - start <= budget:
            chosen[start:end] = True
            budget -= end - start
