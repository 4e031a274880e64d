"""What a pre-training run shows to a person: examples as they improve, a table in the end, and the next command."""

import shlex
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from solutions.recipes.display import size
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.data import Corpus

NAMES = {"mlm": "masked", "clm": "causal"}
INDENT = "  "


def describe_start(config: PreTrain, corpus: Corpus, hardware: str) -> str:
    """Which model learns what from which texts."""
    what = f"{NAMES[config.objective]} language modelling{' and sentence pairs' if config.nsp else ''}"
    start = "from scratch" if config.from_scratch else f"from {config.start}"
    texts = (
        f"{corpus.texts:,} texts to train in {len(corpus.training):,} blocks ({corpus.tokens:,} tokens), "
        f"{len(corpus.evaluation):,} blocks to evaluate"
    )
    return f"{what}, {escape(start)}, on {hardware}\n{texts}"


def describe_look(step: int, of: int, measured: dict[str, float], examples: list[dict[str, Any]], width: int) -> str:
    """Figures, and a line per example.

    Args:
        step: optimizer steps so far.
        of: all of them.
        measured: what `evaluate` returns.
        examples: what `look` returns.
        width: of the terminal.
    """
    return "\n".join([f"step {step} of {of}  evaluation {describe_loss(measured)}", *example_lines(examples, width)])


def example_lines(examples: list[dict[str, Any]], width: int) -> list[str]:
    """Sentences with the guesses, or texts, each cut to the width; what is no letter for a terminal becomes a blank."""
    lines = []
    longest = max((cell_len(one["text"]) for one in examples if "guesses" in one), default=0)
    for one in examples:
        line = INDENT + one["text"]
        if "guesses" in one:
            words = ", ".join(word for word, _ in one["guesses"])
            beside = f"{INDENT}{set_cell_size(one['text'], longest)}  {words}"
            fits = cell_len(beside) <= width
            lines += [beside] if fits else [line, INDENT * 3 + words]
        else:
            lines.append(line)
    return [_cut("".join(one if one.isprintable() else " " for one in line), width) for line in lines]


def _cut(line: str, width: int) -> str:
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


def describe_loss(measured: dict[str, float]) -> str:
    """Loss, perplexity, accuracy."""
    words = (
        f"loss {measured['loss']:.3f}  perplexity {measured['perplexity']:,.0f}  accuracy {measured['accuracy']:.3f}"
    )
    return words + (f"  pairs {measured['next_accuracy']:.3f}" if "next_accuracy" in measured else "")


def resume_command(config: PreTrain, out: Path) -> str:
    """What goes on with a run that was interrupted."""
    mine = ["--mine", str(config.mine)] if config.mine else []
    return shlex.join(["course", "run", "pretrain", "--out", str(out), "--resume", *mine])


def print_result(console: Console, result: dict[str, Any], out: Path) -> None:
    """A small table; last of all the next command."""
    final, parameters = result["evaluation"], result["parameters"]
    before = result["evaluations"][0]
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    rows = {
        "evaluation": f"loss {final['loss']:.3f} ± {final['standard_error']:.3f}, perplexity "
        f"{final['perplexity']:,.1f}, accuracy {final['accuracy']:.3f}, on {final['n']:,} tokens",
        "before": f"loss {before['loss']:.3f}; knowing only how often each token occurs: {result['unigram_loss']:.3f}",
        "model": f"{result['model_class']}, {parameters['total']:,} numbers, {result['vocabulary']:,} tokens",
        "training": f"{result['seconds']:.1f} s, {result['tokens_per_second']:,.0f} tokens/s; "
        f"the whole run {result['total_seconds']:.1f} s",
        "saved": f"{out / 'model.safetensors'} ({size(out / 'model.safetensors')}), reloaded and checked: "
        "same predictions",
        "pictures": ", ".join(result["pictures"]) or f"none; for curves: {result['pictures_missing']}",
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    console.print(table, highlight=False)
    command = ["course", "run", "finetune", "--model", str(out), "--out", f"{out}-finetuned", "--method", "full"]
    console.print(f"\nNext: {shlex.join(command)}", highlight=False, markup=False, soft_wrap=True)
