"""A picture of every table. It needs matplotlib (extra: plots)."""

import statistics
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from solutions.recipes.compare.tables import NAMES, Found, Table, differences, standard_error, values
from solutions.recipes.files import write_atomically


def draw(table: Table, found: Found, folder: Path) -> str | None:
    """Draw a table.

    Returns:
        The name of the file in the folder; None without matplotlib, or with nothing to draw.

    Raises:
        RecipeError: the file cannot be written.
    """
    complete = found[next(iter(found))] or DRAWN[table.name] is not against_the_first  # nothing without its baseline
    if find_spec("matplotlib") is None or not any(found.values()) or not complete:
        return None
    from matplotlib.figure import Figure  # no pyplot: nothing global, no window

    from solutions.recipes.pictures import png

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    DRAWN[table.name](axes, {key: runs for key, runs in found.items() if runs})
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{table.name}.png"
    write_atomically(folder / name, png(figure))
    return name


def spread(numbers: list[float]) -> float:
    """Return half the length of an error bar."""
    return standard_error(numbers) if len(numbers) > 1 else 0.0


def methods(axes: Any, found: Found) -> None:
    """Plot accuracy against the number of trained parameters."""
    for (name,), runs in found.items():
        accuracy = values(runs, "test", "accuracy")
        if accuracy:
            trained, mean = runs[0]["parameters"]["trainable"], statistics.fmean(accuracy)
            axes.errorbar(trained, mean, yerr=spread(accuracy), fmt="o", capsize=3, label=NAMES[name])
    axes.set_xscale("log")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_xlabel("trained parameters")
    axes.set_ylabel("test accuracy")


def against_the_first(axes: Any, found: Found) -> None:
    """Plot differences to the baseline: standard errors over seeds as bars, intervals over texts as thin lines."""
    compared = {key: both for key, both in differences(found).items() if both[0]}
    for place, (difference, ends) in enumerate(compared.values()):
        if ends is not None:
            axes.plot(ends, (place, place), color="0.7", linewidth=1)
        axes.errorbar(statistics.fmean(difference), place, xerr=spread(difference), fmt="o", capsize=3, color="C0")
    axes.axvline(0, color="0.5", linewidth=1)
    axes.set_yticks(range(len(compared)), [" ".join(key) for key in compared])
    axes.invert_yaxis()
    axes.set_xlabel(f"RMSE less that of {' '.join(next(iter(found)))} (left is better)")


def learning_curve(axes: Any, found: Found) -> None:
    """Plot accuracy against the number of training texts."""
    for method in dict.fromkeys(key[0] for key in found):
        lines = [
            (runs[0]["texts"]["train"], values(runs, "test", "accuracy"))
            for key, runs in found.items()
            if key[0] == method and "diverged" not in runs[0]
        ]
        x, y = [n for n, _ in lines], [statistics.fmean(some) for _, some in lines]
        axes.errorbar(x, y, yerr=[spread(some) for _, some in lines], fmt="o-", capsize=3, label=NAMES[method])
    axes.set_xscale("log")
    axes.set_xlabel("texts to train on")
    axes.set_ylabel("test accuracy")
    axes.legend(frameon=False)


def learning_rates(axes: Any, found: Found) -> None:
    """Plot validation accuracy against the learning rate."""
    for method in dict.fromkeys(key[0] for key in found):
        lines = [
            (float(key[1]), values(runs, "validation", "accuracy")) for key, runs in found.items() if key[0] == method
        ]
        lines = [(rate, some) for rate, some in lines if some]
        axes.plot([rate for rate, _ in lines], [statistics.fmean(some) for _, some in lines], "o-", label=NAMES[method])
    axes.set_xscale("log")
    axes.set_xlabel("peak learning rate")
    axes.set_ylabel("validation accuracy")
    axes.legend(frameon=False)


def memory(axes: Any, found: Found) -> None:
    """Plot the predicted memory, part by part, and the measured memory."""
    parts = ("weights", "grads", "optimizer", "activations", "buffers")
    places = range(len(found))
    left = [0.0] * len(found)
    for part in parts:
        widths = [runs[0]["predicted"][part] / 1e9 for runs in found.values()]
        axes.barh(places, widths, left=left, height=0.6, label=part)
        left = [before + width for before, width in zip(left, widths, strict=True)]
    axes.plot(
        [runs[0]["measured_bytes"] / 1e9 for runs in found.values()], places, "k|", markersize=14, label="measured"
    )
    kept = {"yes": ", checkpointing", "no": ""}
    names = [f"{NAMES[method]}, {shape}{kept[checkpointing]}" for method, shape, checkpointing in found]
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("GB")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.4, 1), ncols=6, fontsize=8)


DRAWN: dict[str, Callable[[Any, Found], None]] = {
    "methods": methods,
    "heads": against_the_first,
    "layer-decay": against_the_first,
    "reinit": against_the_first,
    "learning-curve": learning_curve,
    "learning-rates": learning_rates,
    "trainer": learning_rates,
    "memory": memory,
}
"""Table -> function that draws it."""
