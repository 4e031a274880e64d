"""The pictures of the LoRA lesson: the detour through A and B, and what it saves."""

from __future__ import annotations

from scripts.pictures.svg import GREY, ORANGE, PALE, arrow, box, page, ring, text

FROZEN, TRAINED = GREY, ORANGE

SHARES = (
    ("trained parameters", 0.27, "0.27 %"),
    ("saved file", 0.27, "0.27 %"),
    ("static memory", 25.3, "25.3 %"),
    ("memory, 8 texts of 128", 41.6, "41.6 %"),
    ("compute, one step", 66.8, "67 %"),
    ("memory, 32 texts of 512", 81.5, "81.5 %"),
)
"""What LoRA (r=8 on query and value of BERT-base) needs, in percent of full fine-tuning: ``scripts/figures/lora.py``
computes it, and a test compares the two."""


def draw_idea() -> str:
    """The frozen weight, and beside it the detour through A and B."""
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
    """Bars: what LoRA needs of full fine-tuning."""
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


PICTURES = {"lora.svg": draw_idea, "lora_costs.svg": draw_costs}
