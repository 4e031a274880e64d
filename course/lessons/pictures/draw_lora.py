"""Draws the pictures of the LoRA lesson: ``python course/lessons/pictures/draw_lora.py``.

Plain SVG from the standard library: a few kilobytes, sharp at any size, and the same bytes on every machine, so a test
can tell whether the pictures in the folder are the ones that this file draws.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

HERE = Path(__file__).parent

INK, PALE, FROZEN, TRAINED, PAPER = "#1f2933", "#7b8794", "#cbd2d9", "#e8833a", "#ffffff"

SHARES = (
    ("trained parameters", 0.27, "0.27 %"),
    ("saved file", 0.27, "0.27 %"),
    ("static memory", 25.3, "25.3 %"),
    ("memory, 8 texts of 128", 41.6, "41.6 %"),
    ("compute, one step", 66.8, "67 %"),
    ("memory, 32 texts of 512", 81.5, "81.5 %"),
)
"""What LoRA (r=8 on query and value of BERT-base) needs, in percent of full fine-tuning: scripts/figures_lora.py."""


def text(x: float, y: float, words: str, *, size: int = 15, anchor: str = "middle", fill: str = INK) -> str:
    """One line of words."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" fill="{fill}"/>'


def arrow(*points: tuple[float, float]) -> str:
    """A line through the points, with a head at its end."""
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="1.6" marker-end="url(#head)"/>'


def page(width: int, height: int, title: str, *parts: str) -> str:
    """A whole picture; the title is what a screen reader says."""
    head = (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{INK}"/></marker></defs>'
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="Helvetica, Arial, sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        head,
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def draw_idea() -> str:
    """The frozen weight, and beside it the detour through A and B."""
    return page(
        700,
        330,
        "x goes through the frozen weight W, and in parallel through dropout, A and B; both results are added",
        # the frozen path
        arrow((60, 165), (100, 165), (100, 95), (250, 95)),
        box(260, 30, 130, 130, FROZEN),
        text(325, 90, "W"),
        text(325, 110, "d × k, frozen", size=13),
        arrow((390, 95), (590, 95), (590, 150)),
        # the detour
        arrow((100, 165), (100, 250), (118, 250)),
        f'<rect x="122" y="234" width="76" height="32" rx="16" fill="none" stroke="{PALE}" stroke-dasharray="4 3"/>',
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
        # ends
        text(45, 170, "x", size=18),
        f'<circle cx="590" cy="165" r="14" fill="none" stroke="{INK}" stroke-width="1.6"/>',
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
            text(left - 12, y + 16, label, size=14, anchor="end"),
            box(left, y, full, 22, FROZEN),
            box(left, y, width, 22, TRAINED),
            text(left + full + 12, y + 16, shown, size=14, anchor="start"),
        ]
    title = "What LoRA needs of full fine-tuning"
    note = "BERT-base, r = 8 on query and value, float32, AdamW. Counted, not measured on a GPU."
    height = 60 + len(SHARES) * step + 30
    return page(
        700, height, title, text(350, 34, title, size=17), *bars, text(350, height - 14, note, size=12, fill=PALE)
    )


PICTURES = {"lora.svg": draw_idea, "lora_costs.svg": draw_costs}


def main() -> None:
    """Write the pictures beside this file."""
    for name, draw in PICTURES.items():
        (HERE / name).write_text(draw(), encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
