"""Run a recipe: ``course run finetune --out DIR``, which is ``python -m solutions.recipes finetune --out DIR``."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from solutions.recipes import preflight
from solutions.recipes.config import FineTune
from solutions.recipes.errors import Interrupted, RecipeError
from solutions.recipes.options import NOT_OF_THE_CONFIG, ONLY_FOR, GroupedCommand, finetune_options

BENCHMARKS = ("training", "imdb", "inference")
TOGETHER = ("finetune",)
"""Recipes that several processes can run together."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Train with what the exercises are about."""
    if preflight.processes() > 1 and ctx.invoked_subcommand not in TOGETHER:
        raise RecipeError(
            f"{ctx.invoked_subcommand} runs in one process. Start it with: course run {ctx.invoked_subcommand}"
        )


@cli.command(cls=GroupedCommand, context_settings={"show_default": True})
@finetune_options
@click.pass_context
def finetune(ctx: click.Context, out: Path, **options: Any) -> None:
    """Fine-tune a pretrained encoder on labelled texts.

    Trains, tests on texts that were never trained on, saves, and reloads what was saved. Writes result.json.
    Ctrl-C saves where it stands; --resume goes on there and comes to the same weights.
    """
    about = {name: options.pop(name) for name in NOT_OF_THE_CONFIG if name != "out"}
    given = {name for name in options if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if options["mine"] is not None and not options["mine"].name:
        options["mine"] = preflight.workspace(Path.cwd())
    config = configuration(options, given, out if about["resume"] else None)
    preflight.check(config, out, about["overwrite"], about["resume"], about["tensorboard"])

    from rich.console import Console

    console = Console(quiet=not preflight.first())
    with console.status("starting torch"):  # some seconds, for which `--help` should not wait
        from solutions.recipes.quick import without_scipy

        with without_scipy():
            from solutions.recipes import display
            from solutions.recipes import finetune as run

    try:
        result = run.finetune(config, out, console, **about)
    except Interrupted:
        again = ["finetune", "--out", str(out), "--resume", *(["--mine", str(config.mine)] if config.mine else [])]
        if preflight.first():
            click.echo(f"\ninterrupted; where it stands is saved. Next: {preflight.command(*again)}", err=True)
        ctx.exit(130)
    if preflight.first():
        display.print_result(console, result, out)


def configuration(options: dict[str, Any], given: set[str], resumed: Path | None) -> FineTune:
    """What was asked for; for a run that goes on, what it was told in the beginning.

    Args:
        options: of the command line, defaults included.
        given: names of those that were typed.
        resumed: the folder of the run that goes on.

    Raises:
        RecipeError: it cannot work, or differs from what the run was told in the beginning.
    """
    try:
        if resumed is None:
            config = FineTune(**options)
        else:
            config = told(resumed, options, given)
    except ValueError as error:
        raise RecipeError(str(error)) from error
    for name in sorted(given & ONLY_FOR.keys()):
        if config.method not in ONLY_FOR[name]:
            methods = " and ".join(ONLY_FOR[name])
            raise click.UsageError(f"--{name.replace('_', '-')} is for --method {methods}, not {config.method}")
    return config


def told(folder: Path, options: dict[str, Any], given: set[str]) -> FineTune:
    """The configuration of the unfinished run in a folder, on the machine that is named now."""
    path = folder / preflight.CONFIG
    if (folder / preflight.RESULT).exists():
        raise RecipeError(f"{folder} holds a finished run: there is nothing to go on with")
    try:
        before = FineTune.from_plain(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RecipeError(f"there is no unfinished run in {folder}: {path.name} cannot be read") from error
    now = {name: options[name] for name in given}
    machine = {name: now.pop(name) for name in ("device", "threads", "mine") if name in now}
    for name, value in now.items():
        if getattr(replace(before, **{name: value}), name) != getattr(before, name):
            raise RecipeError(
                f"the run in {folder} was begun with {name}={getattr(before, name)!r}, not {value!r}. "
                "Leave the option out, or begin anew with --overwrite"
            )
    if before.mine is not None and "mine" not in machine:  # a folder must not decide which code is run
        raise RecipeError(f"the run in {folder} was begun with --mine {before.mine}: name it again")
    return replace(before, **machine)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("texts", metavar="TEXT|FILE...", nargs=-1, required=True)
@click.option("--mine", type=click.Path(path_type=Path), help="The workspace that the run was trained with.")
@click.option("--text-column", default="text", show_default=True, help="Of a CSV file.")
@click.option("--json", "path", metavar="PATH|-", help="Write the answers as JSON, to a file or to standard output.")
@click.option("--compile", "compiled", is_flag=True, help="Compile the encoder first; pays for thousands of texts.")
def predict(
    folder: Path, texts: tuple[str, ...], mine: Path | None, text_column: str, path: str | None, compiled: bool
) -> None:
    """Ask a finished run about texts of your own.

    Each argument is a text, a .txt file with a text in each line, or a .csv file.
    """
    from solutions.recipes import predicting

    wanted = predicting.gather(texts, text_column)

    from solutions.recipes.files import write_atomically
    from solutions.recipes.saving import load_run

    answers = predicting.predict(predicting.sped_up(load_run(folder, mine), compiled), wanted)
    if path is None:
        for answer in answers:
            click.echo(predicting.as_text(answer))
    elif path == "-":
        click.echo(predicting.as_json(folder, answers))
    else:
        write_atomically(Path(path), (predicting.as_json(folder, answers) + "\n").encode())


@cli.command()
@click.option("--json", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Turns of every recipe.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads, the same for all.")
@click.option(
    "--part",
    "parts",
    type=click.Choice(BENCHMARKS),
    multiple=True,
    default=BENCHMARKS,
    show_default=True,
    help="What to measure; may be given several times.",
)
@click.option("--compile", "compiled", is_flag=True, help="In the part inference, measure torch.compile too.")
def bench(path: Path | None, rounds: int, threads: int | None, parts: tuple[str, ...], compiled: bool) -> None:
    """Compare the speed of the chapter's recipe with ours.

    Texts per second on the same texts, in turns: training against the chapter and the Trainer of transformers,
    training on long texts, inference.
    """
    from rich.console import Console

    from solutions.recipes import bench as benchmark

    report = benchmark.run(rounds=rounds, threads=threads, console=Console(), parts=parts, compiled=compiled)
    if path is not None:
        benchmark.write(report, path)


def main() -> None:
    """Take the arguments of the command line."""
    try:
        code = cli.main(prog_name="course run", standalone_mode=False)
    except click.ClickException as error:
        if preflight.speaks():
            error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        if preflight.speaks():
            click.echo("\ninterrupted: no result was written", err=True)
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
