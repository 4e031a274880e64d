"""The pictures of the lesson on optimizers: a learning rate per layer, and the schedule."""

from __future__ import annotations

from functools import partial

from scripts.pictures.svg import GREY, ORANGE, PALE, box, line, page, text

QUIET, LOUD = GREY, ORANGE
bar = partial(box, radius=2)

BASE_RATE, N_LAYERS = 2e-5, 12
WARMUP, TOTAL = 22, 225


def rates(decay: float) -> list[tuple[str, float]]:
    """Return parts of the body with their learning rates, from bottom to top; one multiplication per step down."""
    found = [("pooler", BASE_RATE)]
    rate = BASE_RATE
    for layer in reversed(range(N_LAYERS)):
        found.append((f"layer {layer}", rate))
        rate *= decay
    found.append(("embeddings", rate))
    return found[::-1]


def schedule() -> list[tuple[int, float]]:
    """Return (step, multiplier) at the corners of the schedule and between them."""
    up = [(step, step / WARMUP) for step in range(WARMUP)]
    down = [(step, (TOTAL - step) / (TOTAL - WARMUP)) for step in range(WARMUP, TOTAL + 1)]
    return up + down


def draw_layers() -> str:
    """Draw bars: the rate of every part of the body, for a mild and for a strong decay."""
    left, full, step, top = 150, 400, 24, 76
    mild, strong = rates(0.95)[::-1], rates(0.8)[::-1]
    parts = [
        text(350, 32, "Learning rate per layer, base_lr = 2e-5", size=17),
        text(left - 12, top - 10, "head", anchor="end"),
        text(left, top - 10, "a rate of its own, 1e-3: fifty times this page", anchor="start", size=13, fill=LOUD),
    ]
    for row, ((label, rate), (_, lower)) in enumerate(zip(mild, strong, strict=True)):
        y = top + row * step
        parts += [
            text(left - 12, y + 14, label, anchor="end"),
            bar(left, y, full * rate / BASE_RATE, 18, QUIET),
            bar(left, y + 5, full * lower / BASE_RATE, 8, LOUD),
            text(left + full * rate / BASE_RATE + 8, y + 14, f"{rate:.2e}", anchor="start", size=12, fill=PALE),
        ]
    foot = top + len(mild) * step + 26
    parts += [
        bar(left, foot - 12, 30, 14, QUIET),
        text(left + 38, foot, "decay 0.95 (with its rate)", anchor="start", size=13),
        bar(left + 230, foot - 9, 30, 8, LOUD),
        text(left + 268, foot, "decay 0.8", anchor="start", size=13),
    ]
    title = "From the pooler and the top layer down to the embeddings the learning rate shrinks by one factor per layer"
    return page(700, foot + 18, title, *parts)


def draw_schedule() -> str:
    """Draw the multiplier over the steps."""
    left, right, bottom, top = 70, 660, 250, 60

    def at(step: float, height: float) -> tuple[float, float]:
        return left + (right - left) * step / TOTAL, bottom - (bottom - top) * height

    corner = at(WARMUP, 1)
    parts = [
        text(350, 32, "Linear warmup, then linear decay: 225 steps, 22 of them warmup", size=17),
        line([at(0, 1.08), at(0, 0), at(TOTAL, 0)]),
        line([at(0, 1), corner, at(WARMUP, 0)], PALE, width=1, dashed=True),
        line([at(step, height) for step, height in schedule()], LOUD, width=3),
        text(left - 10, at(0, 1)[1] + 5, "1", anchor="end"),
        text(left - 10, bottom + 5, "0", anchor="end"),
        text(corner[0], bottom + 20, "22"),
        text(right, bottom + 20, "225"),
        text(corner[0] + 12, corner[1] - 3, "step 22: the full rate, 2e-5", anchor="start", size=13),
        text(350, bottom + 44, "optimizer steps", size=13, fill=PALE),
        text(left, bottom + 20, "0"),
    ]
    title = "The multiplier rises in a straight line from 0 at step 0 to 1 at step 22, and falls to 0 at step 225"
    return page(700, 310, title, *parts)


PICTURES = {"optimization_layers.svg": draw_layers, "optimization_schedule.svg": draw_schedule}
