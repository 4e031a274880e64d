"""``course run compare TABLE``: its options and its code. Only the processes of the runs load torch."""

import os
import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from course import shell
from course.text import mark, say
from course.wrapping import FillingConsole, Lines
from solutions.recipes import preflight
from solutions.recipes.both import in_english
from solutions.recipes.compare import page as pages
from solutions.recipes.compare import plots, running, store
from solutions.recipes.compare.tables import BERT_BASE, TABLES, Asked, Table
from solutions.recipes.errors import NothingStarted, RecipeError, missing_package
from solutions.recipes.functions import used, written_in
from solutions.recipes.options import FILE, MINE, THREADS, Function, decorated, option

RUNS = "results.json"
"""The file of the runs, beside the page that is written."""
COMMITTED = running.ROOT / "docs" / RUNS
"""The committed file of runs, from which docs/results.md is made."""
WHAT, OUTPUT, MACHINE = mark("What to measure"), mark("Output"), mark("Machine")
COUNT, MOST_SEEDS = click.IntRange(1), 1000

OPTIONS = (
    option(WHAT, "--seeds", type=click.IntRange(1, MOST_SEEDS), default=Asked.seeds, help="Runs per setting."),
    option(WHAT, "--limit", type=COUNT, help="Use only this many texts; the table notes the limit."),
    option(WHAT, "--data", default=None, help="Data set to use instead of the table's own; values as for finetune."),
    option(WHAT, "--text-column", metavar="NAME", help="Text column of a CSV file."),
    option(WHAT, "--label-column", metavar="NAME", help="Label column of a CSV file."),
    option(WHAT, "--model", default=None, help="Use this encoder instead; for memory, its shape."),
    option(WHAT, "--mine", **MINE),
    option(
        OUTPUT, "--json", "path", type=FILE,
        help="File for the runs (default: {name} next to the page).", values={"name": RUNS},
    ),
    option(
        OUTPUT, "--write", "write", type=FILE, multiple=True, metavar="PAGE",
        help="Write the table to its place on this page, with a picture next to it.",
    ),
    option(
        OUTPUT, "--quote", is_flag=True, default=False,
        help="Only print the Markdown; measure nothing. Without a file of your own, the runs in the "
        "repository are used.",
    ),
    option(MACHINE, "--jobs", type=COUNT, default=1, help="Runs in parallel."),
    option(MACHINE, "--threads", type=THREADS, default=1, help="CPU threads per run."),
    option(MACHINE, "--device", help="auto, cpu, cuda, mps."),
)  # fmt: skip


def compare_options(function: Function) -> Function:
    """Add all options to a command, in this order."""
    table = click.argument("table", type=click.Choice(list(TABLES)), metavar="TABLE")
    return table(decorated(function, OPTIONS))


def compare(
    table: str, path: Path | None, write: tuple[Path, ...], quote: bool, jobs: int, threads: int, **about: Any
) -> None:
    """Measure the missing runs of a table, and show it.

    Raises:
        RecipeError: the request cannot be carried out; every completed run is kept.
    """
    chosen, console = TABLES[table], FillingConsole()
    preflight.name_workspace(about)
    try:
        asked = Asked(**about)
        cells = [cell for row in chosen.cells(asked).values() for cell in row]
    except ValueError as error:
        raise RecipeError(str(error)) from error
    named = ["--json", str(path)] if path else []
    path = path or (write[0].parent if write else Path()) / RUNS
    if quote and not path.exists():
        path = ours_instead(path) if not (named or write or asked.mine) else path
        if not path.exists():
            click.echo(say("There is no file of runs {path}. Choose one with --json.", path=path), err=True)
    runs = store.load(path)
    for one in write:
        pages.demand_place(one, chosen, pages.short_table(pages.quoted(runs)))
    if not quote:
        missing = chosen.missing(asked, runs)
        check(missing, path)
        asked_for = len({cell.key for cell in cells})
        click.echo(
            say(
                "{table}: {count} runs, {known} of them in {path} already",
                table=say(chosen.title),
                count=asked_for,
                known=asked_for - len(missing),
                path=path,
            )
        )
        runner = running.Runner(threads, jobs)
        running.measure(missing, path, runner, chosen.drop, click.echo)
        runs = store.load(path)

    made_by = pages.command(chosen, asked, jobs, threads)
    for one in write:
        write_page(one, chosen, asked, runs, made_by)
    with in_english() if quote else nullcontext():  # what is quoted goes to a page
        content = pages.section(chosen, asked, runs, made_by, None)
    if quote or not console.is_terminal:
        click.echo(content)
    else:
        console.print(Lines(content))
    if not write and not quote:
        command = f"{made_by} {shlex.join([*named, '--write', 'results.md'])}"
        click.echo("\n" + say("Next: {command}", command=shell.typed(command)))


def ours_instead(path: Path) -> Path:
    """Return the repository's own file of runs if, in a clone, the given file does not exist."""
    if not (COMMITTED.is_file() and (running.ROOT / "pyproject.toml").is_file()):
        return path
    click.echo(say("These are the runs in {path}.", path=COMMITTED), err=True)
    return COMMITTED


def write_page(place: Path, table: Table, asked: Asked, runs: store.Runs, made_by: str) -> None:
    """Write the section with its picture, or the short table, whichever the page has a place for, in English."""
    short = pages.short_table(pages.quoted(runs))
    picture = None
    if pages.has_section(place, table):
        picture = plots.draw(table, table.find(asked, runs), place.parent / pages.PICTURES)
    with in_english():
        content = pages.section(table, asked, runs, made_by, picture)
    pages.put(place, table, content, short)


def check(missing: list[store.Cell], path: Path) -> None:
    """Refuse what cannot work, before any process is started.

    Raises:
        RecipeError: a package, the data, the model, the device or the folder of the runs is missing.
    """
    if any(cell.kind == "tfidf" for cell in missing) and preflight.find_spec("sklearn") is None:
        raise missing_package("scikit-learn", "compare")
    if any(cell.kind == "trainer" for cell in missing) and preflight.find_spec("accelerate") is None:
        raise missing_package("accelerate", "distributed")
    trained = [cell for cell in missing if cell.kind != "memory"]
    for cell in trained[:1]:  # they share model, data and device
        preflight.check(cell.config, path.with_name(".compare"), overwrite=True)
    for cell in missing[:1] if not trained else ():  # memory cells only: they have no data
        preflight.find_packages()
        if cell.config.model != BERT_BASE:
            preflight.find_model(cell.config.model)
        preflight.find_device(cell.config.device)
    if own := [cell for cell in missing if cell.own]:  # TF-IDF has none
        demand_something_of_yours(own)
    folder = path.resolve().parent
    if folder.exists() and not os.access(folder, os.W_OK):
        raise RecipeError(say("{folder} cannot be written to. Choose a different file with --json", folder=folder))


def demand_something_of_yours(cells: list[store.Cell]) -> None:
    """Refuse to measure a table of your own functions if none of them is started.

    Args:
        cells: runs with ``--mine``, all from one workspace.

    Raises:
        NothingStarted: none of these runs uses a function of yours.
    """
    mine = cells[0].config.mine
    assert mine is not None
    wanted = {
        f"{slug}.{name}"
        for cell in cells
        for slug, names in ({"strategy": ("training_memory",)} if cell.kind == "memory" else used(cell.config)).items()
        for name in names
    }
    if not wanted & written_in(mine):
        raise NothingStarted(
            say(
                "none of the functions that this table needs is started in {mine}: {names}. "
                "Write one of them first, or leave out --mine",
                mine=mine,
                names=", ".join(sorted(wanted)),
            )
        )
