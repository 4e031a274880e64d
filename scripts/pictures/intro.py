"""The pictures of the introduction: one pre-training for many tasks, and its benefit by number of texts."""

from __future__ import annotations

from scripts.pictures.svg import BLUE, GREY, ORANGE, PALE, arrow, box, page, text

TASKS = (("sentiment", "model 1"), ("question answering", "model 2"), ("entities", "model 3"))


def draw_transfer() -> str:
    """Draw a corpus, one pre-training, one general model, three fine-tunings and their results."""
    parts = [
        text(175, 30, "once, with much text and no labels", size=13, fill=PALE),
        text(560, 30, "often, with a few thousand labelled texts", size=13, fill=PALE),
        box(16, 106, 92, 68, GREY),
        text(62, 136, "corpus"),
        text(62, 156, "text alone", size=11, fill=PALE),
        arrow((108, 140), (132, 140)),
        box(136, 106, 104, 68, ORANGE),
        text(188, 136, "pre-training"),
        text(188, 156, "MLM or CLM", size=11),
        arrow((240, 140), (264, 140)),
        box(268, 106, 104, 68, GREY),
        text(320, 136, "general model"),
        text(320, 156, "BERT or GPT", size=11, fill=PALE),
    ]
    for row, (task, model) in enumerate(TASKS):
        y = 56 + 64 * row
        parts += [
            arrow((372, 140), (398, 140), (398, y + 20), (424, y + 20)),
            box(428, y, 150, 40, ORANGE),
            text(503, y + 18, "fine-tuning", size=11),
            text(503, y + 33, task, size=13),
            arrow((578, y + 20), (604, y + 20)),
            box(608, y, 76, 40, BLUE),
            text(646, y + 25, model, size=13, fill="#ffffff"),
        ]
    title = "One pre-training on a corpus gives a general model; three fine-tunings on labelled texts make three of it"
    return page(700, 250, title, *parts)


PICTURES = {"intro.svg": draw_transfer}
