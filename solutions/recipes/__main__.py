"""Run a recipe: ``course run finetune --out DIR``, which is ``python -m solutions.recipes finetune --out DIR``."""

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from solutions.recipes import preflight
from solutions.recipes.config import LEARNING_RATES, METHODS, POOLINGS, PRECISIONS, FineTune
from solutions.recipes.errors import RecipeError

LORA_ONLY = ("rank", "alpha", "lora_dropout", "targets", "mine")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Train with what the exercises are about."""


@cli.command(context_settings={"show_default": True})
@click.option("--method", type=click.Choice(METHODS), default=FineTune.method, help="What is trained.")
@click.option("--data", default=FineTune.data, help="rotten-tomatoes, imdb, a CSV file (text,label) or a hub name.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the run.")
@click.option("--model", default=FineTune.model, help="minilm, a folder, or a hub name.")
@click.option("--epochs", type=int, default=FineTune.epochs, help="Passes over the training texts.")
@click.option("--batch-size", type=int, default=FineTune.batch_size, help="Texts per step.")
@click.option("--max-steps", type=int, help="End training after this many optimizer steps, for a quick look.")
@click.option(
    "--learning-rate",
    "--lr",
    type=float,
    show_default=", ".join(f"{method} {rate:g}" for method, rate in LEARNING_RATES.items()),
    help="Peak rate.",
)
@click.option("--rank", type=int, default=FineTune.rank, help="LoRA: rank of every update.")
@click.option("--alpha", type=float, default=FineTune.alpha, help="LoRA: scale of the update, times rank.")
@click.option("--lora-dropout", type=float, default=FineTune.lora_dropout, help="LoRA: dropout on its input.")
@click.option("--targets", default=",".join(FineTune.targets), help="LoRA: names of the layers to adapt.")
@click.option("--mine", type=click.Path(path_type=Path), help="LoRA: train with your own exercise-3, this file.")
@click.option("--pooling", type=click.Choice(POOLINGS), default=FineTune.pooling, help="What the head reads.")
@click.option("--max-length", type=int, default=FineTune.max_length, help="Tokens; longer texts are cut.")
@click.option("--limit", type=int, help="Keep only this many texts, over all three parts, for a quick look.")
@click.option("--seed", type=int, default=FineTune.seed, help="The test texts do not depend on it.")
@click.option("--device", default=FineTune.device, help="auto, cpu, cuda, mps.")
@click.option("--precision", type=click.Choice(PRECISIONS), default=FineTune.precision, help="Of matrix products.")
@click.option("--threads", type=int, show_default="torch's choice", help="CPU threads.")
@click.option("--overwrite", is_flag=True, help="Replace the finished run in --out.")
@click.pass_context
def finetune(ctx: click.Context, out: Path, targets: str, overwrite: bool, **options: Any) -> None:
    """Fine-tune a pretrained encoder on labelled texts.

    Trains, tests on texts that were never trained on, saves, and reloads what was saved. Writes result.json.
    """
    for name in LORA_ONLY:
        if options["method"] != "lora" and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name.replace('_', '-')} is for --method lora, not {options['method']}")
    try:
        config = FineTune(targets=tuple(filter(None, (name.strip() for name in targets.split(",")))), **options)
    except ValueError as error:
        raise RecipeError(str(error)) from error
    preflight.check(config, out, overwrite)

    from rich.console import Console

    console = Console()
    with console.status("starting torch"):  # some seconds, for which `--help` should not wait
        from solutions.recipes import finetune as run

    run.print_result(console, run.finetune(config, out, console, overwrite), out)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1, required=True)
@click.option("--mine", type=click.Path(path_type=Path), help="The file the run was trained with.")
def predict(folder: Path, texts: tuple[str, ...], mine: Path | None) -> None:
    """Ask a finished run about texts of your own."""
    from solutions.recipes.saving import load_run

    for prediction in load_run(folder, mine).predict(texts):
        click.echo(f"{prediction.label} ({prediction.probability:.2f})  {prediction.text}")


@cli.command()
@click.option("--json", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Turns of every recipe.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads, the same for all.")
def bench(path: Path | None, rounds: int, threads: int | None) -> None:
    """Compare the speed of the chapter's recipe with ours.

    Texts per second on the same texts, in turns.
    """
    from rich.console import Console

    from solutions.recipes import bench as benchmark

    report = benchmark.run(rounds=rounds, threads=threads, console=Console())
    if path is not None:
        benchmark.write(report, path)


def main() -> None:
    """Take the arguments of the command line."""
    try:
        code = cli.main(prog_name="course run", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\ninterrupted: no result was written", err=True)
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
