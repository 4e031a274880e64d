"""A race against the clock: 83% on the held-out texts of Rotten Tomatoes, with the functions of the exercises.

What is the same for everybody: the encoder, the split and the scoring, which are the reference's. What the clock
measures: loading the encoder, tokenising, training and the validation after each epoch. Before it starts, one step is
trained and thrown away, so that nobody's time holds the imports that come with the first step of a process.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from solutions.recipes.bench import load_average
from solutions.recipes.config import FineTune
from solutions.recipes.data import Split
from solutions.recipes.display import describe_data, describe_mine, duration, progress
from solutions.recipes.finetune import prepare, prepare_data, standardised, versions
from solutions.recipes.functions import Functions, functions, used
from solutions.recipes.hardware import Hardware, describe, find_hardware, processor
from solutions.recipes.saving import Outputs
from solutions.recipes.speedrun import scoreboard
from solutions.recipes.speedrun.scoreboard import REFERENCE, SEEDS, YOURS, Entry, Lap
from solutions.recipes.training import answer, score, train

BAR = 0.83
"""Accuracy on the test texts that a run has to reach, by the mean over its seeds."""
UMPIRE = ("evaluation", "inference")
"""Exercises whose functions split and score: those of the reference, whoever runs."""
WARM_UP = 64
"""Texts of the step that is thrown away."""
LAST = 5
"""Runs of the table that are shown."""
RULES = (
    "Rules: the embedded encoder, the fixed split, one model per seed. The clock runs from loading the encoder "
    "to the last training step. After that, the test texts are used once. Choose settings on the validation "
    "texts (--rehearsal uses no others): settings chosen on the test texts look better than they are."
)


def speedrun(
    config: FineTune,
    ours: FineTune | None,
    seeds: Sequence[int],
    table: Path,
    console: Console,
    rehearsal: bool = False,
    ask_reference: bool | None = None,
) -> Entry:
    """Race, write the run into the table, and show both.

    Args:
        config: what to do.
        ours: what the reference does.
        seeds: one model is trained for each.
        table: the file of all runs.
        console: for people.
        rehearsal: score on the validation texts alone, and write nothing into the table.
        ask_reference: measure the reference too; None does so if the table has no time of it on this machine.

    Returns:
        The run.

    Raises:
        RecipeError: something is missing, or the table cannot be read or written.
        StudentError: a file given as ``mine`` does not do what it should.
    """
    entries, strange = scoreboard.read(table)
    hardware = find_hardware(config)
    taken = functions(config, {slug: names for slug, names in used(config).items() if slug not in UMPIRE})
    outputs, data = standardised(prepare_data(config, functions()))
    console.print(f"{RULES}\n", highlight=False, markup=False)
    console.print(f"{config.method} on {describe(hardware)}\n{describe_data(data)}", highlight=False)
    if taken.yours:
        console.print(describe_mine(taken), highlight=False, markup=False)

    machine = identify(hardware)
    is_ours = ours is not None and config == ours
    known = scoreboard.reference(entries, machine)
    if (
        ours is not None
        and not is_ours
        and not rehearsal
        and (ask_reference or (known is None and ask_reference is None))
    ):
        console.print("\nours, the time to beat on this machine", highlight=False)
        known = race(ours, functions(), REFERENCE, (outputs, data, hardware), seeds, False, console)
        scoreboard.append(table, known)
        entries.append(known)
    if not rehearsal and not is_ours:
        console.print("\nyours" if taken.yours else "\nyour settings, our functions", highlight=False)
    whose = REFERENCE if is_ours else YOURS
    entry = race(config, taken, whose, (outputs, data, hardware), seeds, rehearsal, console)
    if not rehearsal:
        scoreboard.append(table, entry)
        entries.append(entry)
    console.print(f"\n{verdict(entry, known, rehearsal)}", highlight=False, markup=False, soft_wrap=True)
    if not rehearsal:
        show(console, entries, machine, table, strange)
    return entry


def race(
    config: FineTune,
    taken: Functions,
    whose: str,
    ground: tuple[Outputs, Split, Hardware],
    seeds: Sequence[int],
    rehearsal: bool,
    console: Console,
) -> Entry:
    """Train and score a model for each seed."""
    outputs, data, hardware = ground
    texts = data.train.take(range(min(WARM_UP, len(data.train))))
    few = Split(texts, data.validation.take([0]), data.test.take([0]), data.label_names, data.counts)
    before = load_average()
    with console.status("warming up"):
        lap(replace(config, epochs=1, max_steps=1), taken, (outputs, few, hardware), True, Console(quiet=True))
    grid = Table("seed", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("time", "processor", "validation", "test"):
        grid.add_column(name, justify="right")
    laps = []
    for seed in seeds:
        laps.append(lap(replace(config, seed=seed), taken, ground, rehearsal, console))
        grid.add_row(str(seed), *figures(laps[-1].seconds, laps[-1].cpu_seconds, laps[-1].validation, laps[-1].test))
    entry = Entry(
        when=scoreboard.now(),
        whose=whose,
        method=config.method,
        machine=identify(hardware),
        bar=BAR,
        laps=laps,
        yours=list(taken.yours),
        config=config.plain(),
        files=taken.hashes(),
        load_average=[before, load_average()],
        test_digest=hashlib.sha256("\n".join(data.test.texts).encode()).hexdigest(),
        versions=versions(),
    )
    mean = sum(one.validation for one in laps) / len(laps)
    grid.add_row("mean", *figures(entry.seconds, entry.cpu_seconds, mean, None if rehearsal else entry.accuracy))
    console.print(grid, highlight=False)
    return entry


def lap(
    config: FineTune, taken: Functions, ground: tuple[Outputs, Split, Hardware], rehearsal: bool, console: Console
) -> Lap:
    """Train one model under the clock, then score it."""
    outputs, data, hardware = ground
    started, cpu_started = perf_counter(), process_time()
    ready = prepare(config, hardware, taken, outputs, data)
    with taken.blame(), progress(console) as on_step:
        trained = train(ready.model, ready.training, config, hardware, on_step, taken, ready.validation)
    seconds, cpu_seconds = perf_counter() - started, process_time() - cpu_started
    place = -1 if trained.best_epoch is None else trained.best_epoch
    validation = trained.validations[place]["accuracy"]
    if rehearsal:
        return Lap(config.seed, seconds, cpu_seconds, validation, None)
    logits = answer(ready.model, ready.test.tokens, ready.test.pad_token, hardware)
    return Lap(config.seed, seconds, cpu_seconds, validation, score(logits, ready.test.labels)["accuracy"])


def identify(hardware: Hardware) -> dict[str, object]:
    """What a machine must have in common with another for their times to be compared."""
    where = describe(hardware) if hardware.device.type == "cuda" else str(hardware.device)
    return {"processor": processor(), "device": where, "threads": hardware.threads, "precision": hardware.precision}


# --- Words ------------------------------------------------------------------------------------------------------------


def figures(seconds: float, cpu_seconds: float, validation: float, test: float | None) -> tuple[str, str, str, str]:
    """The columns of a run or a lap.

    >>> figures(61.25, 118.0, 0.8312, None)
    ('61.2 s', '118.0 s', '.831', '-')
    """
    return f"{seconds:.1f} s", f"{cpu_seconds:.1f} s", share(validation), "-" if test is None else share(test)


def share(number: float) -> str:
    """A fraction as tables of this course have it.

    >>> share(0.8284), share(1.0)
    ('.828', '1.000')
    """
    return f"{number:.3f}".removeprefix("0")


def verdict(entry: Entry, ours: Entry | None, rehearsal: bool) -> str:
    """Whether the bar was reached, and how the time compares with the reference's."""
    error = f" ± {share(entry.standard_error)}" if entry.standard_error is not None else ""
    found = f"{share(entry.accuracy)}{error}, the mean over {len(entry.laps)} seed{'s' if len(entry.laps) > 1 else ''}"
    if rehearsal:
        return f"Rehearsal: {found}, on the validation texts. The test texts were not used, and nothing was recorded."
    if len(entry.laps) < SEEDS:
        told = f"{found}, in {duration(entry.seconds)} per seed"
        return f"This run does not count: it has {len(entry.laps)} of at least {SEEDS} seeds ({told})."
    if not entry.reached:
        told = f"The bar of {share(entry.bar)} was not reached: {found}."
    else:
        told = f"The bar of {share(entry.bar)} was reached: {found}, in {duration(entry.seconds)} per seed."
    if entry.whose == REFERENCE:
        return f"{told}\nThis is ours, the time to beat on this machine."
    if ours is None:
        return f"{told}\nOurs was not measured on this machine; add --reference to measure it."
    when = f"ours, measured here {ours.when}: {duration(ours.seconds)} per seed"
    if not ours.reached:
        return f"{told}\nOurs did not reach it either ({share(ours.accuracy)}; {when})." if not entry.reached else \
            f"{told}\nOurs did not reach it ({share(ours.accuracy)}; {when}): you win."  # fmt: skip
    if not entry.reached:
        return f"{told}\nOurs reached it ({when})."
    ratio = entry.seconds / ours.seconds
    compared = f"{1 / ratio:.2f} × as fast as" if ratio < 1 else f"{ratio:.2f} × the time of"
    return f"{told}\nThat is {compared} {when}."


def show(console: Console, entries: Sequence[Entry], machine: dict[str, object], table: Path, strange: int) -> None:
    """The best run and the last ones, on this machine."""
    here = [one for one in entries if one.machine == machine]
    best = scoreboard.best(here, machine)
    ours = scoreboard.reference(here, machine)
    grid = Table("run", "when", "method", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("time", "processor", "test", "bar", "own"):
        grid.add_column(name, justify="right" if name in ("time", "processor", "test") else "left")
    named = [("ours", ours)] if ours else []
    named += [("your best", best)] if best else []
    rows = [*named, *(("", one) for one in here[-LAST:])]
    for name, one in rows:
        mark = "reached" if one.reached else "missed" if len(one.laps) >= SEEDS else f"{len(one.laps)} of {SEEDS} seeds"
        whose = "ours" if one.whose == REFERENCE else str(len(one.yours) or "none")
        when = one.when[5:16].replace("T", " ")
        grid.add_row(name, when, one.method, f"{one.seconds:.1f} s", f"{one.cpu_seconds:.1f} s", share(one.accuracy),
                     mark, whose)  # fmt: skip
    console.print("\nRuns on this machine: means over the seeds; own: your own functions; when: in UTC")
    console.print(grid, highlight=False)
    if best is not None and best.yours:
        console.print(f"Your own functions in the best run: {escape(', '.join(map(str, best.yours)))}", highlight=False)
    elsewhere = len(entries) - len(here)
    notes = [f"{elsewhere} on other machines or settings of it"] if elsewhere else []
    notes += [f"unreadable lines: {strange}"] if strange else []
    told = f" ({', '.join(notes)})" if notes else ""
    console.print(f"Runs in {table}: {len(entries)}{told}", markup=False, highlight=False, soft_wrap=True)
