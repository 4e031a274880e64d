"""More training data without new labels: noise, synonyms, mixtures, translations. Lesson: `course read augmentation`.

Letters: B examples of a batch, C classes; "..." stands for any further dimensions of the features, such as (T, D).

A text is a list of tokens, here whole words. A lexicon has a list of synonyms for some words. It may list a word among
its own synonyms (WordNet does), and the list may be empty: a word is *known* if it has a synonym other than itself.

Every function returns something new and leaves its arguments as they were. All chance comes from the ``rng`` that is
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
"""Words that turn a label round when they are lost or replaced."""


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    """Drop each token with probability p, but never all of them.

    Args:
        tokens: a text. It may hold the same word several times; each occurrence is decided on its own.
        p: share of the tokens that go, from 0 to 1. (Dropping exactly round(p * n) random positions is right as well.)
        rng: source of all random numbers.

    Returns:
        The tokens that stay, in their order. If none would, one of them, drawn at random. An empty text stays empty.

    >>> random_deletion(["a", "fine", "film"], p=0.0, rng=random.Random(0))
    ['a', 'fine', 'film']
    >>> len(random_deletion(["a", "fine", "film"], p=1.0, rng=random.Random(0)))
    1
    """
    if not tokens:
        return []
    kept = [token for token in tokens if rng.random() >= p]  # one throw for every position
    return kept or [rng.choice(tokens)]


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    """Exchange two words, n times.

    Args:
        tokens: a text.
        n: number of swaps. Each exchanges the tokens at two different positions, any two, drawn anew for each swap; a
            later swap may undo or move on what an earlier one did.
        rng: source of all random numbers.

    Returns:
        The same tokens in another order. A text of fewer than two tokens comes back as it is.

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
        n: number of insertions. Each draws a known word of the text, one of its synonyms and a place, all anew. Unknown
            words cost no insertion. (Drawing from the words that were inserted before is right as well.)
        lexicon: word -> synonyms; see the top of this file for what counts as known.
        rng: source of all random numbers.

    Returns:
        The old tokens in their order, with n new ones among them, at any place from before the first to behind the
        last. All gaps of the text are equally likely, those that have come with an earlier insertion included. (Drawing
        from the gaps of the old text alone is right as well.) Without a known word, the text as it is.

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
        grown.insert(rng.randint(0, len(grown)), synonym)  # both ends count: there is one gap more than there are words
    return grown


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    """Replace the words at n random positions by synonyms, without touching the words that carry the label.

    Args:
        tokens: a text.
        n: number of positions to change. A position can be changed if its word is known and not protected. If there are
            fewer such positions than n, all of them change.
        lexicon: word -> synonyms; see the top of this file for what counts as known.
        rng: source of all random numbers.
        protected: words that stay, spelled exactly like this: "not" protects neither "nothing" nor "Not".

    Returns:
        A text of the same length, with a synonym at the positions that were drawn. Two occurrences of a word are two
        positions.

    >>> lexicon = {"film": ["film", "movie"], "not": ["hardly"]}
    >>> synonym_replacement(["not", "a", "film"], n=3, lexicon=lexicon, rng=random.Random(0))
    ['not', 'a', 'movie']
    """
    replaced = list(tokens)
    options: dict[int, list[str]] = {}  # position -> what may stand there instead
    for place, token in enumerate(tokens):
        synonyms = [synonym for synonym in lexicon.get(token, []) if synonym != token]
        if synonyms and token not in protected:
            options[place] = synonyms
    for place in rng.sample(list(options), min(n, len(options))):
        replaced[place] = rng.choice(options[place])
    return replaced


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    """Mix each example with a partner, the labels like the features.

    Args:
        x: (B, ...) features, floating point: embedded tokens, say, or pooled states. Never token ids.
        y: (B, C) labels, one-hot or soft; integers are allowed here.
        lam: share of the example itself, from 0 to 1.
        perm: (B,) the partner of example i is example ``perm[i]``.

    Returns:
        Mixed features (B, ...) and mixed labels (B, C), floating point: ``lam`` parts of the example and ``1 - lam``
        parts of its partner.

    Raises:
        TypeError: ``x`` holds integers.

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
    """Translate to another language and back, and keep what has come back new.

    Two texts that differ only in upper and lower case or in blanks count as the same text.

    Args:
        texts: n texts.
        labels: the label of each.
        to_pivot: translates a list of texts into the other language.
        from_pivot: translates a list of texts back.

    Returns:
        The new texts as ``from_pivot`` returned them, in the order of the originals, and their labels. Left out are
        results that are the same as their original, that are the same as an earlier result, or that hold nothing but
        blanks. Each translator is called with a list or a tuple of texts, on all of them or in a few batches.

    >>> swap = {"good film": "bon film", "bon film": "fine film", "ok": "ok"}
    >>> translate = lambda texts: [swap[text] for text in texts]
    >>> back_translate(["good film", "ok"], [1, 0], to_pivot=translate, from_pivot=translate)
    (['fine film'], [1])
    """
    returned = from_pivot(to_pivot(texts))
    new_texts, new_labels = [], []
    seen = {""}  # a text of nothing but blanks is never new
    for text, back, label in zip(texts, returned, labels, strict=True):
        key = _plain(back)
        if key in seen or key == _plain(text):
            continue
        seen.add(key)
        new_texts.append(back)
        new_labels.append(label)
    return new_texts, new_labels


def _plain(text: str) -> str:
    """The text without what does not make it another text."""
    return " ".join(text.split()).casefold()


# --- bonus ---


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    """Keep the augmented texts whose labels a classifier confirms.

    A label is confirmed if it is the most likely class of its text, and if its probability is at least ``threshold``.

    Args:
        texts: n augmented texts. The same text may come twice; each occurrence is decided with its own label.
        labels: for each the label of the text that it was made from, the number of a class, counted from 0.
        classify: takes a list of texts and gives for each its C probabilities. No two of them are equally large.
        threshold: the probability that the label has at least.

    Returns:
        The texts that are kept, in their order, and their labels. The classifier is called with a list or a tuple of
        texts, on all of them or in a few batches.

    Raises:
        ValueError: there is not one label for each text.

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
