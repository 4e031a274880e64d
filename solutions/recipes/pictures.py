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
"""For the result of a run that has none."""
SMOOTHING = 20
"""Steps that the running mean of the loss looks back."""
WIDE = ("cjk", "ipa", "hiragino", "yugoth", "meiryo", "msgothic")
"""In the names of files of fonts that have letters of many scripts: they are looked at first."""
OTHER_STYLES = ("bold", "italic", "oblique", "black", "light", "thin", "serif")
"""In those that are looked at later."""
OF_BOXES = "lastresort"
"""In those that draw a box for every letter there is."""
MOST_LABELS = 20
"""A larger matrix cannot be read."""


def draw(out: Path, logits: Tensor, targets: Tensor, outputs: Outputs) -> list[str]:
    """Draw what belongs to a run.

    Args:
        out: its folder; ``metrics.jsonl`` is there.
        logits: (N, K) of the test texts.
        targets: (N,) their classes, or standardised numbers.
        outputs: what the logits mean.

    Returns:
        The names of the files; none without matplotlib.

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
    """The bytes of the file."""
    import io

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    return buffer.getvalue()


def curves(figure_class: Any, lines: list[dict[str, Any]], outputs: Outputs) -> Any:
    """Loss of every step and after every epoch above, learning rate below."""
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
    """How often each class was taken for each class, coloured by the share of its row."""
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
    """A font with all of these characters: matplotlib's own, else one that is installed; None if there is none."""
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
        except (OSError, RuntimeError):  # a font that is damaged, or of a kind that cannot be drawn
            continue
    return None


def scatter(figure_class: Any, predicted: Tensor, right: Tensor) -> Any:
    """Predicted numbers against right ones."""
    figure = figure_class(figsize=(5.5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot(right.tolist(), predicted.tolist(), ".", alpha=0.4, markersize=4)
    ends = [float(right.min()), float(right.max())]
    axes.plot(ends, ends, color="0.5", linewidth=1)
    axes.set_xlabel("true")
    axes.set_ylabel("predicted")
    return figure
