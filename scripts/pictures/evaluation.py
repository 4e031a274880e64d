"""The pictures of the lesson on splits and measures: a split by rows and one by texts, and F1 next to another mean."""

from __future__ import annotations

from scripts.pictures.svg import BLUE, GREY, LIGHT, ORANGE, PALE, box, line, page, text

COLOURS = (ORANGE, BLUE, PALE, GREY)
ROWS = "ABCDABCDABCD"
"""Twelve rows of four texts."""
BY_ROWS = (1, 4, 11)
BY_TEXTS = (3, 7, 11)
"""Indices of the test set: three drawn from all rows, and all three rows of one text."""


def draw_split() -> str:
    """Draw twelve rows in four colours, split in two ways."""
    left, width, gap = 60, 36, 8

    def strip(y: int, test: tuple[int, ...]) -> list[str]:
        train = [row for row in range(len(ROWS)) if row not in test]
        parts = []
        for place, row in enumerate([*train, *test]):
            x = left + place * (width + gap) + (40 if place >= len(train) else 0)
            parts.append(box(x, y, width, 30, COLOURS["ABCD".index(ROWS[row])]))
            parts.append(text(x + width / 2, y + 20, ROWS[row]))
        end = left + len(train) * (width + gap)
        return [box(end + 32 - gap / 2, y - 6, len(test) * (width + gap) + 12, 42, LIGHT, dashed=True), *parts]

    train_middle, test_middle = left + 4.5 * (width + gap) - 4, left + 40 + 10.5 * (width + gap) - 4
    parts = [
        text(350, 30, "Twelve rows, four texts, three rows to test on", size=17),
        text(train_middle, 60, "training", size=13),
        text(test_middle, 60, "test", size=13),
        *strip(76, BY_ROWS),
        text(left, 136, "Rows drawn: B, A and D were all read in training.", anchor="start", size=13),
        *strip(166, BY_TEXTS),
        text(left, 226, "Texts drawn: no D was read in training.", anchor="start", size=13),
    ]
    title = "If rows are drawn, every text of the test set is in training as well; if texts are drawn, none is"
    return page(700, 246, title, *parts)


def harmonic(precision: float, recall: float) -> float:
    """Return F1."""
    return 2 * precision * recall / (precision + recall) if recall else 0.0


def draw_f1() -> str:
    """Draw F1 over the recall for a precision of 1, and the arithmetic mean."""
    left, right, bottom, top = 80, 620, 260, 60

    def at(recall: float, height: float) -> tuple[float, float]:
        return left + (right - left) * recall, bottom - (bottom - top) * height

    steps = [step / 50 for step in range(51)]
    tenth = at(0.1, 0)[0]
    parts = [
        text(350, 32, "Two means of a precision of 1 and a recall", size=17),
        line([at(0, 1.05), at(0, 0), at(1, 0)]),
        line([(tenth, at(0, 0.55)[1]), (tenth, bottom)], PALE, width=1, dashed=True),
        line([at(recall, (1 + recall) / 2) for recall in (0.0, 1.0)], GREY, width=3),
        line([at(recall, harmonic(1, recall)) for recall in steps], ORANGE, width=3),
        text(left - 10, at(0, 1)[1] + 5, "1", anchor="end"),
        text(left - 10, at(0, 0.5)[1] + 5, "0.5", anchor="end"),
        text(left - 10, bottom + 5, "0", anchor="end"),
        text(tenth, bottom + 20, "0.1", size=13),
        text(right, bottom + 20, "1"),
        text((left + right) / 2, bottom + 40, "recall", size=13, fill=PALE),
        box(330, 190, 30, 6, GREY),
        text(370, 198, "arithmetic mean: 0.55 at a recall of 0.1", anchor="start", size=13),
        box(330, 214, 30, 6, ORANGE),
        text(370, 222, "F1, the harmonic mean: 0.18", anchor="start", size=13),
    ]
    title = "F1 starts at 0 with the recall and rises steeply; the arithmetic mean starts at a half"
    return page(700, 320, title, *parts)


PICTURES = {"evaluation_split.svg": draw_split, "evaluation_f1.svg": draw_f1}
