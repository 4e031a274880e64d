"""The pictures of the lesson on inference: what padding costs, and how often a confidence is right."""

from __future__ import annotations

from scripts.figures.inference import BATCH, LENGTHS, MAX_LENGTH
from scripts.pictures.svg import LIGHT, ORANGE, box, page, text

WAYS = (
    ("all padded to 128", LENGTHS, MAX_LENGTH),
    ("to the longest of the batch", LENGTHS, None),
    ("sorted first", tuple(sorted(LENGTHS)), None),
)
"""Heading, the lengths in their order, and the width of every batch if it is the same."""


def positions(lengths: tuple[int, ...], width: int | None) -> list[tuple[int, int]]:
    """(length, width of its batch) of every text."""
    rows = []
    for start in range(0, len(lengths), BATCH):
        batch = lengths[start : start + BATCH]
        rows += [(length, width or max(batch)) for length in batch]
    return rows


def draw_padding() -> str:
    """Nine texts, three ways: tokens dark, padding pale."""
    scale, height, gap, top = 1.55, 14, 4, 84
    parts = [text(350, 32, "Nine texts in batches of three: what the model works on", size=17)]
    left = 30.0
    for heading, lengths, width in WAYS:
        rows = positions(lengths, width)
        parts.append(text(left, top - 26, heading, anchor="start"))
        for i, (length, columns) in enumerate(rows):
            y = top + i * (height + gap) + (i // BATCH) * 12
            parts += [
                box(left, y, scale * columns, height, LIGHT, radius=2),
                box(left, y, scale * length, height, ORANGE, radius=2),
            ]
        total = sum(columns for _, columns in rows)
        foot = top + len(rows) * (height + gap) + 2 * 12 + 20
        parts.append(text(left, foot, f"{total:,} positions", anchor="start", size=13))
        left += scale * max(columns for _, columns in rows) + (60 if width else 130)
    foot += 34
    parts += [
        box(30, foot - 12, 26, 14, ORANGE, radius=2),
        text(64, foot, f"tokens ({sum(LENGTHS)})", anchor="start", size=13),
        box(190, foot - 12, 26, 14, LIGHT, radius=2),
        text(224, foot, "padding", anchor="start", size=13),
    ]
    title = "Padded to 128, nine texts take 1,152 positions; padded batch by batch 360; sorted first 264, of 206 tokens"
    return page(700, round(foot + 24), title, *parts)


PICTURES = {"inference_padding.svg": draw_padding}
