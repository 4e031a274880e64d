"""Pairs that are unzipped at the end."""


def keep_confirmed(texts, labels, classify, threshold=0.5):
    triples = list(zip(texts, labels, classify(list(texts)), strict=True))
    pairs = [
        (text, label)
        for text, label, row in triples
        if row[label] >= threshold and all(row[label] >= other for other in row)
    ]
    return [list(part) for part in zip(*pairs, strict=True)] if pairs else [[], []]
