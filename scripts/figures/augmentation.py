"""The figures of the lesson on augmentation: ``course figures augmentation``.

Random numbers are drawn with a fixed seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from scripts.figures.figure import Figure

CHAPTER = (
    "This movie is fantastic! I loved every minute.",
    "Terrible film, waste of time and money.",
    "An absolute masterpiece of cinema.",
    "Boring and predictable plot.",
    "One of the best movies I've ever seen!",
    "Disappointing and poorly acted.",
)
"""The chapter's training texts; it has a hundred copies of each."""
REVIEW = "the plot is thin but the acting is not bad at all".split()


def copies() -> list[Figure]:
    """A hundred copies of each text."""
    texts = CHAPTER * 100
    return [
        Figure("texts after the copying", f"{len(texts)}"),
        Figure("different ones", f"{len(set(texts))}"),
        Figure("words in a text", f"{min(len(t.split()) for t in texts)} to {max(len(t.split()) for t in texts)}"),
        Figure("share of copies", f"{100 * (1 - len(set(texts)) / len(texts)):.0f}%"),
    ]


def deletion() -> list[Figure]:
    """Texts that deletion leaves unchanged, and texts that it would empty."""
    rows = []
    for n in (4, 8, 25):
        for p in (0.1, 0.3):
            rows.append(Figure(f"{n} words, p = {p}: unchanged", f"{100 * (1 - p) ** n:.1f}%"))
    for n in (1, 4):
        for p in (0.1, 0.3):
            rows.append(Figure(f"{n} words, p = {p}: empty", f"{100 * p**n:.2g}%"))
    return rows


def walked_through(p: float, n: int = 100_000) -> float:
    """Return the share of a list that is removed if each removal shifts the rest while the loop continues."""
    rng = random.Random(0)
    place = gone = 0
    while place < n - gone:
        if rng.random() < p:
            gone += 1  # the next token has moved into this position
        place += 1
    return gone / n


def while_walking() -> list[Figure]:
    """A list that is changed while a loop iterates over it."""
    return [Figure(f"p = {p}: share that goes", f"{walked_through(p):.2f}") for p in (0.1, 0.5, 0.9)]


def swaps() -> list[Figure]:
    """Swaps that change nothing, and a negation that moves."""
    n = len(REVIEW)
    return [
        Figure("words of the review", f"{n}"),
        Figure("pairs of positions", f"{math.comb(n, 2)}"),
        Figure("the same position twice", f"{100 / n:.1f}%"),
        Figure("swaps that move the negation", f"{100 * (n - 1) / math.comb(n, 2):.1f}%"),
    ]


def insertions() -> list[Figure]:
    """One known word among twenty, and nine draws."""
    return [
        Figure("a draw finds it", f"{100 / 20:.0f}%"),
        Figure("one of nine draws finds it", f"{100 * (1 - 0.95**9):.0f}%"),
    ]


def integral(function: Callable[[float], float], low: float, high: float, steps: int = 20_000) -> float:
    """Integrate by the midpoint rule, with u = x^4 near 0, where the density of Beta(a, a) is unbounded."""
    a, b = low**0.25, high**0.25
    width = (b - a) / steps
    middles = (a + (number + 0.5) * width for number in range(steps))
    return sum(function(u**4) * 4 * u**3 for u in middles) * width


def density(a: float, x: float) -> float:
    """Return the density of Beta(a, a)."""
    return float(math.gamma(2 * a) / math.gamma(a) ** 2 * (x * (1 - x)) ** (a - 1))


def shares() -> list[Figure]:
    """The share lam, drawn from Beta(a, a)."""
    rows = []
    for a in (0.2, 1.0, 5.0):
        light = 2 * integral(lambda x, a=a: density(a, x), 0.0, 0.1)  # type: ignore[misc]
        smaller = 2 * integral(lambda x, a=a: x * density(a, x), 0.0, 0.5)  # type: ignore[misc]
        rows.append(Figure(f"alpha = {a:g}: nearly pure, below 0.1 or above 0.9", f"{100 * light:.0f}%"))
        rows.append(Figure(f"alpha = {a:g}: mean of the smaller share", f"{smaller:.2f}"))
    return rows


def ids() -> list[Figure]:
    """Two token ids, mixed."""
    return [Figure("0.7 * 2054 + 0.3 * 3185", f"{0.7 * 2054 + 0.3 * 3185:.1f}")]


def confirmed() -> list[Figure]:
    """A classifier with 90% accuracy filters variants, one in ten of which has lost its label."""
    lost, right = 0.1, 0.9
    kept_right, kept_lost = (1 - lost) * right, lost * (1 - right)
    return [
        Figure("label still right, kept", f"{100 * kept_right:.0f}%"),
        Figure("label still right, dropped", f"{100 * (1 - lost - kept_right):.0f}%"),
        Figure("label lost, kept", f"{100 * kept_lost:.0f}%"),
        Figure("label lost, dropped", f"{100 * (lost - kept_lost):.0f}%"),
        Figure("kept", f"{100 * (kept_right + kept_lost):.0f}%"),
        Figure("wrong labels before", f"{100 * lost:.0f}%"),
        Figure("wrong labels among the kept", f"{100 * kept_lost / (kept_right + kept_lost):.1f}%"),
    ]


SECTIONS = (copies, deletion, while_walking, swaps, insertions, shares, ids, confirmed)
