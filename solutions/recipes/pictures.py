"""Pictures of a run: curves, and a confusion matrix or a scatter plot. They need matplotlib (extra: plots)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course import shell
from solutions.recipes import journal
from solutions.recipes.files import write_atomically
from solutions.recipes.saving import Outputs

INSTALL_PLOTS = shell.INSTALL.format(extra="plots")
"""Advice for a run without pictures."""
SMOOTHING = 20
"""Steps in the running mean of the loss."""
WIDE = ("cjk", "ipa", "hiragino", "yugoth", "meiryo", "msgothic")
"""Parts of the file names of fonts that cover many scripts; these are tried first."""
OTHER_STYLES = ("bold", "italic", "oblique", "black", "light", "thin", "serif")
"""Parts of the file names of fonts that are tried later."""
OF_BOXES = "lastresort"
"""Part of the file name of a font that draws a box for every character."""
MOST_LABELS = 20
"""Maximum number of labels in a confusion matrix that can be read."""


def draw(out: Path, logits: Tensor, targets: Tensor, outputs: Outputs) -> list[str]:
    """Draw the pictures of a run.

    Args:
        out: folder of the run, with ``metrics.jsonl``.
        logits: (N, K) logits of the test texts.
        targets: (N,) classes of the test texts, or standardised numbers.
        outputs: meaning of the logits.

    Returns:
        The names of the files; an empty list without matplotlib.

    Raises:
        RecipeError: a file cannot be written.
    """
    if find_spec("matplotlib") is None:
        return []
    from matplotlib.figure import Figure  # no pyplot: nothing global, no window

    made = {"curves.png": curves(Figure, journal.read(out), outputs)}
    if not outputs.labels:
        predicted, right = outputs.numbers(logits), outputs.numbers(targets[:, None])
        made["predictions.png"] = scatter(Figure, predicted, right)
    elif outputs.n <= MOST_LABELS:
        made["confusion.png"] = matrix(Figure, logits.argmax(-1), targets, outputs.labels)
    for name, figure in made.items():
        write_atomically(out / name, png(figure))
    return list(made)


def png(figure: Any) -> bytes:
    """Return the bytes of the PNG file."""
    import io

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    return buffer.getvalue()


def curves(figure_class: Any, lines: list[dict[str, Any]], outputs: Outputs) -> Any:
    """Plot the loss of every step and epoch above, and the learning rate below."""
    figure = figure_class(figsize=(7, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    steps = [line for line in lines if "loss" in line]
    epochs = [line for line in lines if "training_loss" in line]
    x, losses = [line["step"] for line in steps], [line["loss"] for line in steps]
    above.plot(x, losses, color="0.8", linewidth=0.8, label="a step")
    smooth = [sum(part) / len(part) for i in range(len(losses)) if (part := losses[max(0, i + 1 - SMOOTHING) : i + 1])]
    above.plot(x, smooth, color="C0", label=f"mean of {SMOOTHING} steps")
    measured = [(line["step"], line["validation"]["loss"]) for line in epochs if "validation" in line]
    if measured:
        above.plot(*zip(*measured, strict=True), "o-", color="C1", label="validation")
    above.set_ylabel("cross-entropy" if outputs.labels else "squared error, standardised")
    above.set_ylim(bottom=0)
    above.legend(frameon=False)
    below.plot(x, [line["learning_rate"] for line in steps], color="C2")
    below.set_ylabel("learning rate")
    below.set_xlabel("optimizer step")
    below.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    return figure


def matrix(figure_class: Any, predicted: Tensor, right: Tensor, labels: tuple[str, ...]) -> Any:
    """Plot how often each class was predicted as each class, coloured by the share of its row."""
    k = len(labels)
    counts = torch.bincount(right * k + predicted, minlength=k * k).reshape(k, k)
    shares = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
    side = 2.5 + 0.7 * k
    figure = figure_class(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares.tolist(), cmap="Blues", vmin=0, vmax=1)
    for row in range(k):
        for column in range(k):
            share = float(shares[row, column])
            axes.text(
                column, row, f"{int(counts[row, column])}\n{share:.1%}", ha="center", va="center",
                color="white" if share > 0.5 else "black", fontsize=9 if k <= 6 else 6,
            )  # fmt: skip
    shown = [label if len(label) <= 18 else f"{label[:17]}…" for label in labels]
    font, numbered = font_for("".join(shown)), ""
    if font is None:
        shown, numbered = (
            [str(number) for number in range(1, k + 1)],
            ' (number of the label in "confusion", result.json)',
        )
    style = {"parse_math": False, "fontproperties": font}
    axes.set_xticks(range(k), shown, rotation=0 if k <= 3 else 45, **style)
    axes.set_yticks(range(k), shown, **style)
    axes.set_xlabel(f"predicted{numbered}")
    axes.set_ylabel("true")
    figure.colorbar(image, label="share of the true class", shrink=0.8)
    return figure


def font_for(characters: str) -> Any:
    """Return a font with all of these characters: matplotlib's own or an installed one; None if there is none."""
    from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, get_font

    def rank(file: str) -> tuple[bool, bool, str]:
        name = Path(file).name.lower()
        return not any(part in name for part in WIDE), any(part in name for part in OTHER_STYLES), name

    wanted = set(map(ord, characters))
    installed = sorted((file for file in findSystemFonts() if OF_BOXES not in file.lower()), key=rank)
    for file in [findfont(FontProperties()), *installed]:
        try:
            if wanted <= get_font(file).get_charmap().keys():
                return FontProperties(fname=file)
        except (OSError, RuntimeError):  # a damaged font, or one of a kind that cannot be drawn
            continue
    return None


def scatter(figure_class: Any, predicted: Tensor, right: Tensor) -> Any:
    """Plot predicted numbers against targets."""
    figure = figure_class(figsize=(5.5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot(right.tolist(), predicted.tolist(), ".", alpha=0.4, markersize=4)
    ends = [float(right.min()), float(right.max())]
    axes.plot(ends, ends, color="0.5", linewidth=1)
    axes.set_xlabel("true")
    axes.set_ylabel("predicted")
    return figure
