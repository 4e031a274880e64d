"""The pictures of the LoRA lesson: the detour through A and B, and its savings."""

from __future__ import annotations

from scripts.pictures.svg import BLUE, GREY, ORANGE, PALE, arrow, box, line, page, ring, text

FROZEN, TRAINED = GREY, ORANGE

SHARES = (
    ("trained parameters", 0.27, "0.27%"),
    ("saved file", 0.27, "0.27%"),
    ("static memory", 25.3, "25.3%"),
    ("memory, 8 texts of 128", 41.6, "41.6%"),
    ("compute, one step", 66.8, "67%"),
    ("memory, 32 texts of 512", 81.5, "81.5%"),
)
"""Costs of LoRA (r=8 on query and value of BERT-base), in percent of full fine-tuning: ``scripts/figures/lora.py``
computes them, and a test compares the two."""


def draw_idea() -> str:
    """Draw the frozen weight, and next to it the detour through A and B."""
    return page(
        700,
        330,
        "x goes through the frozen weight W, and in parallel through dropout, A and B; both results are added",
        # the frozen path
        arrow((60, 165), (100, 165), (100, 95), (250, 95)),
        box(260, 30, 130, 130, FROZEN),
        text(325, 90, "W", size=15),
        text(325, 110, "d × k, frozen", size=13),
        arrow((390, 95), (590, 95), (590, 150)),
        # the detour
        arrow((100, 165), (100, 250), (118, 250)),
        box(122, 234, 76, 32, "none", radius=16, dashed=True),
        text(160, 255, "dropout", size=13),
        arrow((198, 250), (250, 250)),
        box(260, 241, 130, 18, TRAINED),
        text(325, 280, "A, r × k", size=13),
        text(325, 297, "starts random", size=12, fill=PALE),
        arrow((390, 250), (438, 250)),
        text(414, 242, "r", size=12, fill=PALE),
        box(446, 185, 18, 130, TRAINED),
        text(474, 206, "B, d × r", size=13, anchor="start"),
        text(474, 223, "starts at zero", size=12, anchor="start", fill=PALE),
        arrow((464, 250), (590, 250), (590, 182)),
        text(527, 270, "times α / r", size=13),
        # both ends
        text(45, 170, "x", size=18),
        ring(590, 165, 14),
        text(590, 171, "+", size=18),
        arrow((604, 165), (645, 165)),
        text(660, 170, "h", size=18),
    )


def draw_costs() -> str:
    """Draw bars: LoRA's costs relative to full fine-tuning."""
    left, full, step = 200, 400, 40
    bars = []
    for row, (label, percent, shown) in enumerate(SHARES):
        y = 60 + row * step
        width = max(full * percent / 100, 1.5)
        bars += [
            text(left - 12, y + 16, label, anchor="end"),
            box(left, y, full, 22, FROZEN),
            box(left, y, width, 22, TRAINED),
            text(left + full + 12, y + 16, shown, anchor="start"),
        ]
    title = "What LoRA needs of full fine-tuning"
    note = "BERT-base, r = 8 on query and value, float32, AdamW. Counted, not measured on a GPU."
    height = 60 + len(SHARES) * step + 30
    return page(
        700, height, title, text(350, 34, title, size=17), *bars, text(350, height - 14, note, size=12, fill=PALE)
    )


def draw_ranks() -> str:
    """Draw the kept share over the rank, for a square and for a wide matrix; above 100% LoRA is the larger one."""
    left, right, bottom, top = 80, 620, 300, 60
    largest, highest = 768, 2.0

    def at(r: float, share: float) -> tuple[float, float]:
        return left + (right - left) * r / largest, bottom - (bottom - top) * share / highest

    def kept(r: float, d: int, k: int) -> float:
        return r * (d + k) / (d * k)

    parts = [
        text(350, 32, "Size of a pair of rank r, as a share of its matrix", size=17),
        line([at(0, 2.05), at(0, 0), at(largest, 0)]),
        line([at(0, 1), at(largest, 1)], PALE, width=1, dashed=True),
    ]
    for share in (0, 1, 2):
        parts.append(text(left - 10, at(0, share)[1] + 5, f"{100 * share}%", anchor="end", size=13))
    for r in (64, 384, 768):
        parts.append(text(at(r, 0)[0], bottom + 20, str(r), size=13))
    for d, k, colour, break_even in ((768, 768, ORANGE, "384"), (3072, 768, BLUE, "614.4")):
        end = at(largest, kept(largest, d, k))
        x, y = at(d * k / (d + k), 1)
        parts += [
            line([at(0, 0), end], colour, width=3),
            ring(x, y, 5),
            text(x - 10, y - 10, f"break-even {break_even}", anchor="end", size=12),
            text(end[0] + 6, end[1] + 5, f"{d} × {k}", anchor="start", size=12, fill=colour),
        ]
    parts.append(text(350, bottom + 44, "rank r", size=13, fill=PALE))
    title = "Kept share over the rank: lines that cross 100% at 384 for 768 × 768 and at 614.4 for 3072 × 768"
    return page(720, 360, title, *parts)


RANKS = (1, 2, 4, 8, 16, 32, 64, 128)
SPECTRUM = (
    ("update, top layer", ORANGE, (64.6, 72.4, 79.4, 84.9, 89.9, 94.1, 97.4, 99.3)),
    ("update, bottom layer", BLUE, (6.9, 11.8, 19.2, 29.2, 42.5, 58.6, 75.9, 91.3)),
    ("the weight itself", PALE, (2.9, 5.1, 8.6, 14.4, 24.0, 39.6, 61.0, 84.4)),
)
"""Percent of the squared norm within rank r, equal to ``SPECTRUM`` in ``scripts/figures/lora.py``; a test compares
the two."""


def draw_spectrum() -> str:
    """Draw how much of an update the best matrix of rank r keeps; the ranks double from mark to mark."""
    left, step, bottom, top = 80, 62, 300, 60

    def at(place: int, percent: float) -> tuple[float, float]:
        return left + step * place, bottom - (bottom - top) * percent / 100

    parts = [
        text(350, 32, "How much of the update the best matrix of rank r keeps", size=17),
        line([at(0, 104), at(0, 0), at(len(RANKS) - 1, 0)]),
        line([at(3, 0), at(3, 100)], PALE, width=1, dashed=True),
    ]
    for percent in (0, 50, 100):
        parts.append(text(left - 10, at(0, percent)[1] + 5, f"{percent}%", anchor="end", size=13))
    for place, r in enumerate(RANKS):
        parts.append(text(at(place, 0)[0], bottom + 20, str(r), size=13))
    for row, (name, colour, shares) in enumerate(SPECTRUM):
        parts += [
            line([at(place, share) for place, share in enumerate(shares)], colour, width=3),
            line([(540, 200 + 26 * row), (564, 200 + 26 * row)], colour, width=3),
            text(572, 205 + 26 * row, name, anchor="start", size=12),
        ]
    parts.append(text(300, bottom + 44, "rank r", size=13, fill=PALE))
    title = "Share of the norm within rank r: the top layer's update is nearly complete at rank 8, the bottom one's not"
    return page(720, 360, title, *parts)


PICTURES = {
    "lora.svg": draw_idea,
    "lora_costs.svg": draw_costs,
    "lora_ranks.svg": draw_ranks,
    "lora_spectrum.svg": draw_spectrum,
}
