"""Run a recipe: ``course run finetune --out DIR``, which is ``python -m solutions.recipes finetune --out DIR``."""

import json
import sys
from dataclasses import replace
from functools import partial, reduce
from pathlib import Path
from typing import Any

import click

from course import click_words, parent, shell, spelling, text
from course.errors import INTERRUPTED, NOT_PASSED
from course.text import say
from solutions.recipes import idle, predicting, preflight, sections
from solutions.recipes.compare.options import compare as measure_and_show
from solutions.recipes.compare.options import compare_options
from solutions.recipes.config import FineTune
from solutions.recipes.errors import Interrupted, RecipeError
from solutions.recipes.files import refuse_foreign, write_atomically
from solutions.recipes.gpu import options as gpu_options
from solutions.recipes.gpu.options import Check, check_options
from solutions.recipes.options import NOT_OF_THE_CONFIG, ONLY_FOR, THREADS, GroupedCommand, finetune_options
from solutions.recipes.pretrain import preflight as pretrain_preflight
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.options import FOR_SCRATCH, pretrain_options
from solutions.recipes.pretrain.preflight import SETTINGS
from solutions.recipes.quick import quick_imports
from solutions.recipes.speedrun import options as speedrun_options
from solutions.recipes.speedrun import scoreboard
from solutions.recipes.speedrun.options import race_options
from solutions.recipes.tour import options as pipelines_options
from solutions.recipes.tour.options import Tour, tour_options

BENCHMARKS = ("training", "imdb", "inference")
TOGETHER = ("finetune",)
"""Recipes that several processes can run together."""
option = partial(click.option, cls=click_words.Option)


class Recipes(click_words.Command, click.Group):
    """The group of all recipes, whose list and help are in the reader's language."""

    command_class = click_words.Command


@click.group(cls=Recipes, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Train models with what you build in the exercises."""
    if preflight.processes() > 1 and ctx.invoked_subcommand not in TOGETHER:
        name = ctx.invoked_subcommand
        raise RecipeError(say("{name} runs in one process. Start it with: course run {name}", name=name))


@cli.command(cls=GroupedCommand, context_settings={"show_default": True})
@finetune_options
@click.pass_context
def finetune(ctx: click.Context, out: Path, **options: Any) -> None:
    """Fine-tune a pretrained encoder on labelled texts.

    Trains, tests on held-out texts, saves, and reloads what was saved. Writes result.json. Ctrl-C saves the current
    state; --resume continues from there and ends with the same weights (with
    --threads 1, to the last bit).
    """
    about = {name: options.pop(name) for name in NOT_OF_THE_CONFIG if name != "out"}
    given = idle.typed(ctx) & options.keys()
    preflight.name_workspace(options)
    config = configuration(options, given, out if about["resume"] else None)
    idle.refuse(idle.ABOUT_THE_RUN, ctx.params, idle.typed(ctx))
    preflight.check(config, out, about["overwrite"], about["resume"], about["tensorboard"])

    from course.wrapping import FillingConsole

    console = FillingConsole(quiet=not preflight.first())
    with console.status(say("starting torch")):  # some seconds, for which `--help` should not wait
        with quick_imports():
            from solutions.recipes import display
            from solutions.recipes import finetune as run

    try:
        result = run.finetune(config, out, console, **about)
    except Interrupted:
        again = ["finetune", "--out", str(out), "--resume", *(["--mine", str(config.mine)] if config.mine else [])]
        if preflight.first():
            click.echo("\n" + saved_for_later(preflight.command(*again)), err=True)
        ctx.exit(INTERRUPTED)
    if preflight.first():
        display.print_result(console, result, out)


def saved_for_later(command: str) -> str:
    """Return the message of an interrupted run. With several processes, torchrun prints more after it."""
    told = say("interrupted; the current state is saved. Next: {command}", command=shell.typed(command))
    if preflight.processes() == 1:
        return told
    return told + "\n" + say("A traceback below comes from torchrun, which ends like this when it is interrupted.")


def configuration(options: dict[str, Any], given: set[str], resumed: Path | None) -> FineTune:
    """Return the configuration that was asked for, or that of the run to resume.

    Args:
        options: the options of the command line, defaults included.
        given: names of the options that were given.
        resumed: folder of the run to resume, if any.

    Raises:
        RecipeError: the configuration cannot work, or differs from that of the run to resume.
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
            raise click.UsageError(
                say(
                    "--{option} is for --method {methods}, not {method}",
                    option=name.replace("_", "-"),
                    methods=reduce(lambda one, other: say("{one} and {other}", one=one, other=other), ONLY_FOR[name]),
                    method=config.method,
                )
            )
    idle.refuse(idle.OF_FINETUNE, config, given)
    return config


def told(
    folder: Path, options: dict[str, Any], given: set[str], kind: Any = FineTune, name: str = preflight.CONFIG
) -> Any:
    """Return the configuration of the unfinished run in a folder, with the machine settings given now."""
    path = folder / name
    if (folder / preflight.RESULT).exists():
        raise RecipeError(
            say(
                "{folder} contains a finished run: there is nothing to resume. Choose a different "
                "--out, or start over with --overwrite",
                folder=folder,
            )
        )
    try:
        before = kind.from_plain(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RecipeError(
            say(
                ("there is no unfinished run in {folder}: {file} cannot be read. Leave out --resume to start one"),
                folder=folder,
                file=path.name,
            )
        ) from error
    now = {name: options[name] for name in given}
    machine = {name: now.pop(name) for name in ("device", "threads", "mine") if name in now}
    for field, value in now.items():
        if getattr(replace(before, **{field: value}), field) != getattr(before, field):
            raise RecipeError(
                say(
                    "the run in {folder} was started with {field}={before!r}, not {now!r}. "
                    "Leave the option out, or start over with --overwrite",
                    folder=folder,
                    field=field,
                    before=getattr(before, field),
                    now=value,
                )
            )
    if before.mine is not None and "mine" not in machine:  # a folder must not decide which code is run
        raise RecipeError(
            say("the run in {folder} was started with --mine {mine}: pass it again", folder=folder, mine=before.mine)
        )
    return replace(before, **machine)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("texts", metavar="TEXT|FILE...", nargs=-1, required=True)
@option("--mine", type=click.Path(path_type=Path), help="Workspace that the run was trained with.")
@option("--text-column", default="text", show_default=True, help="Text column of a CSV file.")
@option("--json", "path", metavar="PATH|-", help="Write the predictions as JSON, to a file or to standard output.")
@option("--compile", "compiled", is_flag=True, help="Compile the encoder first; worth it for thousands of texts.")
@click.pass_context
def predict(
    ctx: click.Context,
    folder: Path,
    texts: tuple[str, ...],
    mine: Path | None,
    text_column: str,
    path: str | None,
    compiled: bool,
) -> None:
    """Make predictions for your own texts with a finished run.

    Each argument is a text, a .txt file with one text per line, a .csv file, or - for the lines of standard input.
    Blank texts get no prediction.
    """
    idle.refuse(idle.OF_PREDICT, ctx.params, idle.typed(ctx))
    if path not in (None, "-"):
        refuse_foreign(Path(path), "course/predictions")
    preflight.find_run(folder, mine)
    if compiled:
        preflight.find_compiler()
    wanted = predicting.gather(texts, text_column)

    with quick_imports():
        from solutions.recipes.saving import load_run

    answers = predicting.predict(predicting.sped_up(load_run(folder, mine), compiled), wanted)
    if path is None:
        for answer in answers:
            click.echo(predicting.as_text(answer))
    elif path == "-":
        click.echo(predicting.as_json(folder, answers))
    else:
        write_atomically(Path(path), (predicting.as_json(folder, answers) + "\n").encode())


@cli.command(cls=GroupedCommand, context_settings={"show_default": True})
@pretrain_options
@click.pass_context
def pretrain(ctx: click.Context, out: Path, **options: Any) -> None:
    """Pre-train a language model on texts without labels.

    Fills in masked tokens (mlm) or predicts the next one (clm), and shows examples as they improve. The folder can be
    loaded with transformers and used as --model of finetune. Ctrl-C saves the current state; --resume continues there.
    """
    about = {name: options.pop(name) for name in NOT_OF_THE_CONFIG if name != "out"}
    given = idle.typed(ctx) & options.keys()
    preflight.name_workspace(options)
    try:
        config = told(out, options, given, PreTrain, SETTINGS) if about["resume"] else PreTrain(**options)
    except ValueError as error:
        raise RecipeError(str(error)) from error
    if not config.from_scratch and (useless := sorted(given.intersection(FOR_SCRATCH))):
        name = useless[0].replace("_", "-")
        raise click.UsageError(
            say("--{name} is for --from scratch; the size of {start} is given", name=name, start=config.start)
        )
    idle.refuse(idle.OF_PRETRAIN, config, given)
    idle.refuse(idle.ABOUT_THE_RUN, ctx.params, idle.typed(ctx))
    pretrain_preflight.check(config, out, about["overwrite"], about["resume"], about["tensorboard"])
    if "label_column" in given:  # without it, texts of the default name are merely split without labels
        preflight.columns(Path(config.data), config.text_column, config.label_column)

    from course.wrapping import FillingConsole

    console = FillingConsole()
    with console.status(say("starting torch")), quick_imports():
        from solutions.recipes.pretrain import display as pretrain_display
        from solutions.recipes.pretrain import run

    try:
        result = run.pretrain(config, out, console, **about)
    except Interrupted:
        again = pretrain_display.resume_command(config, out)
        click.echo("\n" + saved_for_later(again), err=True)
        ctx.exit(INTERRUPTED)
    pretrain_display.print_result(console, result, out)


@cli.command(cls=GroupedCommand, context_settings={"show_default": True})
@race_options
@click.pass_context
def speedrun(
    ctx: click.Context,
    out: Path | None,
    seeds: tuple[int, ...],
    rehearsal: bool,
    ask_reference: bool | None,
    **options: Any,
) -> None:
    """Reach 83% on the held-out reviews as fast as you can.

    Use your own exercises (--mine) and any settings; our time is the one to beat. Encoder, split and scoring
    are the same for everybody. Prints time, processor seconds and accuracy of every seed, and keeps a table of your
    runs. A run that is interrupted does not count.
    """
    given = idle.typed(ctx) & options.keys()
    preflight.name_workspace(options)
    config = configuration(options | speedrun_options.FIXED, given, None)
    idle.refuse(idle.OF_SPEEDRUN, ctx.params, idle.typed(ctx))
    ours = FineTune(**speedrun_options.of_reference(options))
    table = speedrun_options.table_of(out, config.mine, preflight.workspace_around(Path.cwd()))
    preflight.check(config, table.parent, overwrite=True)
    scoreboard.check(table)

    from course.wrapping import FillingConsole

    console = FillingConsole()
    with console.status(say("starting torch")), quick_imports():
        from solutions.recipes.speedrun import race as run
    run.speedrun(config, ours, seeds, table, console, rehearsal, ask_reference)


@cli.command(context_settings={"show_default": True})
@tour_options
@click.pass_context
def pipelines(ctx: click.Context, out: Path | None, **options: Any) -> None:
    """Compare the chapter's pipelines with your functions.

    Tokenizer, AutoModel, sentiment, generation, named entities, fill-mask: what transformers returns, and what your
    functions return for the same model. Models that you do not name are small ones, trained on the spot in a minute
    or two. The exit code is 1 if a result differs.
    """
    preflight.name_workspace(options)
    config = Tour(**options)
    idle.refuse(idle.OF_PIPELINES, config, idle.typed(ctx))
    pipelines_options.check(config)
    if out is not None:
        refuse_foreign(out, "course/pipelines")

    from course.wrapping import FillingConsole

    console = FillingConsole()
    with console.status(say("starting torch")):
        from solutions.recipes.tour import pipelines as run
    if run.tour(config, console, out)["different"]:
        ctx.exit(NOT_PASSED)


@cli.command("gpu-check", context_settings={"show_default": True})
@check_options
@click.pass_context
def gpu_check(
    ctx: click.Context, out: Path | None, minutes: float, page: Path | None, write: Path | None, **options: Any
) -> None:
    """Run every recipe briefly on a GPU, and compare with the CPU.

    Takes at most eight minutes. Compares losses in fp32 and bf16 with the CPU's; measures texts per second, peak
    memory, and the memory model of exercise-10. Writes one JSON file. If a step fails, the others still run. The exit
    code is 1 if one failed, and 2 if there is no GPU.
    """
    from course.wrapping import FillingConsole
    from solutions.recipes.gpu import check as run

    idle.refuse(idle.OF_GPU_CHECK, ctx.params, idle.typed(ctx))
    if page is not None:
        report = run.read(page)
        if write is None:
            click.echo(run.page(report), nl=False)
        else:
            run.put(write, report)
        return
    if out is None:
        raise click.UsageError(say("give a file for the report: --out FILE.json"))
    refuse_foreign(out, "course/gpu-check")
    if write is not None:
        sections.demand_place(write, run.BEGIN, run.END)
    told = Check(**options, budget=60 * minutes)
    told = replace(told, **gpu_options.QUICK) if told.rehearsal else told
    gpu_options.check(told)
    try:
        with run.ending_with_its_child():
            report = run.gpu_check(told, out, FillingConsole())
    except KeyboardInterrupt:
        click.echo("\n" + say("interrupted; the steps so far are in {file}", file=out), err=True)
        ctx.exit(INTERRUPTED)
    if write is not None:
        run.put(write, report)
    if not run.passed(report):
        ctx.exit(NOT_PASSED)


@cli.command(cls=GroupedCommand, context_settings={"show_default": True})
@compare_options
@click.pass_context
def compare(ctx: click.Context, **options: Any) -> None:
    """Measure the tables of the chapter and the blog.

    Each run has its own process and is saved as soon as it ends: the same command continues where it stopped.
    methods: accuracy and cost of every training method and of TF-IDF. heads, layer-decay, reinit: errors of predicted
    numbers, against a baseline. learning-curve: how many texts it takes. learning-rates: on validation texts.
    trainer: accuracy with the Trainer of transformers. memory: the memory model of exercise 10 against measured bytes.
    """
    idle.refuse(idle.OF_COMPARE, ctx.params, idle.typed(ctx))
    try:
        measure_and_show(**options)
    except KeyboardInterrupt:
        click.echo(
            "\n" + say("interrupted: all runs that had ended are saved. The same command continues with the rest"),
            err=True,
        )
        ctx.exit(INTERRUPTED)


@cli.command()
@option(
    "--json", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write the measurements to this file, too."
)
@option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds per recipe.")
@option("--threads", type=THREADS, help="CPU threads, the same for all.")
@option(
    "--part",
    "parts",
    type=click.Choice(BENCHMARKS),
    multiple=True,
    default=BENCHMARKS,
    show_default=True,
    help="What to measure; may be repeated.",
)
@option("--compile", "compiled", is_flag=True, help="For the part inference: measure torch.compile, too.")
@click.pass_context
def bench(
    ctx: click.Context, path: Path | None, rounds: int, threads: int | None, parts: tuple[str, ...], compiled: bool
) -> None:
    """Compare the speed of our recipe with the chapter's.

    Texts per second on the same texts, in turns: training against the chapter and the Trainer of transformers,
    training on long texts, inference.
    """
    idle.refuse(idle.OF_BENCH, ctx.params, idle.typed(ctx))
    if path is not None:
        refuse_foreign(path, "course/bench-training")
    preflight.find_packages()
    preflight.find_model(FineTune.model)
    preflight.find_data(FineTune.data)
    if compiled:
        preflight.find_compiler()

    from course.wrapping import FillingConsole

    console = FillingConsole()
    with console.status(say("starting torch")):
        from solutions.recipes import bench as benchmark

    report = benchmark.run(rounds=rounds, threads=threads, console=console, parts=parts, compiled=compiled)
    if path is not None:
        benchmark.write(report, path)


def main() -> None:
    """Parse the command line and run a recipe, in the reader's language."""
    parent.follow()
    spelling.spell(sys.stdout, sys.stderr)
    click_words.teach()
    shell.begin()
    text.use_if_written(text.detect())
    try:
        code = cli.main(prog_name="course run", standalone_mode=False)
    except click.ClickException as error:
        if preflight.speaks():
            error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        if preflight.speaks():
            click.echo("\n" + say("interrupted: no result was written"), err=True)
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
