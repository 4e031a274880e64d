"""Tables on pages: a section between two markers, or the short table that lessons quote.

``docs/results.md`` has a pair of markers for each table (``<!-- compare methods -->`` and its end); the text between
them is replaced. A lesson has the short table of accuracies, which is recognised by its first line.
"""

import shlex
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.text import mark, say
from solutions.recipes import sections
from solutions.recipes.compare.store import Cell, Run, Runs
from solutions.recipes.compare.tables import (
    NAMES,
    SHORTEST,
    Asked,
    Found,
    Table,
    decimals,
    either,
    grid,
    rate,
    standard_error,
)
from solutions.recipes.config import FineTune, Method
from solutions.recipes.files import write_atomically

PICTURES = "results"
"""Folder of the pictures, beside the page."""
SHORT: tuple[Method, ...] = ("full", "lora", "head")
"""Methods in the short table."""
HEAD = ("method", "learning rate", "seeds", "test accuracy", "lowest, highest")
FOR_THE_TABLE = ("python", "torch", "transformers", "peft", "scikit-learn")
"""Packages whose versions a page names."""


# --- The short table --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of the short table: several seeds of one setting."""

    method: str
    learning_rate: float
    accuracies: tuple[float, ...]
    """Accuracies on the test texts, one per seed."""

    @property
    def mean(self) -> float:
        """Mean accuracy over the seeds."""
        return statistics.fmean(self.accuracies)

    @property
    def standard_error(self) -> float:
        """Standard error of the mean over seeds, on the same test texts."""
        return standard_error(self.accuracies)


def quoted(runs: Runs) -> list[Run]:
    """Return the runs of the short table: those of today's split, or else those of an older file."""
    return [
        {
            "method": run["config"]["method"],
            "learning_rate": run["config"]["learning_rate"],
            "seed": run["config"]["seed"],
            "accuracy": run["test"]["accuracy"],
            "test_texts": run["texts"]["test"],
            "training_texts": run["texts"]["train"],
            **{name: run["parameters"][name] for name in ("trainable", "total")},
            **{name: run[name] for name in ("processor", "versions")},
        }
        for run in plain(runs)
    ] or runs.older


def plain(runs: Runs) -> list[Run]:
    """Return the stored runs of today's split that belong in the short table."""
    return [
        run
        for run in runs.by_key.values()
        if run["kind"] == "finetune" and run["config"]["method"] in SHORT and "test" in run and _as_it_comes(run)
    ]


def _as_it_comes(run: Run) -> bool:
    """Return whether only method and seed differ from the defaults."""
    own = FineTune(method=run["config"]["method"], seed=run["config"]["seed"])
    return Cell.from_plain(run).key == Cell("finetune", own).key


def rows(runs: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Group the runs by setting, with all seeds of each."""
    settings = dict.fromkeys((run["method"], run["learning_rate"]) for run in runs)
    found = []
    for setting in settings:
        own = sorted((run["seed"], run["accuracy"]) for run in runs if (run["method"], run["learning_rate"]) == setting)
        found.append(Row(*setting, tuple(accuracy for _, accuracy in own)))
    return found


def short_table(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return the table quoted in the lessons and docs/bench.md, best setting first."""
    lines = []
    for row in sorted(rows(runs), key=lambda row: -row.mean):
        n, accuracy, ends = len(row.accuracies), decimals(row.mean), "-"
        if n > 1:
            accuracy += f" ± {decimals(row.standard_error)}"
            ends = f"{decimals(min(row.accuracies))}, {decimals(max(row.accuracies))}"
        lines.append([NAMES[row.method], rate(row.learning_rate), str(n), accuracy, ends])
    head, _, *body = grid(HEAD, lines)
    return "\n".join([head, "|---|---|---|---|---|", *body])


# --- A section --------------------------------------------------------------------------------------------------------


def command(table: Table, asked: Asked, jobs: int, threads: int) -> str:
    """Return the command that makes the table."""
    words = ["course", "run", "compare", table.name, "--seeds", str(asked.seeds)]
    words = words[:-2] if table.name == "memory" else words
    given = {"limit": asked.limit, "data": asked.data, "model": asked.model}
    given |= {"device": None if asked.device == "auto" else asked.device}
    given |= {"text-column": None if asked.text_column == "text" else asked.text_column}
    given |= {"label-column": None if asked.label_column == "label" else asked.label_column}
    given |= {"mine": asked.mine, "jobs": jobs, "threads": threads}
    for name, value in given.items():
        words += [f"--{name}", str(value)] if value is not None else []
    return shlex.join(words)


def machines(found: Found) -> str:
    """Return a sentence with the date, machine and versions of a table's runs."""
    runs = [run for some in found.values() for run in some if "processor" in run]
    if not runs:
        return ""

    def named(name: str) -> str:
        return either(sorted({str(run[name]) for run in runs}))

    days = sorted({run["date"] for run in runs})
    when = days[0] if len(days) == 1 else say("{first} to {last}", first=days[0], last=days[-1])
    versions: dict[str, list[str]] = {}
    for run in runs:
        for package in FOR_THE_TABLE:
            if (version := run["versions"].get(package)) and version not in versions.setdefault(package, []):
                versions[package].append(version)
    told = say(
        "Measured {when} on {device} ({processor}; {precision}). Threads of a run: {threads}; runs side by side: "
        "{jobs}. {packages}.",
        when=when,
        packages=", ".join(f"{package} {either(found)}" for package, found in versions.items()),
        **{name: named(name) for name in ("device", "processor", "precision", "threads", "jobs")},
    )
    on_a_gpu = any(run["device"].startswith("cuda") for run in runs)
    return told if on_a_gpu else told + say(" Not measured on a GPU.")


def whose(found: Found) -> str:
    """Return a sentence that names the learner's functions in these runs; nothing for runs with the reference."""
    own = [run["mine"] for some in found.values() for run in some if run.get("mine")]
    if not own:
        return ""
    yours = sorted({name for one in own for name in one["yours"]})
    reference = sorted({name for one in own for name in one["reference"]} - set(yours))
    said = say("Functions from your own exercises: {names}.", names=", ".join(yours))
    if not reference:
        return said
    return said + say(" Not started, so taken from the reference: {names}.", names=", ".join(reference))


def section(table: Table, asked: Asked, runs: Runs, made_by: str, picture: str | None) -> str:
    """Return the section of a page about a table, in the current language."""
    found = table.find(asked, runs)
    n, of = sum(map(len, found.values())), sum(map(len, table.cells(asked).values()))
    title = say(table.title)
    lines = [f"## {title}", "", say(table.about, shortest=SHORTEST), ""]
    if asked.limit is not None and table.name != "memory":
        only = mark("**Only {limit:,} texts** (`--limit {limit}`) over all three parts of the data.")
        lines += [say(only, limit=asked.limit), ""]
    if 0 < n < of:
        lines += [say("**Not complete**: {count} of {all} runs are measured.", count=n, all=of), ""]
    lines += table.markdown(found) if n else [say("Not measured yet.")]
    if picture is not None and n:
        lines += ["", f"![{title}]({PICTURES}/{picture})"]
    lines += ["", f"    {made_by}"]
    for said in (whose(found), machines(found)):
        lines += ["", said] if said else []
    return "\n".join(lines)


def markers(name: str) -> tuple[str, str]:
    """Return the markers at the beginning and end of a table's place on a page."""
    return f"<!-- compare {name} -->", f"<!-- end of compare {name} -->"


def has_section(page: Path, table: Table) -> bool:
    """Return whether the page has a place for the whole section; a new page will have one."""
    begin, _ = markers(table.name)
    return not page.exists() or begin in page.read_text(encoding="utf-8", errors="replace")


def put(page: Path, table: Table, content: str, short: str) -> None:
    """Put the section, or the short table, in its place on the page; a page that does not exist is created.

    Raises:
        RecipeError: the page has no such place, or cannot be read or written.
    """
    begin, end = markers(table.name)
    written = with_table(page, table, content, short)
    if written is None:
        raise sections.no_place(page, begin, end)
    write_atomically(page, written.encode())


def demand_place(page: Path, table: Table, short: str) -> None:
    """Refuse a page without a place for a table, before hours of measuring.

    Raises:
        RecipeError: the page has no such place, or cannot be read.
    """
    if with_table(page, table, "", short) is None:
        raise sections.no_place(page, *markers(table.name))


def with_table(page: Path, table: Table, content: str, short: str) -> str | None:
    """Return the page with the section, or the short table, in its place; None if it has no place for it.

    Raises:
        RecipeError: the page cannot be read.
    """
    begin, end = markers(table.name)
    text = sections.read(page, begin, end)
    head = short.splitlines()[0]
    written = sections.filled(text, begin, end, content)
    if written is None and table.name == "methods" and text.count(head) == 1:
        before, _, rest = text.partition(head)
        _, blank, after = rest.partition("\n\n")
        written = before + short + blank + after
    return written
