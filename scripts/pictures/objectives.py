"""The pictures of the lesson on pre-training objectives: who sees whom, and the fate of the selected tokens."""

from __future__ import annotations

from scripts.pictures.svg import BLUE, LIGHT, ORANGE, PALE, PAPER, arrow, box, page, text

HIDDEN, SEEN, ASKED = LIGHT, BLUE, ORANGE

BERT_TEXT = ("[CLS]", "the", "[MASK]", "sat", "[SEP]", "[PAD]")
GPT_TEXT = ("the", "cat", "sat", "down", ".", "[PAD]")
ANSWERS = {"BERT": {2: "cat"}, "GPT": {0: "cat", 1: "sat", 2: "down", 3: "."}}
"""Position -> its target token."""

FATES = (("80%", "[MASK]", "12%"), ("10%", "random", "1.5%"), ("10%", "kept", "1.5%"))
"""Share of the selected tokens, their replacement, share of all ordinary tokens at p = 0.15."""


def grid(left: float, name: str, tokens: tuple[str, ...], causal: bool) -> list[str]:
    """Draw queries as rows, keys as columns; on the right, the target of each query."""
    top, cell = 96, 32
    n_real = sum(token != "[PAD]" for token in tokens)
    parts = [text(left + 3 * cell, 30, f"{name}: {'causal' if causal else 'bidirectional'}", size=16)]
    for key, token in enumerate(tokens):
        x = left + (key + 0.5) * cell
        parts.append(text(x + 4, top - 8, token, size=12, anchor="start", turn=-45))
    for query, token in enumerate(tokens[:n_real]):
        y = top + query * cell
        parts.append(text(left - 8, y + 20, token, size=12, anchor="end"))
        for key in range(len(tokens)):
            visible = key < n_real and (key <= query or not causal)
            parts.append(box(left + key * cell + 1, y + 1, cell - 2, cell - 2, SEEN if visible else HIDDEN))
        if answer := ANSWERS[name].get(query):
            parts.append(
                text(left + len(tokens) * cell + 8, y + 20, f"→ {answer}", size=13, anchor="start", fill=ASKED)
            )
    return parts


def draw_visibility() -> str:
    """Draw two grids side by side: who sees whom, and the targets."""
    legend = "row: query, column: key;  blue: visible, grey: hidden;  orange: what the row is asked for"
    return page(
        700,
        310,
        "BERT: every token sees every token, only the masked one is asked. GPT: a token sees itself and the past, "
        "and each but the last is asked for the next one. Nobody sees padding.",
        *grid(80, "BERT", BERT_TEXT, causal=False),
        *grid(420, "GPT", GPT_TEXT, causal=True),
        text(350, 282, legend, size=13),
        text(350, 300, "rows of [PAD] are not drawn: nobody reads them", size=12, fill=PALE),
    )


def draw_fates() -> str:
    """Draw the tree: 15% selected, and three fates."""
    branches = []
    for row, (share, fate, of_all) in enumerate(FATES):
        y = 60 + row * 62
        branches += [
            arrow((322, 122), (365, 122), (365, y), (402, y)),
            text(384, y - 8, share, size=13, fill=PALE),
            box(406, y - 20, 110, 40, ASKED),
            text(461, y + 5, fate, fill=PAPER),
            text(530, y + 5, f"{of_all} of all, labelled", size=13, anchor="start"),
        ]
    return page(
        700,
        310,
        "Of the ordinary tokens 15% are selected; of these 80% become [MASK], 10% a random token, 10% stay. "
        "All of them have a label. The other 85% are left alone.",
        box(20, 142, 110, 60, SEEN),
        text(75, 168, "ordinary", fill=PAPER),
        text(75, 186, "tokens", fill=PAPER),
        arrow((130, 172), (160, 172), (160, 122), (198, 122)),
        text(176, 112, "15%", size=13, fill=PALE),
        box(202, 102, 120, 40, ASKED),
        text(262, 127, "selected", fill=PAPER),
        *branches,
        arrow((160, 172), (160, 252), (198, 252)),
        text(176, 242, "85%", size=13, fill=PALE),
        box(202, 232, 120, 40, HIDDEN),
        text(262, 257, "left alone"),
        text(336, 257, "label −100, no loss", size=13, anchor="start"),
        text(350, 296, "[CLS], [SEP] and [PAD] do not take part", size=12, fill=PALE),
    )


PICTURES = {"objectives.svg": draw_visibility, "objectives_masking.svg": draw_fates}
