"""The pictures of the lesson on strategies."""

from __future__ import annotations

from scripts.pictures.svg import BLUE, GREY, INK, LIGHT, ORANGE, PALE, PAPER, arrow, box, page, text

# --- chunk_for_mlm ---

DOCUMENTS = (("a", 11, LIGHT), ("b", 3, BLUE), ("c", 6, ORANGE))
"""Letter, number of ids and colour of each document."""
PIECE = 6
"""Ids of text in a block of 8."""
CELL = 22


def row() -> list[tuple[str, str]]:
    """(letter, colour) of all documents in a row, with a separator after each."""
    found = []
    for letter, length, colour in DOCUMENTS:
        found += [(letter, colour)] * length + [("S", GREY)]
    return found


def cells(x: float, y: float, content: list[tuple[str, str]]) -> list[str]:
    """A line of cells, each with its letter."""
    parts = []
    for place, (letter, colour) in enumerate(content):
        left = x + place * CELL
        parts.append(box(left + 1, y, CELL - 2, CELL, colour, radius=2))
        ink = PAPER if colour == BLUE else INK
        parts.append(text(left + CELL / 2, y + 16, letter, size=13, fill=ink))
    return parts


def draw_blocks() -> str:
    """Documents, joined into a row, cut into blocks."""
    left, gap = 120, 18
    ids = row()
    parts = [text(370, 34, "Documents become blocks of 8", size=17)]
    parts.append(text(left - 14, 76, "documents", anchor="end"))
    x = left
    for letter, length, colour in DOCUMENTS:
        parts += cells(x, 60, [(letter, colour)] * length)
        x += length * CELL + gap
    parts.append(text(left - 14, 146, "one row", anchor="end"))
    parts += cells(left, 130, ids)
    parts.append(arrow((left + 6 * CELL, 90), (left + 6 * CELL, 122)))
    parts.append(text(left + 6 * CELL + 12, 112, "join, [SEP] after each", size=12, anchor="start", fill=PALE))
    parts.append(text(left - 14, 226, "blocks", anchor="end"))
    parts.append(arrow((left + 6 * CELL, 160), (left + 6 * CELL, 192)))
    parts.append(text(left + 6 * CELL + 12, 182, f"cut after every {PIECE}", size=12, anchor="start", fill=PALE))
    for number, start in enumerate(range(0, len(ids), PIECE)):
        block = [("C", GREY), *ids[start : start + PIECE], ("S", GREY)]
        x = left + (number % 2) * (8 * CELL + 2 * gap)
        parts += cells(x, 210 + (number // 2) * 40, block)
    parts.append(text(left, 310, "C = [CLS], S = [SEP]", size=12, anchor="start", fill=PALE))
    return page(740, 330, "Three documents joined into one row with [SEP] after each, and cut into blocks", *parts)


PICTURES = {"strategy_blocks.svg": draw_blocks}
