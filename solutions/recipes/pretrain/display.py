"""The terminal output of a pre-training run: examples as they improve, a table at the end, and the next command."""

import shlex
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from course import shell
from course.text import mark, say
from solutions.recipes.display import size
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.data import Corpus

LEARNED = {
    ("mlm", False): mark("masked language modelling"),
    ("mlm", True): mark("masked language modelling and sentence pairs"),
    ("clm", False): mark("causal language modelling"),
}
"""Phrase for the task, by objective and whether there are pairs."""
INDENT = "  "


def describe_start(config: PreTrain, corpus: Corpus, hardware: str) -> str:
    """Return a sentence about the model, its task and its texts."""
    what = say(LEARNED[config.objective, config.nsp])
    if config.from_scratch:
        first = say("{what}, from scratch, on {hardware}", what=what, hardware=hardware)
    else:
        start = escape(str(config.start))
        first = say("{what}, from {start}, on {hardware}", what=what, start=start, hardware=hardware)
    texts = say(
        "{texts:,} texts to train in {blocks:,} blocks ({tokens:,} tokens), {evaluated:,} blocks to evaluate",
        texts=corpus.texts,
        blocks=len(corpus.training),
        tokens=corpus.tokens,
        evaluated=len(corpus.evaluation),
    )
    return f"{first}\n{texts}"


def describe_look(step: int, of: int, measured: dict[str, float], examples: list[dict[str, Any]], width: int) -> str:
    """Return the figures of an evaluation, and a line per example.

    Args:
        step: optimizer steps so far.
        of: optimizer steps in all.
        measured: result of `evaluate`.
        examples: result of `look`.
        width: width of the terminal.
    """
    figures = describe_loss(measured)
    first = say("step {step} of {of}  evaluation {figures}  on {n:,} tokens", step=step, of=of, figures=figures,
                n=measured["n"])  # fmt: skip
    return "\n".join([first, *example_lines(examples, width)])


def example_lines(examples: list[dict[str, Any]], width: int) -> list[str]:
    """Return the lines of examples, each cut to the width; unprintable characters become spaces."""
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
    """Return loss, perplexity and accuracy as a phrase."""
    words = say("loss {loss:.3f}  perplexity {perplexity:,.0f}  accuracy {accuracy:.3f}", **measured)
    if "next_accuracy" not in measured:
        return words
    return words + "  " + say("pairs {accuracy:.3f}", accuracy=measured["next_accuracy"])


def resume_command(config: PreTrain, out: Path) -> str:
    """Return the command that resumes an interrupted run."""
    mine = ["--mine", str(config.mine)] if config.mine else []
    return shlex.join(["course", "run", "pretrain", "--out", str(out), "--resume", *mine])


def print_result(console: Console, result: dict[str, Any], out: Path) -> None:
    """Print a small table, and the next command last."""
    final, parameters = result["evaluation"], result["parameters"]
    before = result["evaluation_before"] or result["evaluations"][0]  # the run was begun with an older version
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    rows = {
        say("evaluation"): say(
            "loss {loss:.3f} ± {standard_error:.3f}, perplexity {perplexity:,.1f}, accuracy {accuracy:.3f}, "
            "on {n:,} tokens",
            **final,
        ),
        say("before"): say(
            "loss {loss:.3f}, on {n:,} tokens; from token frequencies alone: {unigram:.3f}",
            loss=before["loss"],
            n=before["n"],
            unigram=result["unigram_loss"],
        ),
        say("model"): say(
            "{name}, {numbers:,} parameters, vocabulary of {tokens:,} tokens",
            name=result["model_class"],
            numbers=parameters["total"],
            tokens=result["vocabulary"],
        ),
        say("training"): say(
            "{seconds:.1f} s, {speed:,.0f} tokens/s; the whole run {whole:.1f} s",
            seconds=result["seconds"],
            speed=result["tokens_per_second"],
            whole=result["total_seconds"],
        ),
        say("saved"): say(
            "{path} ({size}), reloaded and checked: same predictions",
            path=out / "model.safetensors",
            size=size(out / "model.safetensors"),
        ),
        say("pictures"): ", ".join(result["pictures"])
        or say("none; for curves: {command}", command=shell.typed(result["pictures_missing"])),
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    console.print(table, highlight=False)
    command = ["course", "run", "finetune", "--model", str(out), "--out", f"{out}-finetuned", "--method", "full"]
    told = say("Next: {command}", command=shell.typed(shlex.join(command)))
    console.print(f"\n{told}", highlight=False, markup=False, soft_wrap=True)
