"""The pictures of the lesson on inference: the cost of padding, and accuracy by confidence."""

from __future__ import annotations

from scripts.figures.inference import BATCH, LENGTHS, MAX_LENGTH
from scripts.pictures.svg import BLUE, LIGHT, ORANGE, PALE, box, line, page, text

WAYS = (
    ("all padded to 128", LENGTHS, MAX_LENGTH),
    ("to the longest of the batch", LENGTHS, None),
    ("sorted first", tuple(sorted(LENGTHS)), None),
)
"""Heading, the lengths in order, and the width of every batch if it is constant."""


def positions(lengths: tuple[int, ...], width: int | None) -> list[tuple[int, int]]:
    """Return (length, width of its batch) of every text."""
    rows = []
    for start in range(0, len(lengths), BATCH):
        batch = lengths[start : start + BATCH]
        rows += [(length, width or max(batch)) for length in batch]
    return rows


def draw_padding() -> str:
    """Draw nine texts in three ways: tokens dark, padding pale."""
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


RELIABILITY = {
    "as trained": (
        (0.548, 0.458, 48),
        (0.643, 0.533, 45),
        (0.749, 0.441, 59),
        (0.857, 0.515, 99),
        (0.992, 0.660, 1455),
    ),
    "divided by T = 14.25": (
        *((0.549, 0.557, 646), (0.648, 0.619, 512), (0.748, 0.705, 332), (0.844, 0.775, 178), (0.930, 0.921, 38)),
    ),
}
"""Mean confidence, share of right answers and reviews per bin, from ``course figures inference --calibration``."""


def draw_reliability() -> str:
    """Draw accuracy over confidence, before and after temperature scaling."""
    left, right, bottom, top = 90, 460, 330, 60

    def at(confidence: float, share: float) -> tuple[float, float]:
        return left + (right - left) * (confidence - 0.5) / 0.5, bottom - (bottom - top) * (share - 0.4) / 0.6

    parts = [
        text(350, 32, "1,706 reviews: what the model says, and what is right", size=17),
        line([(left, top), (left, bottom), (right, bottom)]),
        line([at(0.5, 0.5), at(1, 1)], PALE, dashed=True),
        text(left - 12, at(0, 0.4)[1] + 5, "0.4", anchor="end"),
        text(left - 12, at(0, 1)[1] + 5, "1", anchor="end"),
        text(left, bottom + 20, "0.5"),
        text(right, bottom + 20, "1"),
        text((left + right) / 2, bottom + 42, "mean confidence of a bin", size=13, fill=PALE),
        text(left - 44, (top + bottom) / 2, "share that is right", size=13, fill=PALE, turn=-90),
    ]
    for (name, bins), colour, y in zip(RELIABILITY.items(), (ORANGE, BLUE), (120, 160), strict=True):
        parts.append(line([at(confidence, share) for confidence, share, _ in bins], colour, width=2))
        for confidence, share, n in bins:
            x, height = at(confidence, share)
            side = 4 + 14 * (n / 1455) ** 0.5  # the area shows the number of reviews
            parts.append(box(x - side / 2, height - side / 2, side, side, colour, radius=2))
        parts += [box(500, y - 12, 14, 14, colour, radius=2), text(524, y, name, anchor="start", size=13)]
    parts += [
        line([(500, 195), (516, 195)], PALE, dashed=True),
        text(524, 200, "as sure as right", anchor="start", size=13),
        text(500, 240, "The larger a square,", anchor="start", size=13, fill=PALE),
        text(500, 258, "the more reviews.", anchor="start", size=13, fill=PALE),
    ]
    title = (
        "As trained, confidences near 0.99 are right in 66 of 100 cases; divided by 14.25 they lie near the diagonal"
    )
    return page(700, 390, title, *parts)


PICTURES = {"inference_padding.svg": draw_padding, "inference_reliability.svg": draw_reliability}
