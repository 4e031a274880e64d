"""Draws the picture of the lesson on basics: ``python course/lessons/pictures/draw_basics.py``.

Plain SVG from the standard library: the same bytes on every machine, so a test can tell whether the picture in the
folder is the one that this file draws.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

HERE = Path(__file__).parent

INK, PALE, GREY, WARM, PAPER = "#1f2933", "#7b8794", "#cbd2d9", "#e8833a", "#ffffff"

ROWS = (
    ("[CLS]", "a", "quiet", "film", "[SEP]"),
    ("[CLS]", "no", "[SEP]", "[PAD]", "[PAD]"),
)
"""Two texts as one batch."""

STEPS = (
    ("batch", "ids and mask, B × L", "pad_batch"),
    ("embeddings", "words + positions", "bert_param_count"),
    ("12 layers", "attention, feed-forward", "set_trainable"),
    ("head", "logits, B × C", "count_parameters"),
    ("label", "softmax, largest", "label_scores"),
)
"""What happens to a batch, and which function of the exercise looks at it."""


def text(x: float, y: float, words: str, *, size: int = 14, fill: str = INK) -> str:
    """One centred line of words."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="middle" fill="{fill}">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" fill="{fill}"/>'


def draw_way() -> str:
    """A padded batch on top, the way through the model below."""
    parts = [text(360, 30, "Two texts become one batch, and the batch becomes labels", size=17)]
    for row, words in enumerate(ROWS):
        for column, word in enumerate(words):
            x, y = 130 + 76 * column, 50 + 40 * row
            filling = word == "[PAD]"
            parts += [
                box(x, y, 70, 32, GREY if filling else WARM),
                text(x + 35, y + 21, word, size=13, fill=PALE if filling else INK),
            ]
        mask = " ".join(str(int(word != "[PAD]")) for word in words)
        parts.append(text(580, 71 + 40 * row, f"mask  {mask}", size=13))
    for place, (name, what, function) in enumerate(STEPS):
        x = 20 + 138 * place
        parts += [
            box(x, 160, 120, 56, GREY),
            text(x + 60, 184, name, size=15),
            text(x + 60, 203, what, size=9),
            text(x + 60, 238, function, size=12, fill=PALE),
        ]
        if place:
            parts.append(
                f'<line x1="{x - 16:g}" y1="188" x2="{x - 3:g}" y2="188" stroke="{INK}" stroke-width="1.6"'
                ' marker-end="url(#head)"/>'
            )
    title = "Two texts of different length are padded to one batch, which goes through embeddings, layers and head"
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 260" width="720" height="260"'
        ' font-family="Helvetica, Arial, sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{INK}"/></marker></defs>',
        f'<rect width="720" height="260" rx="8" fill="{PAPER}"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


PICTURES = {"basics.svg": draw_way}


def main() -> None:
    """Write the picture beside this file."""
    for name, draw in PICTURES.items():
        (HERE / name).write_text(draw(), encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
