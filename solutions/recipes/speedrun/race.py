"""A race against the clock: 83% on the held-out texts of Rotten Tomatoes, with the functions of the exercises.

The same for everybody: the encoder, the split and the scoring, which are the reference's. The clock measures loading
the encoder, tokenising, training and the validation after each epoch. Before it starts, one step is trained and
thrown away, so that no time includes the imports of a process's first step.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from course.text import mark, say, say_many
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
"""Accuracy on the test texts, as a mean over the seeds, that a run has to reach."""
UMPIRE = ("evaluation", "inference")
"""Exercises whose functions split and score; they are always the reference's."""
WARM_UP = 64
"""Texts of the warm-up step."""
LAST = 5
"""Number of recent runs that are shown."""
RULES = mark(
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
        config: settings of your run.
        ours: settings of the reference.
        seeds: one model is trained for each.
        table: the file of all runs.
        console: where to print.
        rehearsal: whether to score on the validation texts only, and write nothing into the table.
        ask_reference: whether to measure the reference too; None does so if the table has no time from this machine.

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
    console.print(f"{say(RULES)}\n", highlight=False, markup=False)
    where = say("{method} on {hardware}", method=config.method, hardware=describe(hardware))
    console.print(f"{where}\n{describe_data(data)}", highlight=False)
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
        console.print(say("\nours, the time to beat on this machine"), highlight=False)
        known = race(ours, functions(), REFERENCE, (outputs, data, hardware), seeds, False, console)
        scoreboard.append(table, known)
        entries.append(known)
    if not rehearsal and not is_ours:
        console.print(say("\nyours") if taken.yours else say("\nyour settings, our functions"), highlight=False)
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
    with console.status(say("warming up")):
        lap(replace(config, epochs=1, max_steps=1), taken, (outputs, few, hardware), True, Console(quiet=True))
    grid = Table(say("seed"), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in (say("time"), say("processor"), say("validation"), say("test")):
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
    grid.add_row(say("mean"), *figures(entry.seconds, entry.cpu_seconds, mean, None if rehearsal else entry.accuracy))
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
    with taken.blame():
        logits = answer(ready.model, ready.test.tokens, ready.test.pad_token, hardware)
    return Lap(config.seed, seconds, cpu_seconds, validation, score(logits, ready.test.labels)["accuracy"])


def identify(hardware: Hardware) -> dict[str, object]:
    """Return the properties that two machines must share for their times to be compared."""
    where = describe(hardware) if hardware.device.type == "cuda" else str(hardware.device)
    return {"processor": processor(), "device": where, "threads": hardware.threads, "precision": hardware.precision}


# --- Words ------------------------------------------------------------------------------------------------------------


def figures(seconds: float, cpu_seconds: float, validation: float, test: float | None) -> tuple[str, str, str, str]:
    """Return the columns of a run or a lap.

    >>> figures(61.25, 118.0, 0.8312, None)
    ('61.2 s', '118.0 s', '.831', '-')
    """
    times = (say("{seconds:.1f} s", seconds=one) for one in (seconds, cpu_seconds))
    return *times, share(validation), "-" if test is None else share(test)


def share(number: float) -> str:
    """Format a fraction as in the tables of this course.

    >>> share(0.8284), share(1.0)
    ('.828', '1.000')
    """
    return f"{number:.3f}".removeprefix("0")


def verdict(entry: Entry, ours: Entry | None, rehearsal: bool) -> str:
    """Return a sentence: whether the bar was reached, and how the time compares with the reference's."""
    error = f" ± {share(entry.standard_error)}" if entry.standard_error is not None else ""
    accuracy, n, time = f"{share(entry.accuracy)}{error}", len(entry.laps), duration(entry.seconds)
    found = say_many(
        "{accuracy}, the mean over {count} seed", "{accuracy}, the mean over {count} seeds", count=n, accuracy=accuracy
    )
    if rehearsal:
        return say(
            "Rehearsal: {found}, on the validation texts. The test texts were not used, and nothing was recorded.",
            found=found,
        )
    if n < SEEDS:
        return say(
            "This run does not count: it has {count} of at least {least} seeds ({found}, in {time} per seed).",
            count=n,
            least=SEEDS,
            found=found,
            time=time,
        )
    bar = share(entry.bar)
    if not entry.reached:
        told = say("The bar of {bar} was not reached: {found}.", bar=bar, found=found)
    else:
        told = say("The bar of {bar} was reached: {found}, in {time} per seed.", bar=bar, found=found, time=time)
    return f"{told}\n{against(entry, ours)}"


def against(entry: Entry, ours: Entry | None) -> str:
    """Compare a run that counts with the reference's."""
    if entry.whose == REFERENCE:
        return say("This is ours, the time to beat on this machine.")
    if ours is None:
        return say("Ours was not measured on this machine; add --reference to measure it.")
    when = say("ours, measured here {when}: {time} per seed", when=ours.when, time=duration(ours.seconds))
    if not ours.reached:
        values = {"accuracy": share(ours.accuracy), "ours": when}
        if entry.reached:
            return say("Ours did not reach it ({accuracy}; {ours}): you win.", **values)
        return say("Ours did not reach it either ({accuracy}; {ours}).", **values)
    if not entry.reached:
        return say("Ours reached it ({ours}).", ours=when)
    ratio = entry.seconds / ours.seconds
    if ratio < 1:
        return say("That is {factor:.2f} × as fast as {ours}.", factor=1 / ratio, ours=when)
    return say("That is {factor:.2f} × the time of {ours}.", factor=ratio, ours=when)


def show(console: Console, entries: Sequence[Entry], machine: dict[str, object], table: Path, strange: int) -> None:
    """Print the best run and the last ones on this machine."""
    here = [one for one in entries if one.machine == machine]
    best = scoreboard.best(here, machine)
    ours = scoreboard.reference(here, machine)
    grid = Table(say("run"), say("when"), say("method"), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in (say("time"), say("processor"), say("test")):
        grid.add_column(name, justify="right")
    for name in (say("bar"), say("own")):
        grid.add_column(name)
    named = [(say("ours"), ours)] if ours else []
    named += [(say("your best"), best)] if best else []
    rows = [*named, *(("", one) for one in here[-LAST:])]
    for name, one in rows:
        whose = say("ours") if one.whose == REFERENCE else str(len(one.yours) or say("none"))
        when = one.when[5:16].replace("T", " ")
        *times, test, _ = figures(one.seconds, one.cpu_seconds, one.accuracy, None)
        grid.add_row(name, when, one.method, *times, test, outcome(one), whose)
    heading = say("Runs on this machine: means over the seeds; own: your own functions; when: in UTC")
    console.print(f"\n{heading}")
    console.print(grid, highlight=False)
    if best is not None and best.yours:
        names = escape(", ".join(map(str, best.yours)))
        console.print(say("Your own functions in the best run: {names}", names=names), highlight=False)
    elsewhere = len(entries) - len(here)
    notes = [say("{count} on other machines or with other machine settings", count=elsewhere)] if elsewhere else []
    notes += [say("unreadable lines: {count}", count=strange)] if strange else []
    told = f" ({', '.join(notes)})" if notes else ""
    last = say("Runs in {table}: {count}", table=table, count=len(entries))
    console.print(f"{last}{told}", markup=False, highlight=False, soft_wrap=True)


def outcome(entry: Entry) -> str:
    """Return whether a run reached the bar, as a word for the table."""
    if entry.reached:
        return say("reached")
    if len(entry.laps) >= SEEDS:
        return say("missed")
    return say("{count} of {least} seeds", count=len(entry.laps), least=SEEDS)
