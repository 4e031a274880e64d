"""The picture of the lesson on heads: the position of the maximum, with and without a mask."""

from __future__ import annotations

from scripts.pictures.svg import GREY, INK, ORANGE, PALE, PAPER, box, page, text

REAL, WINNER = GREY, ORANGE

TOKENS = ("[CLS]", "good", "film", "[SEP]")
N_PADS = 3
STATES = (
    (0.3, -0.8, 0.5, 0.1, 0.9, 1.4, 0.7),
    (-0.6, -0.2, -1.1, -0.4, 0.3, 0.1, 0.6),
    (1.2, 0.4, -0.3, 0.8, -0.5, 0.2, -0.9),
    (-0.1, 0.7, 0.2, -0.9, 0.6, 1.1, 1.5),
)
"""Features of four tokens and three PAD positions, made up for the picture."""


def cell(x: float, y: float, number: float, fill: str, *, dashed: bool = False) -> str:
    """Draw a number in a box."""
    return box(x, y, 56, 32, fill, dashed=dashed) + text(x + 28, y + 21, f"{number:.1f}".replace("-", "−"))


def draw_padding() -> str:
    """Draw each feature's maximum: among all positions, and among the real ones."""
    n_real = len(TOKENS)
    left, top, step, row_step = 30, 86, 62, 42
    everywhere, masked = left + 7 * step + 40, left + 7 * step + 140
    parts = []
    for place, name in enumerate((*TOKENS, *["[PAD]"] * N_PADS)):
        parts.append(text(left + place * step + 28, top - 12, name, size=13, fill=INK if place < n_real else PALE))
    parts += [
        text(left + 2 * step - 3, 30, "the text", size=15),
        text(left + 5.5 * step - 3, 30, "padding", size=15, fill=PALE),
        text(everywhere + 28, 30, "max", size=15),
        text(everywhere + 28, top - 12, "of all", size=13),
        text(masked + 28, 30, "max", size=15),
        text(masked + 28, top - 12, "of the text", size=13),
    ]
    for row, numbers in enumerate(STATES):
        y = top + row * row_step
        stolen = numbers.index(max(numbers)) >= n_real
        for place, number in enumerate(numbers):
            wins = number == max(numbers) and stolen
            real = place < n_real
            fill = WINNER if wins else REAL if real else PAPER
            parts.append(cell(left + place * step, y, number, fill, dashed=not real))
        parts.append(cell(everywhere, y, max(numbers), WINNER if stolen else REAL))
        parts.append(cell(masked, y, max(numbers[:n_real]), REAL))
    height = top + len(STATES) * row_step + 40
    n_stolen = sum(max(numbers) not in numbers[:n_real] for numbers in STATES)
    note = f"Without a mask, PAD wins {n_stolen} of {len(STATES)} features. With another batch, other PADs would."
    title = (
        "Four features of four tokens and three PAD positions; the maximum over all positions comes from PAD in three"
        " of four features, the maximum over the text does not"
    )
    return page(700, height, title, *parts, text(350, height - 16, note, size=13, fill=PALE))


PICTURES = {"heads.svg": draw_padding}
