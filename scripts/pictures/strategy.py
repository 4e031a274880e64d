"""The pictures of the lesson on strategies."""

from __future__ import annotations

from scripts.pictures.svg import BLUE, GREY, INK, LIGHT, ORANGE, PALE, PAPER, arrow, box, line, page, text

# --- training_memory ---

GPU, USABLE = 8.0, 0.9
"""Memory of the GPU in the picture in GiB, and the share that a plan is allowed to fill."""
N_TOTAL, N_LORA, N_HEAD = 109_483_778, 294_912, 1_538
LAYERS, HEADS, WIDTH = 12, 12, 768
CASES = ((8, 128), (32, 128), (8, 512))
"""Number of texts and tokens per text."""
PARTS = (("weights", GREY), ("gradients", PALE), ("Adam", BLUE), ("activations", ORANGE))


def parts_of(method: str, batch: int, seq: int) -> list[float]:
    """Return the four parts in GiB."""
    n_train = {"full": N_TOTAL, "LoRA": N_LORA + N_HEAD, "head": N_HEAD}[method]
    n_total = N_TOTAL + (N_LORA if method == "LoRA" else 0)
    per_token = {"full": 66, "LoRA": 48, "head": 0}[method]
    stored = LAYERS * (per_token * batch * seq * WIDTH + 9 * batch * HEADS * seq**2) if per_token else 0
    return [size / 2**30 for size in (4 * n_total, 4 * n_train, 8 * n_train, stored)]


def draw_memory() -> str:
    """Draw bars: the four parts for three methods and three batches."""
    left, scale, step = 170, 60, 26
    parts = [text(370, 32, "Memory of a training step, BERT-base, in GiB", size=17)]
    y = 60
    for batch, seq in CASES:
        parts.append(text(14, y + 14, f"{batch} x {seq}", anchor="start", fill=INK))
        for method in ("full", "LoRA", "head"):
            x = float(left)
            parts.append(text(left - 10, y + 14, method, anchor="end"))
            sizes = parts_of(method, batch, seq)
            for size, (_, colour) in zip(sizes, PARTS, strict=True):
                parts.append(box(x, y, size * scale, 18, colour, radius=0))
                x += size * scale
            parts.append(text(x + 6, y + 14, f"{sum(sizes):.2f}", anchor="start", size=12, fill=PALE))
            y += step
        y += 12
    border = left + USABLE * GPU * scale
    parts.append(line([(border, 52), (border, y - 8)], INK, width=1, dashed=True))
    parts.append(text(border - 6, y + 6, "90% of 8 GiB", anchor="end", size=12))
    x = float(left)
    for name, colour in PARTS:
        parts += [box(x, y + 22, 14, 14, colour), text(x + 20, y + 34, name, anchor="start", size=13)]
        x += 120
    title = "Weights, gradients, moments and activations of full fine-tuning, LoRA and a head, for three sizes of batch"
    return page(740, int(y) + 54, title, *parts)


def draw_length() -> str:
    """Draw a curve: activations of 8 texts by their length, with and without the attention matrices."""
    left, right, bottom, top = 80, 640, 260, 60
    longest, highest = 512, 5.0

    def at(seq: float, size: float) -> tuple[float, float]:
        return left + (right - left) * seq / longest, bottom - (bottom - top) * size / highest

    lengths = range(0, longest + 1, 16)
    whole = [(seq, parts_of("full", 8, seq)[3]) for seq in lengths]
    vectors = [(seq, LAYERS * 66 * 8 * seq * WIDTH / 2**30) for seq in lengths]
    parts = [
        text(370, 32, "Stored activations of 8 texts, full fine-tuning, in GiB", size=17),
        line([at(0, highest), at(0, 0), at(longest, 0)]),
        line([at(*point) for point in vectors], BLUE, width=3),
        line([at(*point) for point in whole], ORANGE, width=3),
        text(left - 10, bottom + 5, "0", anchor="end"),
        text(left - 10, at(0, highest)[1] + 5, f"{highest:g}", anchor="end"),
        text(at(400, 0)[0] - 10, at(400, whole[25][1])[1] - 8, "all of it", anchor="end", fill=ORANGE),
        text(at(400, 0)[0] + 12, at(400, vectors[25][1])[1] + 24, "without the S x S matrices", fill=BLUE),
        text((left + right) / 2, bottom + 44, "tokens of a text", size=13, fill=PALE),
    ]
    parts += [text(at(seq, 0)[0], bottom + 20, f"{seq}") for seq in (128, 256, 512)]
    title = (
        "The activations of eight texts grow with their length, and because of attention faster than in a straight line"
    )
    return page(740, 320, title, *parts)


# --- chunk_for_mlm ---

DOCUMENTS = (("a", 11, LIGHT), ("b", 3, BLUE), ("c", 6, ORANGE))
"""Letter, number of ids and colour of each document."""
PIECE = 6
"""Number of text ids in a block of 8."""
CELL = 22


def row() -> list[tuple[str, str]]:
    """Return (letter, colour) of all documents in a row, with a separator after each."""
    found = []
    for letter, length, colour in DOCUMENTS:
        found += [(letter, colour)] * length + [("S", GREY)]
    return found


def cells(x: float, y: float, content: list[tuple[str, str]]) -> list[str]:
    """Draw a line of cells, each with its letter."""
    parts = []
    for place, (letter, colour) in enumerate(content):
        left = x + place * CELL
        parts.append(box(left + 1, y, CELL - 2, CELL, colour, radius=2))
        ink = PAPER if colour == BLUE else INK
        parts.append(text(left + CELL / 2, y + 16, letter, size=13, fill=ink))
    return parts


def draw_blocks() -> str:
    """Draw documents, joined into a row, cut into blocks."""
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


PICTURES = {
    "strategy_memory.svg": draw_memory,
    "strategy_length.svg": draw_length,
    "strategy_blocks.svg": draw_blocks,
}
