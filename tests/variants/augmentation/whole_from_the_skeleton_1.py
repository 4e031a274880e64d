"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import itertools
import random
from collections.abc import Callable

from torch import Tensor


def _choices(word, lexicon):
    return tuple(synonym for synonym in lexicon.get(word, ()) if synonym != word)


def _same(text):
    return tuple(text.lower().split())


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    draws = [rng.random() for _ in tokens]
    kept = [*itertools.compress(tokens, (draw >= p for draw in draws))]
    return kept if kept or not tokens else [rng.choice(tokens)]


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    order = list(range(len(tokens)))
    for _ in range(n if len(order) > 1 else 0):
        first = rng.randrange(len(order))
        second = (first + rng.randint(1, len(order) - 1)) % len(order)
        order[first], order[second] = (order[second], order[first])
    return [tokens[place] for place in order]


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    known = [options for options in (_choices(token, lexicon) for token in tokens) if options]
    answer = tokens[:]
    for _ in range(n if known else 0):
        place = rng.randint(0, len(answer))
        answer[place:place] = [rng.choice(rng.choice(known))]
    return answer


def synonym_replacement(
    tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random, protected: frozenset[str] = NEGATIONS
) -> list[str]:
    places = [i for i, token in enumerate(tokens) if token not in protected and _choices(token, lexicon)]
    rng.shuffle(places)
    changes = {place: rng.choice(_choices(tokens[place], lexicon)) for place in places[:n]}
    return [changes.get(place, token) for place, token in enumerate(tokens)]


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    import torch

    if not x.is_floating_point():
        raise TypeError("x must be floating point")
    labels = y if y.is_floating_point() else y.to(torch.float32)
    return (torch.lerp(x[perm], x, lam), torch.lerp(labels[perm], labels, lam))


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    results = from_pivot(to_pivot(list(texts)))
    seen = set()
    rows = []
    for original, label, result in zip(texts, labels, results, strict=True):
        key = _same(result)
        if key and key not in seen and (key != _same(original)):
            rows.append((result, label))
        seen.add(key)
    return ([result for result, _ in rows], [label for _, label in rows])


def keep_confirmed(
    texts: list[str], labels: list[int], classify: Callable[[list[str]], list[list[float]]], threshold: float = 0.5
) -> tuple[list[str], list[int]]:
    rows = list(zip(texts, labels, strict=True))
    chances = classify(tuple(texts))
    kept = [
        (text, label)
        for (text, label), row in zip(rows, chances, strict=True)
        if row[label] >= threshold and all((value < row[label] for i, value in enumerate(row) if i != label))
    ]
    return ([text for text, _ in kept], [label for _, label in kept])
