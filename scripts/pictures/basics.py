"""The picture of the lesson on basics: two texts become a padded batch, and the batch becomes labels."""

from __future__ import annotations

from scripts.pictures.svg import GREY, INK, ORANGE, PALE, arrow, box, page, text

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
"""The stages of a batch, and the function of the exercise for each."""


def draw_way() -> str:
    """Draw a padded batch on top, and its way through the model below."""
    parts = [text(360, 30, "Two texts become one batch, and the batch becomes labels", size=17)]
    for row, words in enumerate(ROWS):
        for column, word in enumerate(words):
            x, y = 130 + 76 * column, 50 + 40 * row
            padding = word == "[PAD]"
            parts += [
                box(x, y, 70, 32, GREY if padding else ORANGE, radius=4),
                text(x + 35, y + 21, word, size=13, fill=PALE if padding else INK),
            ]
        mask = " ".join(str(int(word != "[PAD]")) for word in words)
        parts.append(text(580, 71 + 40 * row, f"mask  {mask}", size=13))
    for place, (name, what, function) in enumerate(STEPS):
        x = 20 + 138 * place
        parts += [
            box(x, 160, 120, 56, GREY, radius=4),
            text(x + 60, 184, name, size=15),
            text(x + 60, 203, what, size=9),
            text(x + 60, 238, function, size=12, fill=PALE),
        ]
        if place:
            parts.append(arrow((x - 16, 188), (x - 3, 188)))
    title = "Two texts of different length are padded to one batch, which goes through embeddings, layers and head"
    return page(720, 260, title, *parts)


PICTURES = {"basics.svg": draw_way}
