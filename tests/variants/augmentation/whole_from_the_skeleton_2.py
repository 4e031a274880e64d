"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import math
import random
import re
from collections.abc import Callable

import torch
from torch import Tensor


class _Synonyms(dict):
    def __init__(self, lexicon):
        super().__init__()
        self.lexicon = lexicon

    def __missing__(self, word):
        self[word] = [other for other in dict.fromkeys(self.lexicon.get(word, [])) if other != word]
        return self[word]


def _in_two(function, texts):
    middle = (len(texts) + 1) // 2
    answer = []
    for part in (texts[:middle], texts[middle:]):
        if part:
            answer.extend(function(tuple(part)))
    return answer


def _plain(text):
    return re.sub("\\s+", " ", text).strip().casefold()


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    size = len(tokens)
    if size == 0:
        return []
    places = rng.sample(range(size), k=max(1, size - round(p * size)))
    return [tokens[place] for place in sorted(places)]


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    answer = list(tokens)
    while n > 0 and len(answer) >= 2:
        high = rng.randrange(1, len(answer))
        low = rng.randrange(high)
        answer[low], answer[high] = (answer[high], answer[low])
        n -= 1
    return answer


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    synonyms = _Synonyms(lexicon)
    answer = list(tokens)
    for _ in range(n):
        known = sorted({token for token in answer if synonyms[token]})
        if not known:
            break
        new = rng.choice(synonyms[rng.choice(known)])
        answer.insert(int(rng.random() * (len(answer) + 1)), new)
    return answer


def synonym_replacement(
    tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random, protected: frozenset[str] = NEGATIONS
) -> list[str]:
    synonyms = _Synonyms(lexicon)
    left = sum(token not in protected and bool(synonyms[token]) for token in tokens)
    needed = min(n, left)
    answer = []
    for token in tokens:
        if token in protected or not synonyms[token]:
            answer.append(token)
            continue
        take = rng.randrange(left) < needed
        answer.append(rng.choice(synonyms[token]) if take else token)
        left, needed = (left - 1, needed - take)
    return answer


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not torch.is_floating_point(x):
        raise ValueError("token ids cannot be mixed")
    size = len(x)
    rows = torch.arange(size)
    weights = torch.zeros(size, size, dtype=torch.float64)
    weights[rows, rows] += lam
    weights[rows, perm.long()] += 1 - lam

    def mix(values):
        flat = values.reshape(size, math.prod(values.shape[1:])).double()
        return (weights @ flat).reshape(values.shape)

    return (mix(x).to(x.dtype), mix(y).to(y.dtype if y.is_floating_point() else torch.float64))


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    results = _in_two(from_pivot, _in_two(to_pivot, texts))
    gone = {_plain(text) for text in texts} | {""}
    new: dict[str, tuple[str, int]] = {}
    for result, label in zip(results, labels, strict=True):
        if _plain(result) not in gone:
            new.setdefault(_plain(result), (result.strip(), label))
    return ([text for text, _ in new.values()], [label for _, label in new.values()])


def keep_confirmed(
    texts: list[str], labels: list[int], classify: Callable[[list[str]], list[list[float]]], threshold: float = 0.5
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise IndexError("a label for every text")
    chances = _in_two(classify, texts)
    places = []
    for place, row in enumerate(chances):
        best = sorted(range(len(row)), key=lambda c, row=row: row[c])[-1]
        if best == labels[place] and (not row[best] < threshold):
            places.append(place)
    return (list(map(texts.__getitem__, places)), list(map(labels.__getitem__, places)))
