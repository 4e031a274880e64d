"""The pictures of the lesson on augmentation: which tokens each operation can change, and the distribution of lam."""

from __future__ import annotations

from scripts.figures.augmentation import density
from scripts.pictures.svg import BLUE, GREY, INK, LIGHT, ORANGE, PALE, box, line, page, text

TEXT = ("a", "fine", "film", "but", "not", "short")
ROWS = (
    ("original", TEXT, ()),
    ("deletion", ("a", "film", "but", "not", "short"), ()),
    ("swap", ("a", "not", "film", "but", "fine", "short"), (1, 4)),
    ("insertion", ("a", "fine", "movie", "film", "but", "not", "short"), (2,)),
    ("replacement", ("a", "good", "film", "but", "not", "brief"), (1, 5)),
)
ALPHAS = ((0.2, ORANGE), (1.0, PALE), (5.0, BLUE))


def draw_operations() -> str:
    """Draw one text, and the possible results of each operation."""
    left, step, width, top = 140, 78, 70, 62
    parts = [text(350, 32, "One text, four variants, one label", size=17)]
    for row, (label, words, changed) in enumerate(ROWS):
        y = top + row * 44
        parts.append(text(left - 14, y + 20, label, anchor="end"))
        for place, word in enumerate(words):
            fill = ORANGE if place in changed else BLUE if word == "not" else LIGHT
            ink = INK if fill == LIGHT else "#ffffff"
            parts += [
                box(left + place * step, y, width, 30, fill),
                text(left + place * step + width / 2, y + 20, word, fill=ink),
            ]
    foot = top + len(ROWS) * 44 + 16
    parts.append(text(350, foot, "blue: carries the label. The swap has moved it: who is not short now?", size=13))
    title = "Deletion drops a word, swap exchanges two, insertion adds a synonym, replacement puts synonyms in place"
    return page(700, foot + 20, title, *parts)


def draw_shares() -> str:
    """Draw the densities of Beta(alpha, alpha)."""
    left, right, bottom, top, most = 70, 660, 260, 60, 3.0

    def at(x: float, height: float) -> tuple[float, float]:
        return left + (right - left) * x, bottom - (bottom - top) * min(height, most) / most

    parts = [
        text(350, 32, "How much of the example itself: lam from Beta(alpha, alpha)", size=17),
        line([at(0, most), at(0, 0), at(1, 0)]),
    ]
    for number, (alpha, colour) in enumerate(ALPHAS):
        points = [at(step / 200, density(alpha, step / 200)) for step in range(1, 200)]
        parts += [
            line(points, colour, width=3),
            text(130, 84 + 20 * number, f"alpha = {alpha:g}", anchor="start", size=13, fill=colour),
        ]
    parts += [text(at(x, 0)[0], bottom + 20, f"{x:g}") for x in (0, 0.5, 1)]
    parts += [
        text(350, bottom + 44, "lam", size=13, fill=PALE),
        line([at(0.5, 0), at(0.5, most)], GREY, width=1, dashed=True),
    ]
    title = (
        "With alpha 0.2 lam is nearly always close to 0 or 1, with alpha 1 it is uniform, with alpha 5 it is near 0.5"
    )
    return page(700, 320, title, *parts)


PICTURES = {"augmentation_operations.svg": draw_operations, "augmentation_shares.svg": draw_shares}
