"""The pictures of the lesson on the training loop: the order of a step, two losses, a rate on three clocks."""

from __future__ import annotations

from scripts.figures.training import curves
from scripts.pictures.svg import BLUE, GREY, INK, ORANGE, PALE, arrow, box, line, page, text
from solutions.training import EarlyStopper

STEPS = (
    ("zero_grad", ".grad is empty", True),
    ("forward", "the loss of this batch", False),
    ("backward", "adds to .grad", False),
    ("clip", "shortens .grad", True),
    ("step", ".grad moves the weights", True),
    ("schedule", "the next rate", True),
)
"""Operation, its effect, and whether it happens once per group of batches (otherwise once per batch)."""

EPOCHS, BATCHES, WARMUP = 3, 12, 3


def draw_order() -> str:
    """Draw six boxes from left to right, and the loop around two of them."""
    left, top, width, gap = 20, 96, 100, 14
    parts = [text(350, 34, "One optimizer step", size=17)]
    for place, (name, what, once) in enumerate(STEPS):
        x = left + place * (width + gap)
        parts += [
            box(x, top, width, 46, GREY if once else ORANGE),
            text(x + width / 2, top + 28, name),
            text(x + width / 2, top + 66, what, size=11, fill=PALE),
        ]
        if place:
            parts.append(arrow((x - gap, top + 23), (x, top + 23)))
    first, last = left + (width + gap), left + 2 * (width + gap) + width
    parts += [
        arrow((last - 20, top), (last - 20, top - 22), (first + 20, top - 22), (first + 20, top)),
        text((first + last) / 2, top - 30, "accum batches", size=13),
        text(350, top + 100, "orange: for every batch; grey: once per step", size=13, fill=PALE),
    ]
    title = "zero_grad, then forward and backward for each batch of the group, then clip, step and schedule, once each"
    return page(700, 216, title, *parts)


def draw_losses() -> str:
    """Draw training and validation loss over the epochs, with the best epoch and the one in which patience ends."""
    left, right, bottom, top, highest = 70, 660, 260, 60, 1.5
    train, validation = curves()
    stopper = EarlyStopper(patience=3)
    stopped = next(epoch for epoch, loss in enumerate(validation) if stopper.step(loss))

    def at(epoch: float, loss: float) -> tuple[float, float]:
        return left + (right - left) * epoch / (len(train) - 1), bottom - (bottom - top) * loss / highest

    best = stopper.best_step
    parts = [
        text(350, 32, "A network that is too large for 60 examples", size=17),
        line([at(0, highest), at(0, 0), at(len(train) - 1, 0)]),
        line([at(best, 0), at(best, highest)], PALE, width=1, dashed=True),
        line([at(stopped, 0), at(stopped, highest)], PALE, width=1, dashed=True),
        line([at(epoch, loss) for epoch, loss in enumerate(train)], BLUE, width=3),
        line([at(epoch, loss) for epoch, loss in enumerate(validation)], ORANGE, width=3),
        text(at(59, 0)[0] - 4, at(0, validation[-1])[1] + 26, "validation", anchor="end", fill=ORANGE),
        text(at(59, 0)[0] - 4, at(0, train[-1])[1] - 12, "training", anchor="end", fill=BLUE),
        text(at(best, 0)[0] - 4, top + 12, "best", anchor="end", size=12),
        text(at(stopped, 0)[0] + 4, top + 12, "patience 3 stops here", anchor="start", size=12),
        text(left - 10, bottom + 5, "0", anchor="end"),
        text(left - 10, at(0, 1)[1] + 5, "1", anchor="end"),
        text(at(best, 0)[0], bottom + 20, f"{best}"),
        text(right, bottom + 20, "59"),
        text(350, bottom + 42, "epochs", size=13, fill=PALE),
    ]
    title = "The training loss falls towards 0; the validation loss falls for some epochs, then rises above its start"
    return page(700, 316, title, *parts)


def rate(step: int, total: int) -> float:
    """Return warmup and linear decay, never below 0."""
    if step < WARMUP:
        return step / WARMUP
    return max(0.0, (total - step) / (total - WARMUP))


def draw_clocks() -> str:
    """Draw the rate used by each optimizer step, with a schedule moved per step, per batch and per epoch; accum=3."""
    left, right, bottom, top, accum = 70, 560, 240, 60, 3
    total = EPOCHS * BATCHES // accum
    per_epoch = total // EPOCHS

    def at(step: float, height: float) -> tuple[float, float]:
        return left + (right - left) * step / total, bottom - (bottom - top) * height

    def stairs(moves: list[int]) -> list[tuple[float, float]]:
        return [at(step + end, rate(move, total)) for step, move in enumerate(moves) for end in (0, 1)]

    parts = [
        text(350, 32, f"The rate of each optimizer step: {EPOCHS} epochs of {BATCHES} batches, accum=3", size=17),
        line([at(0, 1.08), at(0, 0), at(total, 0)]),
        line(stairs([step for step in range(total)]), ORANGE, width=3),
        line(stairs([accum * step + accum - 1 for step in range(total)]), BLUE, width=2),
        line(stairs([step // per_epoch for step in range(total)]), INK, width=2, dashed=True),
        text(right + 10, at(0, 0.13)[1], "per step", anchor="start", fill=ORANGE),
        text(right + 10, at(0, 0.65)[1], "per epoch", anchor="start"),
        text(right + 10, at(0, 0.01)[1], "per batch", anchor="start", fill=BLUE),
        text(left - 10, at(0, 1)[1] + 5, "1", anchor="end"),
        text(left - 10, bottom + 5, "0", anchor="end"),
        text(left, bottom + 20, "0"),
        text(right, bottom + 20, f"{total}"),
        text(350, bottom + 42, "optimizer steps", size=13, fill=PALE),
    ]
    title = (
        "Advanced once per optimizer step, the schedule rises and falls over the whole run; once per batch, it "
        "reaches 0 after a third of the run; once per epoch, it never leaves the warmup"
    )
    return page(700, 296, title, *parts)


PICTURES = {
    "training_order.svg": draw_order,
    "training_losses.svg": draw_losses,
    "training_clocks.svg": draw_clocks,
}
