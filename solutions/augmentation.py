"""More training data without new labels: noise, synonyms, mixtures, translations. Lesson: `course read augmentation`.

Dimensions: B examples in a batch, C classes; "..." stands for any further dimensions of the features, such as (T, D).

A text is a list of tokens, here whole words. A lexicon maps some words to lists of synonyms. It may list a word among
its own synonyms (WordNet does), and a list may be empty: a word is *known* if it has a synonym other than itself. A
synonym of several words, such as "motion picture", is a single token.

Every function returns new objects and does not modify its arguments. All random numbers come from the ``rng`` that is
passed in, so the same seed gives the same text.

Sources:
    deletion, swap, insertion, synonyms  Wei and Zou 2019 (EDA), https://arxiv.org/abs/1901.11196
    mixup                                Zhang et al. 2017, https://arxiv.org/abs/1710.09412
    mixup of embedded texts              Guo et al. 2019, https://arxiv.org/abs/1905.08941
    back translation                     Sennrich et al. 2015, https://arxiv.org/abs/1511.06709, section 3
"""

import random
from collections.abc import Callable

from torch import Tensor

NEGATIONS = frozenset({"not", "no", "never"})
"""Words that flip the label when they are deleted or replaced."""


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    """Drop each token with probability p, but never all of them.

    Args:
        tokens: a text of n tokens. A word may occur several times; each occurrence is kept or dropped independently.
        p: probability of dropping a token, from 0 to 1. (Dropping the tokens at exactly round(p * n) random positions
            is also correct.)
        rng: source of all random numbers.

    Returns:
        A new list of the kept tokens, in order; it is a new list even if all tokens are kept. If none would be kept,
        one token, drawn at random, is kept. An empty text stays empty.

    >>> random_deletion(["a", "fine", "film"], p=0.0, rng=random.Random(0))
    ['a', 'fine', 'film']
    >>> len(random_deletion(["a", "fine", "film"], p=1.0, rng=random.Random(0)))
    1
    """
    if not tokens:
        return []
    kept = [token for token in tokens if rng.random() >= p]  # one draw per position
    return kept or [rng.choice(tokens)]


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    """Swap two words, n times.

    Args:
        tokens: a text.
        n: number of swaps. Each swaps the tokens at two different positions, drawn anew for each swap; a later swap
            may undo or change an earlier one. Every pair of positions must be possible, but the pairs need not be
            equally likely.
        rng: source of all random numbers.

    Returns:
        A new list of the same tokens, in the order after the swaps; for fewer than two tokens or ``n=0``, a copy of
        the text.

    >>> random_swap(["fine", "film"], n=1, rng=random.Random(0))
    ['film', 'fine']
    >>> random_swap(["film"], n=1, rng=random.Random(0))
    ['film']
    """
    swapped = list(tokens)
    if len(swapped) < 2:
        return swapped
    for _ in range(n):
        i, j = rng.sample(range(len(swapped)), 2)
        swapped[i], swapped[j] = swapped[j], swapped[i]
    return swapped


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    """Insert a synonym of a random word of the text at a random place, n times.

    Args:
        tokens: a text.
        n: number of insertions. For each, draw a known word of the text, one of its synonyms and a place. Unknown words
            do not use up an insertion. (Drawing from the previously inserted words, too, is also correct.)
        lexicon: word -> synonyms; see the top of this file for what counts as known.
        rng: source of all random numbers.

    Returns:
        A new list of the original tokens, in order, with n new tokens inserted. A new token may be inserted anywhere,
        including before the first token and after the last. All places are equally likely, including those created by
        earlier insertions. (Drawing only from the places in the original text is also correct.) If the text has no
        known word, a copy of it.

    >>> random_insertion(["film"], n=1, lexicon={"film": ["film", "movie"]}, rng=random.Random(0)).count("movie")
    1
    >>> random_insertion(["film"], n=1, lexicon={"plot": ["story"]}, rng=random.Random(0))
    ['film']
    """
    grown = list(tokens)
    entries = [[synonym for synonym in lexicon.get(token, []) if synonym != token] for token in tokens]
    known = [synonyms for synonyms in entries if synonyms]
    if not known:
        return grown
    for _ in range(n):
        synonym = rng.choice(rng.choice(known))
        grown.insert(rng.randint(0, len(grown)), synonym)  # both ends count: n words have n + 1 places
    return grown


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    """Replace the words at n random positions with synonyms, but never a protected word.

    Args:
        tokens: a text.
        n: number of positions to change. A position can be changed if its word is known and not protected. If there
            are fewer than n such positions, all of them change.
        lexicon: word -> synonyms; see the top of this file for what counts as known.
        rng: source of all random numbers.
        protected: words that are never replaced. Only exact matches count: "not" protects neither "nothing" nor "Not".

    Returns:
        A new list of the same length, with a synonym at each position drawn. Two occurrences of a word are two
        positions. If no position can be changed, a copy of the text.

    >>> lexicon = {"film": ["film", "movie"], "not": ["hardly"]}
    >>> synonym_replacement(["not", "a", "film"], n=3, lexicon=lexicon, rng=random.Random(0))
    ['not', 'a', 'movie']
    """
    replaced = list(tokens)
    options: dict[int, list[str]] = {}  # position -> synonyms that may replace the word there
    for place, token in enumerate(tokens):
        synonyms = [synonym for synonym in lexicon.get(token, []) if synonym != token]
        if synonyms and token not in protected:
            options[place] = synonyms
    for place in rng.sample(list(options), min(n, len(options))):
        replaced[place] = rng.choice(options[place])
    return replaced


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    """Mix each example with a partner: features and labels alike.

    Args:
        x: (B, ...) features in any floating-point dtype, for example token embeddings or pooled hidden states, but
            never token ids. (Code that converts ``x`` to numpy, which has no bfloat16, is accepted with a
            remark.)
        y: (B, C) labels, one-hot or soft; integers are allowed here.
        lam: share of the example itself in the mixture, from 0 to 1.
        perm: (B,), a permutation; the partner of example i is example ``perm[i]``.

    Returns:
        Mixed features (B, ...) and mixed labels (B, C), both floating point: ``lam`` times the example plus ``1 - lam``
        times its partner. Labels passed in as integers come back in float32, float64 or the dtype of ``x``. Neither
        tensor shares memory with an argument, for any ``lam``.

    Raises:
        TypeError: ``x`` holds integers. (Another type of error is accepted with a remark.)

    >>> import torch
    >>> x, y = torch.tensor([[1.0, 2.0], [5.0, 10.0]]), torch.eye(2)
    >>> mixed_x, mixed_y = mixup(x, y, lam=0.75, perm=torch.tensor([1, 0]))
    >>> mixed_x.tolist(), mixed_y.tolist()
    ([[2.0, 4.0], [4.0, 8.0]], [[0.75, 0.25], [0.25, 0.75]])
    """
    if not x.is_floating_point():
        raise TypeError(f"mixup needs features, got {x.dtype}: token ids are names, and names have no average")
    mixed_x = lam * x + (1 - lam) * x[perm]
    mixed_y = lam * y + (1 - lam) * y[perm]
    return mixed_x, mixed_y


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    """Translate to another language and back, and keep the results that are new.

    Two texts count as the same text if they differ only in case, or in the kind or amount of whitespace between words
    or at the ends. (Ignoring all whitespace, so that "now here" and "nowhere" are the same, is also correct.)

    Args:
        texts: n texts.
        labels: the label of each text.
        to_pivot: translates a list of texts into the other language.
        from_pivot: translates a list of texts back.

    Returns:
        Two new lists: the new texts as ``from_pivot`` returned them (whitespace at their ends may be stripped), in the
        order of the originals, and their labels. A result is dropped if it is the same as its original, the same as an
        earlier result, or nothing but whitespace. A result that is the same as the original of another text may be
        dropped or kept, as you choose. Each translator is called with a list or a tuple of texts: all of them at once,
        or in a few batches.

    >>> swap = {"good film": "bon film", "bon film": "fine film", "ok": "ok"}
    >>> translate = lambda texts: [swap[text] for text in texts]
    >>> back_translate(["good film", "ok"], [1, 0], to_pivot=translate, from_pivot=translate)
    (['fine film'], [1])
    """
    returned = from_pivot(to_pivot(texts))
    new_texts, new_labels = [], []
    seen = {""}  # a text of nothing but whitespace is never new
    for text, back, label in zip(texts, returned, labels, strict=True):
        key = _plain(back)
        if key in seen or key == _plain(text):
            continue
        seen.add(key)
        new_texts.append(back)
        new_labels.append(label)
    return new_texts, new_labels


def _plain(text: str) -> str:
    """The text in the form that is compared: case-folded, with single spaces."""
    return " ".join(text.split()).casefold()


# --- bonus ---


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    """Keep the augmented texts whose labels a classifier confirms.

    A label is confirmed if it is the most likely class of its text and its probability is at least ``threshold``.

    Args:
        texts: n augmented texts. The same text may occur twice; each occurrence is judged with its own label.
        labels: for each text, the label of the original text that it was made from: a class index, counted from 0.
        classify: takes a list of texts and returns C probabilities for each text. The largest one occurs only once.
        threshold: minimum probability of the label.

    Returns:
        Two new lists: the kept texts, in order, and their labels. ``classify`` is called with a list or a tuple of
        texts: all of them at once, or in a few batches.

    Raises:
        ValueError: ``texts`` and ``labels`` differ in length. (Another type of error is accepted with a remark.)

    >>> known = {"a fine film": [0.1, 0.9], "a film": [0.6, 0.4], "a fine plot": [0.45, 0.55]}
    >>> classify = lambda texts: [known[text] for text in texts]
    >>> keep_confirmed(list(known), [1, 1, 1], classify)
    (['a fine film', 'a fine plot'], [1, 1])
    >>> keep_confirmed(list(known), [1, 1, 1], classify, threshold=0.7)
    (['a fine film'], [1])
    """
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels")
    kept_texts, kept_labels = [], []
    for text, label, probabilities in zip(texts, labels, classify(texts), strict=True):
        if probabilities[label] == max(probabilities) and probabilities[label] >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
