"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import random
from collections.abc import Callable
from functools import partial
from heapq import nsmallest

import numpy as np
from torch import Tensor


def _others(lexicon, word):
    return list(filter(partial(str.__ne__, word), lexicon[word])) if word in lexicon else []


def _letters(text):
    return "".join(text.upper().split())


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    survivor = rng.randrange(len(tokens)) if tokens else None
    flags = [rng.choices((True, False), weights=(p, 1 - p))[0] for _ in tokens]
    if all(flags) and tokens:
        flags[survivor] = False
    return [token for token, dropped in zip(tokens, flags, strict=True) if not dropped]


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:

    def swapped(words, times):
        for _ in range(times):
            left, right = sorted(rng.sample(range(len(words)), 2))
            words = [*words[:left], words[right], *words[left + 1 : right], words[left], *words[right + 1 :]]
        return words

    return swapped([*tokens], n if len(tokens) > 1 else 0)


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    gaps = [[] for _ in range(len(tokens) + 1)]
    known = [token for token in tokens if _others(lexicon, token)]
    if known:
        for word in rng.choices(known, k=n):
            gaps[rng.randrange(len(gaps))].append(rng.choice(_others(lexicon, word)))
    answer = list(gaps[0])
    for token, gap in zip(tokens, gaps[1:], strict=True):
        answer += [token, *gap]
    return answer


def synonym_replacement(
    tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random, protected: frozenset[str] = NEGATIONS
) -> list[str]:
    tickets = [
        (rng.random(), i) for i, word in enumerate(tokens) if not {word} & set(protected) and _others(lexicon, word)
    ]
    answer = tokens.copy()
    for _, place in nsmallest(n, tickets):
        answer[place] = rng.choice(_others(lexicon, answer[place]))
    return answer


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.dtype.is_floating_point:
        raise TypeError(f"{x.dtype} features")
    import torch

    values, partners = (x.detach().numpy(), np.asarray(perm.tolist(), dtype=np.int64))
    features = torch.from_numpy(np.array(values * lam + values[partners] * (1 - lam), dtype=values.dtype))
    soft = y if y.dtype.is_floating_point else y.to(x.dtype)
    return (features, soft.mul(lam).add(soft.index_select(0, perm.long()), alpha=1 - lam))


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    kept_texts, kept_labels, keys = ([], [], [])
    for place, result in enumerate(from_pivot(tuple(to_pivot(tuple(texts))))):
        key = _letters(result)
        if key in ("", _letters(texts[place]), *keys):
            continue
        keys.append(key)
        kept_texts.append(result)
        kept_labels.append(labels[place])
    return (kept_texts, kept_labels)


def keep_confirmed(
    texts: list[str], labels: list[int], classify: Callable[[list[str]], list[list[float]]], threshold: float = 0.5
) -> tuple[list[str], list[int]]:
    if len(labels) - len(texts):
        raise ValueError("texts and labels differ in length")
    table = classify([*texts])
    confirmed = [
        max(enumerate(row), key=lambda pair: pair[1])[0] == label and max(row) >= threshold
        for row, label in zip(table, labels, strict=True)
    ]

    def pick(values):
        return [value for value, good in zip(values, confirmed, strict=True) if good]

    return (pick(texts), pick(labels))
