"""Diagnosis by simulation: which misconception explains what the student's code did?

A misconception is a small edit of the reference. The check that failed is run again with the same seed against each
edited reference, in this process; two runs are equal if everything returned through the proxy and the verdict are
equal. So only behaviour is compared, whatever the student's code looks like.

A wrong diagnosis is worse than none. A misconception is named only if

1. its own check (``caught_by``) is among the failed ones, and
2. its trace equals the student's in every check of that function, or, if several things are wrong at once, in its own
   check and in this one, with numbers that cannot agree by chance; and
3. the differences from the reference are sufficient evidence (``evidence``). Complaints about the form of an answer
   are none, and yes/no facts may have causes that are not in the catalogue: if there are only such facts, only the
   misconceptions whose text claims no more than the facts can be named (``facts.toml``); and
4. no other misconception fits equally well, and neither does a function that does nothing.

If none fits alone, pairs are tried by the same rules (``_pair``). If no simulation fits, a relation between the answer
and the expected one may be stated (``relations``).

The pattern of failed checks alone never decides: a pattern of two or three verdicts fits too many causes.
"""

from __future__ import annotations

import ast
import collections
import contextlib
import functools
import io
import itertools
import math
import re
import time
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from course import paths
from course.compat import tomllib
from course.result import ExplanationKind
from course.text import mark, say, translated
from grader.errors import Failed, StudentRaised
from grader.judge import expect, relations
from grader.judge.check import CheckSpec
from grader.judge.proxy import Outcome, RemoteRef, check_seed, local_student

TOLERANCE = 1e-4
"""Largest difference, relative to 1 + |value|, between two results that count as the same behaviour."""
ENOUGH = 6
"""Evidence required for naming a misconception; ``evidence`` computes it."""
PAIR_SECONDS = 0.3
"""Processor time for trying pairs of misconceptions on one function."""
RELATION_SECONDS = 0.2
"""Processor time for trying relations on one function."""
IDLE = {
    "returns-nothing": (
        mark("in all checks, `{name}` behaves as if it did nothing at all"),
        mark("in the failed checks, `{name}` behaves as if it did nothing at all"),
    ),
    "returns-its-input": (
        mark("in all checks, `{name}` behaves as if it simply returned its first argument"),
        mark("in the failed checks, `{name}` behaves as if it simply returned its first argument"),
    ),
}
"""Function that does nothing -> sentences to use if all checks, or the failed ones, end as they would with it."""


@dataclass(frozen=True)
class Misconception:
    """One misconception, as an edit of the reference."""

    name: str
    edits: tuple[tuple[str, str], ...]
    """(old, new); each ``old`` occurs exactly once in the reference."""
    caught_by: str
    title: str
    """A short statement in English, shown in the report."""
    hint: str
    kin: str = ""
    """Misconceptions of the same kin are equivalent to the student: if they behave the same, either may be named."""

    @property
    def function(self) -> str:
        """Group of checks that it belongs to."""
        return self.caught_by.split(".")[0]

    def apply(self, source: str) -> str:
        """Return the edited reference.

        Raises:
            ValueError: an ``old`` text does not occur exactly once.
        """
        for old, new in self.edits:
            start = source.find(old)
            if start < 0 or source.find(old, start + 1) >= 0:
                count = source.count(old)
                raise ValueError(f"misconception {self.name}: {old!r} occurs {count} times in the reference, not once")
            source = source[:start] + new + source[start + len(old) :]
        return source


@dataclass(frozen=True)
class Observed:
    """The results of one check of the student's code."""

    spec: CheckSpec
    status: str
    failing: str
    """Reason for the verdict (``hung_on``)."""
    trace: list[Outcome]
    exchanged: Sequence[tuple[bytes, bytes]] = ()
    """Requests and answers, as they were sent."""
    seconds: float = 0.0
    """Processor time, if the check was run in this process."""


@dataclass(frozen=True)
class Diagnosis:
    """The explanation of a failed check: a misconception, two of them (``pair``), a relation, or another failure."""

    kind: ExplanationKind
    """``misconception``, ``pair``, ``relation`` or ``follows``."""
    id: str
    text: str
    """The explanation in the reader's language; for a misconception, its hint in English."""
    title: str = ""
    """Title in English of a misconception or a relation; other kinds have none."""

    @classmethod
    def of(cls, misconception: Misconception) -> Diagnosis:
        """Return the diagnosis that names this misconception."""
        return cls("misconception", misconception.name, misconception.hint, misconception.title)


@functools.cache
def load_misconceptions(path: Path, function: str = "") -> tuple[Misconception, ...]:
    """Read all misconceptions of an exercise, or those of one function; the others are not parsed.

    Raises:
        ValueError: an entry is incomplete.
    """
    if not path.exists():
        return ()
    source = path.read_text(encoding="utf-8")
    if function:
        entries = re.split(r"^(?=\[\[misconception\]\]$)", source, flags=re.MULTILINE)[1:]
        source = "".join(entry for entry in entries if f'\ncaught_by = "{function}.' in entry)
    found = []
    for entry in tomllib.loads(source).get("misconception", []):
        edits = entry.get("edits") or [{"old": entry["old"], "new": entry["new"]}]
        found.append(
            Misconception(
                name=entry["name"],
                edits=tuple((edit["old"], edit["new"]) for edit in edits),
                caught_by=entry["caught_by"],
                title=entry["title"],
                hint=entry["hint"],
                kin=entry.get("kin", ""),
            )
        )
    return tuple(found)


def edited_module(slug: str, misconception: Misconception) -> types.ModuleType:
    """Return a new module: the reference with one misconception (or with two, combined by ``compose``)."""
    module = types.ModuleType(f"edited_{re.sub('[^a-z0-9]', '_', misconception.name.lower())}")
    module.__file__ = "<edited>"
    for part in parts(slug, misconception):
        exec(_compiled(part), module.__dict__)
    return module


@functools.lru_cache(maxsize=8)
def parts(slug: str, misconception: Misconception) -> list[str]:
    """Return the edited source in parts that can be compiled one by one; most are unchanged from the reference.

    An exercise has hundreds of misconceptions, and a grading tries dozens: so only the edited part is compiled again.

    Raises:
        ValueError: an ``old`` text does not occur exactly once.
    """
    reference = _reference(slug)
    source, statements = misconception.apply(reference), _statements(reference)
    start, end, before, after = 0, len(source), 0, len(statements)
    while before < after and source.startswith(statements[before], start):
        start += len(statements[before])
        before += 1
    while before < after and source.endswith(statements[after - 1], start, end):
        end -= len(statements[after - 1])
        after -= 1
    return [*statements[:before], source[start:end], *statements[after:]]


@functools.cache
def _reference(slug: str) -> str:
    return paths.solution(slug).read_text(encoding="utf-8")


@functools.cache
def _statements(source: str) -> list[str]:
    """Split the source before every statement of the module.

    Raises:
        ValueError: the module imports from ``__future__``, which would not apply to separately compiled statements.
    """
    if "__future__" in source:
        raise ValueError("a reference solution does without __future__")
    lines = source.splitlines(keepends=True)
    starts = [
        min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))]) - 1
        for node in ast.parse(source).body
    ]
    return ["".join(lines[a:b]) for a, b in zip([0, *starts[1:]], [*starts[1:], None], strict=True)]


@functools.cache
def _compiled(statement: str) -> types.CodeType:
    code: types.CodeType = compile(statement, "<edited>", "exec", dont_inherit=True)
    return code


def observe(spec: CheckSpec, module: types.ModuleType, run_seed: int) -> Observed:
    """Run one check against a trusted module in this process."""
    return _observe(spec, module, run_seed, [])


def _observe(spec: CheckSpec, module: types.ModuleType, run_seed: int, trace: list[Outcome]) -> Observed:
    started = time.process_time()
    student = local_student(module, check_seed(run_seed, spec.id))
    student.trace = trace
    seen, remarks = list(expect.seen), list(expect.remarks)
    status, error = "passed", None
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            spec.run(student)
    except StudentRaised as raised:
        status, error = "crashed", raised
    except Exception as raised:  # an expectation failed, or the check could not process the edited answer
        status, error = "failed", raised  # type: ignore[assignment]
    finally:
        expect.seen[:], expect.remarks[:] = seen, remarks
    return Observed(spec, status, hung_on(error), student.trace, student.exchanged, time.process_time() - started)


def hung_on(error: BaseException | None) -> str:
    """Return the reason for the verdict, in words that do not depend on the random numbers."""
    if error is None:
        return ""
    if isinstance(error, Failed):
        return re.sub(r"-?\d[\d.,_]*", "#", error.message.split(":")[0])
    return str(error) if isinstance(error, StudentRaised) else f"{type(error).__name__}: {error}"


def diagnose(
    slug: str, observed: Mapping[str, Observed], references: Mapping[str, Observed], run_seed: int
) -> dict[str, Diagnosis]:
    """Explain the failures.

    Args:
        slug: the exercise.
        observed: check id -> its results with the student's code.
        references: check id -> its results with the reference and the same seed; at least for the failed checks.
        run_seed: seed of the run.

    Returns:
        Check id -> explanation of its failure.
    """
    found: dict[str, Diagnosis] = {}
    wrong = {name for name, item in observed.items() if item.status in ("failed", "crashed")}
    for function in dict.fromkeys(observed[name].spec.function for name in observed if name in wrong):
        group = {name: item for name, item in observed.items() if item.spec.function == function}
        found |= Function(slug, function, group, references, run_seed).explain()
    return found


@dataclass
class Function:
    """All checks of one function of the file, at least one of which failed."""

    slug: str
    name: str
    group: Mapping[str, Observed]
    references: Mapping[str, Observed]
    run_seed: int
    _repeated: dict[tuple[str, str], bool] = field(default_factory=dict)
    _modules: dict[str, types.ModuleType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the checks: the failed ones first, and cheap ones before expensive ones."""
        self.comparable = {
            name: item for name, item in self.group.items() if item.status in ("passed", "failed", "crashed")
        }
        cost = {name: self.references[name].seconds if name in self.references else 0.0 for name in self.comparable}
        self.wrong = sorted((name for name, item in self.comparable.items() if item.status != "passed"), key=cost.get)  # type: ignore[arg-type]
        right = sorted((name for name in self.comparable if name not in self.wrong), key=cost.get)  # type: ignore[arg-type]
        self.order = self.wrong + right
        self.complete = len(self.comparable) == sum(item.status != "skipped" for item in self.group.values())
        self.evidence = {name: evidence(self.group[name], self.references[name]) for name in self.wrong}

    def explain(self) -> dict[str, Diagnosis]:
        """Return check id -> explanation of its failure."""
        suspects = [
            misconception
            for misconception in load_misconceptions(paths.misconceptions(self.slug), self.name)
            if misconception.caught_by in self.wrong
        ]
        idle = self._idle(self.order)
        if idle is not None:
            return dict.fromkeys(self.wrong, idle)
        fitting = [misconception for misconception in suspects if self._fits(misconception)] if self.complete else []
        if fitting:
            named = self._speaker(fitting)
            return self._following(self._related({} if named is None else dict.fromkeys(self.wrong, named)))
        found = self._partial(suspects)
        if not found and len(self.wrong) > 1 and (idle := self._idle(self.wrong)) is not None:
            return dict.fromkeys(self.wrong, idle)
        alone = self._related({})
        if any(diagnosis.id == "returns-nothing" for diagnosis in alone.values()):
            found = {}  # the other failures follow from the missing result, even if they fit a misconception
        if len(alone) == len(self.wrong) and len({diagnosis.id for diagnosis in alone.values()}) == 1:
            return alone  # one relation that explains everything is simpler than two misconceptions
        related = alone | found
        if self.complete and len(found) < len(self.wrong):
            pair = self._pair(suspects, {diagnosis.id for diagnosis in found.values()})
            if pair is not None:
                return dict.fromkeys(self.wrong, pair)
        return self._following(related)

    # --- one misconception ---------------------------------------------------------------------------------------

    def _module(self, misconception: Misconception) -> types.ModuleType:
        if any("__dict__" in new for _, new in misconception.edits):  # it keeps state between calls
            return edited_module(self.slug, misconception)  # reset for each check, like the student's
        if misconception.name not in self._modules:
            self._modules[misconception.name] = edited_module(self.slug, misconception)
        return self._modules[misconception.name]

    def _repeats(self, name: str, misconception: Misconception) -> bool:
        key = name, misconception.name
        if key not in self._repeated:
            self._repeated[key] = _repeats(self.comparable[name], self._module(misconception), self.run_seed)
        return self._repeated[key]

    def _fits(self, misconception: Misconception) -> bool:
        """Return whether all checks end as with the student's code; stops at the first difference."""
        return all(self._repeats(name, misconception) for name in self.order)

    def _speaker(self, fitting: list[Misconception]) -> Diagnosis | None:
        """Choose the misconception to name among those that explain everything; None if that is ambiguous."""
        if len(fitting) > 1 and not (fitting[0].kin and len({misconception.kin for misconception in fitting}) == 1):
            return None
        misconception = fitting[0]
        if sum(self.evidence.values()) < ENOUGH and misconception.name not in plain_facts(self.slug):
            return None
        return Diagnosis.of(misconception)

    def _partial(self, suspects: list[Misconception]) -> dict[str, Diagnosis]:
        """Explain single checks, for the case that several things are wrong.

        A misconception counts if every check that passed, and every check that it fails by itself, ends as with the
        student's code; other failures have another cause. If fractions agree (``_telling``), this is not required,
        because several causes may affect one check. It is named for a check if no other misconception repeats that
        check, and if the evidence is sufficient or its text claims no more than the facts.
        """
        known = [misconception for misconception in suspects if self._repeats(misconception.caught_by, misconception)]
        found = {}
        for name in self.wrong:
            fitting = [misconception for misconception in known if self._repeats(name, misconception)]
            if len(fitting) != 1:
                continue
            if not (_telling(self.group[name], self.references[name]) or self._is_seen_whole(fitting[0])):
                continue
            if self.evidence[name] >= ENOUGH or fitting[0].name in plain_facts(self.slug):
                found[name] = Diagnosis.of(fitting[0])
        return found

    def _is_seen_whole(self, misconception: Misconception) -> bool:
        """Return whether every effect of this misconception was observed, so that it causes no other failures."""
        for name in reversed(self.order):  # checks that passed come first
            if self._repeats(name, misconception):
                continue
            if (
                name not in self.wrong
                or observe(self.group[name].spec, self._module(misconception), self.run_seed).status != "passed"
            ):
                return False
        return True

    # --- two at once ---------------------------------------------------------------------------------------------

    def _pair(self, suspects: list[Misconception], known: set[str]) -> Diagnosis | None:
        """Find two misconceptions that together explain everything, if exactly one pair does.

        Pairs with a misconception that explains a check by itself are tried first. A pair counts only if there was time
        to try all pairs, or if the evidence is overwhelming.
        """
        total = sum(self.evidence.values())
        if total < ENOUGH or len(suspects) < 2:
            return None
        deadline = time.process_time() + PAIR_SECONDS
        weight = {
            misconception.name: (
                misconception.name not in known,
                not self._repeated.get((misconception.caught_by, misconception.name), False),
            )
            for misconception in suspects
        }
        pairs = sorted(
            itertools.combinations(suspects, 2),
            key=lambda two: (sorted(weight[one.name] for one in two), two[0].name, two[1].name),
        )
        fitting: list[tuple[Misconception, Misconception]] = []
        done = True
        for first, second in pairs:
            if time.process_time() > deadline:
                done = False
                break
            both = compose(self.slug, first, second)
            if both is not None and self._fits(both):
                fitting.append((first, second))
        if not fitting or (not done and total < 4 * ENOUGH):
            return None
        if len(fitting) > 1:
            common = set.intersection(*({one.name for one in two} for two in fitting))
            part = [misconception for misconception in fitting[0] if misconception.name in common]
            return Diagnosis.of(part[0]) if part else None
        first, second = sorted(
            fitting[0], key=lambda misconception: (list(self.group).index(misconception.caught_by), misconception.name)
        )
        apart = first.caught_by != second.caught_by and all(
            self._repeats(one.caught_by, one) for one in (first, second)
        )
        if total < 2 * ENOUGH and not apart:  # seeing each by itself is better evidence than seeing both combined
            return None
        return Diagnosis(
            "pair",
            f"{first.name} + {second.name}",
            say(
                "Two problems at once. First: {first} Second: {second}",
                first=translated(first.hint),
                second=translated(second.hint),
            ),
            f"{translated(first.title)}; {translated(second.title)}",
        )

    # --- no misconception ----------------------------------------------------------------------------------------

    def _idle(self, names: Sequence[str]) -> Diagnosis | None:
        """Return a diagnosis if these checks would end in the same way with a function that does nothing."""
        numbers = sum(evidence(self.group[name], self.references[name], words=False) for name in self.wrong)
        if not self.complete or numbers < ENOUGH:
            return None
        for kind, (of_all, of_failed) in IDLE.items():
            module = _stand_in(self.slug, self.name, kind)
            if module is None:
                return None
            if all(_repeats(self.comparable[name], module, self.run_seed) for name in names):
                sentence = of_all if names is self.order else of_failed
                return Diagnosis(
                    "relation", "does-nothing", say(sentence, name=self.name), relations.TITLES["does-nothing"]
                )
        return None

    def _related(self, found: dict[str, Diagnosis]) -> dict[str, Diagnosis]:
        """Return ``found``, plus relations for the failures that it does not explain."""
        found = dict(found)
        deadline = time.process_time() + RELATION_SECONDS
        for name in self.wrong:
            item, reference = self.group[name], self.references[name]
            if time.process_time() > deadline or name in found or item.status != "failed" or not item.exchanged:
                continue
            relation = relations.explain(
                item.spec, self.run_seed, item.exchanged, reference.exchanged, reference_module(self.slug)
            )
            if relation is not None:
                found[name] = Diagnosis("relation", relation.id, relation.text, relations.TITLES[relation.id])
        return found

    def _following(self, found: dict[str, Diagnosis]) -> dict[str, Diagnosis]:
        """Return ``found``; if one relation explains most failures, add that the others may be its consequences.

        Nothing follows from a misconception: if it does not repeat a check, something else is wrong there.
        """
        causes = {(diagnosis.kind, diagnosis.id) for diagnosis in found.values()}
        rest = [name for name in self.wrong if name not in found and self.group[name].status == "failed"]
        if len(causes) != 1 or not rest or len(found) < max(2, len(rest)):
            return found
        ((kind, cause),) = causes
        if kind != "relation":
            return found
        title = next(self.group[name].spec.title for name in self.group if name in found)
        text = say(
            "this may be a consequence of the failed check “{title}”: look at that check first",
            title=translated(title),
        )
        return found | dict.fromkeys(rest, Diagnosis("follows", cause, text))


def compose(slug: str, first: Misconception, second: Misconception) -> Misconception | None:
    """Combine two misconceptions into one; None if their edits overlap or the result does not compile."""
    both = Misconception(f"{first.name} + {second.name}", first.edits + second.edits, first.caught_by, "", "")
    if not _apart(slug, first, second):
        return None
    try:
        for part in parts(slug, both):
            _compiled(part)
    except (ValueError, SyntaxError):
        return None
    return both


def _apart(slug: str, first: Misconception, second: Misconception) -> bool:
    """Return whether the two misconceptions edit different parts of the reference."""
    places = sorted(_places(slug, first) + _places(slug, second))
    return all(end <= start for (_, end), (start, _) in itertools.pairwise(places))


@functools.cache
def _places(slug: str, misconception: Misconception) -> list[tuple[int, int]]:
    """Return the (start, end) of each edit in the reference; edits of text that an earlier edit inserted have none."""
    found = [(_reference(slug).find(old), len(old)) for old, _ in misconception.edits]
    return [(start, start + length) for start, length in found if start >= 0]


@functools.cache
def reference_module(slug: str) -> types.ModuleType:
    """Return the unedited reference; always the same module."""
    return reference_copy(slug)


def reference_copy(slug: str) -> types.ModuleType:
    """Return the unedited reference in a new module."""
    return edited_module(slug, Misconception("", (), "", "", ""))


def _stand_in(slug: str, name: str, kind: str) -> types.ModuleType | None:
    """Return the reference with ``name`` replaced by a function that does nothing; None if it is not a function."""
    reference = reference_module(slug)
    if not isinstance(getattr(reference, name, None), types.FunctionType):
        return None
    module = types.ModuleType(f"idle_{name}")
    module.__dict__.update(vars(reference))
    first = kind == "returns-its-input"
    setattr(module, name, lambda *args, **kwargs: (args or tuple(kwargs.values()))[0] if first else None)
    return module


@functools.cache
def plain_facts(slug: str) -> frozenset[str]:
    """Return the names of the misconceptions whose text claims no more than the checks' yes/no facts."""
    path = Path(__file__).with_name("facts.toml")
    names: list[str] = tomllib.loads(path.read_text(encoding="utf-8")).get(slug, [])
    return frozenset(names)


def _repeats(item: Observed, module: types.ModuleType, run_seed: int) -> bool:
    """Return whether the check ends with this module as with the student's code; stops at the first difference."""
    try:
        seen = _observe(item.spec, module, run_seed, _Trace(item.trace))
    except _Departed:
        return False
    return (seen.status, seen.failing, len(seen.trace)) == (item.status, item.failing, len(item.trace))


class _Departed(BaseException):
    """A trace has departed from the one that it follows; not an ``Exception``, so that no check can catch it."""


class _Trace(list[Outcome]):
    """A trace that must equal another one."""

    def __init__(self, path: list[Outcome]) -> None:
        super().__init__()
        self._path = path

    def append(self, outcome: Outcome) -> None:
        """Append one outcome.

        Raises:
            _Departed: the other trace has a different outcome here, or none.
        """
        if len(self) == len(self._path) or not _same_outcome(outcome, self._path[len(self)]):
            raise _Departed
        super().append(outcome)


def same(one: Observed, other: Observed) -> bool:
    """Return whether verdict, reason and trace are the same."""
    return (
        one.status == other.status
        and one.failing == other.failing
        and len(one.trace) == len(other.trace)
        and all(_same_outcome(a, b) for a, b in zip(one.trace, other.trace, strict=True))
    )


def _same_outcome(one: Outcome, other: Outcome) -> bool:
    if one.kind == "raised" and other.kind == "raised":
        return one.what == other.what  # an author words a refusal freely; the verdict has a crash's message
    return one.kind == other.kind and one.what == other.what and same_value(one.value, other.value)


def same_value(one: Any, other: Any) -> bool:
    """Return whether two values are equal up to TOLERANCE; a kept object equals any other kept object."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        if one.shape != other.shape:
            return False
        a, b = one.to(torch.complex128), other.to(torch.complex128)
        exact = (a == b) | (a.isnan() & b.isnan())
        near = (a - b).abs() <= TOLERANCE * (1 + b.abs())  # true for any number compared with an infinite one
        return bool((exact | (near & a.isfinite() & b.isfinite())).all())
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, torch.Tensor) and not one.ndim and isinstance(other, float):
        return same_value(float(one), other)  # a loss may be returned with or without its graph
    if isinstance(other, torch.Tensor) and not other.ndim and isinstance(one, float):
        return same_value(one, float(other))
    if isinstance(one, int) and isinstance(other, int):
        return one == other  # a count has no tolerance
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        if one == other or (one != one and other != other):
            return True
        return math.isfinite(one) and math.isfinite(other) and abs(one - other) <= TOLERANCE * (1 + abs(other))
    if isinstance(one, RemoteRef) and isinstance(other, RemoteRef):
        return True
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same_value(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def _telling(item: Observed, reference: Observed) -> bool:
    """Return whether some results are fractions other than the reference's, which cannot agree by chance."""
    return any(
        outcome.kind == known.kind
        and outcome.kind in ("value", "note")
        and outcome.what == known.what
        and _has_fractions(outcome.value)
        and not same_value(outcome.value, known.value)
        for outcome, known in zip(item.trace, reference.trace, strict=False)
    )


def _has_fractions(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.is_floating_point() and value.numel() > 3 and bool((value != value.round()).any())
    if isinstance(value, dict):
        return any(_has_fractions(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_has_fractions(item) for item in value)
    return isinstance(value, float) and math.isfinite(value) and value != round(value)


# --- evidence --------------------------------------------------------------------------------------------------------

_LIBRARY = re.compile(r"\b(shapes?|sizes?|dimensions?)\b")
FACTS = 4
"""Maximum worth of all yes/no facts together, because they tend to be correlated."""


def evidence(item: Observed, reference: Observed, words: bool = True) -> int:
    """Return the evidence for naming a misconception: the differences from the reference, weighted by their variety.

    A float that is not round is worth 8, a small integer or a word 2, several different numbers at once at least
    ``ENOUGH``, a yes/no fact 1, and all facts together at most ``FACTS``. A complaint about the form of an answer
    (``contract``) and an exception are worth nothing, but a library's message about shapes counts by its numbers.
    """
    worth = facts = 0
    for outcome, known in zip(item.trace, reference.trace, strict=False):
        if outcome.what != known.what:
            break
        if not words and isinstance(outcome.value, str):
            continue
        if outcome.kind in ("value", "note") and known.kind in ("value", "note"):
            value = _evidence(outcome.value, known.value)
            if value <= 1:
                facts += value
            else:
                worth += value
    if item.status == "crashed":
        worth += min(ENOUGH, 2 * (len(re.findall(r"\d+", item.failing)) - 1)) if _LIBRARY.search(item.failing) else 0
    return worth + min(FACTS, facts)


def _evidence(value: Any, known: Any) -> int:
    if same_value(value, known):
        return 0
    if isinstance(value, torch.Tensor):
        return _evidence_of_numbers(value, known)
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, (int, float)):
        return 8 if abs(value) > 100 or (math.isfinite(value) and round(value, 2) != value) else 2
    if isinstance(value, str):
        return _evidence_of_words(value, str(known))
    if isinstance(value, (list, tuple)):
        parts, others = list(value)[:200], list(known)[:200] if isinstance(known, (list, tuple)) else []
    elif isinstance(value, dict):
        parts = list(value.values())[:200]
        others = [known.get(key) for key in list(value)[:200]] if isinstance(known, dict) else []
    else:
        return 1
    several = len({repr(part)[:200] for part in parts}) > 1
    worth = sum(_evidence(a, b) for a, b in zip(parts, others, strict=False)) + 2 * several * abs(
        len(parts) - len(others)
    )
    return min(32, max(worth, ENOUGH) if several and len(parts) > 3 else worth)


def _evidence_of_numbers(value: torch.Tensor, known: Any) -> int:
    """Several different numbers are sufficient evidence; one number everywhere is not, because many errors cause it."""
    several = value.numel() > 3 and len(value[value == value].unique()) > 1  # type: ignore[no-untyped-call]
    if isinstance(known, torch.Tensor) and known.shape == value.shape and not value.is_complex():
        value = value[(value.double() - known.double()).abs() > TOLERANCE]
    numbers = value[value.isfinite()].double().unique()[:20].tolist()  # type: ignore[no-untyped-call]
    worth: int = sum(_evidence(number, None) for number in numbers)
    return min(32, max(worth, ENOUGH if several else 0))


def _evidence_of_words(value: str, known: str) -> int:
    words, others = re.findall(r"[\w.]+", value), re.findall(r"[\w.]+", known)
    if {*words, *others} <= {"True", "False", "none", "None"}:
        return min(1, sum(bool(a != b) for a, b in itertools.zip_longest(words, others)))
    one, other = collections.Counter(words), collections.Counter(others)
    return min(16, 2 * ((one - other) + (other - one)).total())
