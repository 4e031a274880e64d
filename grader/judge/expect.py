"""Expectations: compare an answer with what a check requires, and word the sentence that the student reads if it fails.

Every comparison is recorded in ``seen``, so that a visible check can show what it compared even when it passed.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from course.line_breaks import is_wide
from course.result import Difference
from course.text import mark, say, translated
from grader.errors import Failed, Hint, StudentRaised
from grader.judge import crashes
from grader.wire import MAX_ITEMS

seen: list[tuple[str, str, str]] = []
"""(what, expected, actual) for each comparison since the judge last cleared the list."""


remarks: list[str] = []
"""Sentences from ``remark`` since the judge last cleared the list; the report shows them although the check passed."""
MAX_REMARKS = 5


class Words(str):
    """The judge's words in place of an answer; shown without quotes."""

    __slots__ = ()


def remark(message: str) -> None:
    """Accept an answer that departs from the docstring, and tell the student so in one sentence."""
    message = translated(message)
    if message not in remarks and len(remarks) < MAX_REMARKS:
        remarks.append(message)


MAX_SHOWN = 160
"""Characters of a value that are shown."""
MAX_COLLECTED = 200
"""Comparisons of one check that are collected; any further ones are ignored."""


@dataclass(frozen=True)
class Comparison:
    """One comparison of a check: the answer and the expected value, unchanged."""

    what: str
    got: Any
    want: Any
    agreed: bool
    shape_only: bool = False
    """True if ``want`` is only the expected shape."""


_collected: list[Comparison] | None = None
_note: Callable[[str, object], None] | None = None


@contextlib.contextmanager
def noting(note: Callable[[str, object], None]) -> Iterator[None]:
    """Have expectations with ``fact=True`` pass the value that they check to ``note``, before they pass or fail.

    The diagnosis uses these notes for untraced answers; traced answers are already in the trace.
    """
    global _note
    _note, before = note, _note
    try:
        yield
    finally:
        _note = before


def _state(what: str, value: object, fact: bool) -> None:
    if fact and _note is not None:
        _note(what, value)


@contextlib.contextmanager
def collecting() -> Iterator[list[Comparison]]:
    """Have ``close``, ``equal`` and ``shape`` collect their comparisons, and continue the check if values differ.

    Used to examine a check that has failed, never for a verdict.
    """
    global _collected
    _collected, before = [], _collected
    try:
        yield _collected
    finally:
        _collected = before


def _collect(compare: Callable[[], None], what: str, got: object, want: object, shape_only: bool = False) -> None:
    """Compare; inside ``collecting``, collect the comparison instead of raising."""
    global _collected
    if _collected is None:
        compare()
        return
    collected, _collected = _collected, None  # if a comparison consists of others, only the whole is collected
    agreed = True
    try:
        compare()
    except Failed:
        agreed = False
    finally:
        _collected = collected
    if len(collected) < MAX_COLLECTED:
        collected.append(Comparison(what, got, want, agreed, shape_only))


def close(
    got: object,
    want: object,
    what: str,
    *,
    tolerance: float = 1e-5,
    hint: Hint = None,
    reveal: bool = False,
    fact: bool = False,
) -> None:
    """Expect that numbers agree: |got - want| <= tolerance * (1 + |want|), element by element, in float64.

    Args:
        got: the student's number, tensor, or list/tuple/dict of them. Shapes must agree, dtypes need not.
        want: the judge's value.
        what: name of the quantity in the message; in English, or already in the reader's language.
        tolerance: both absolute and relative; 1e-5 suits float32 after a few products.
        hint: shown if they do not agree.
        reveal: show the values even if the check is hidden.
        fact: note ``got`` for the diagnosis.
    """
    what = translated(what)
    _state(what, got, fact)
    _collect(lambda: _close(got, want, what, tolerance, hint, reveal), what, got, want)


def _close(got: object, want: object, what: str, tolerance: float, hint: Hint, reveal: bool) -> None:
    if isinstance(want, Mapping):
        _same_keys(got, want, what, hint)
        for key in want:
            _close(got[key], want[key], _entry(what, key), tolerance, hint, reveal)  # type: ignore[index]
        return
    if isinstance(want, (list, tuple)) and not _is_numeric_list(want):
        _same_length(got, want, what, hint)
        for place, item in enumerate(want):
            _close(got[place], item, _entry(what, place), tolerance, hint, reveal)  # type: ignore[index]
        return
    expected, actual = _tensor(want), _tensor(got)
    if expected is None:
        raise TypeError(f"close() needs numbers to compare with, not {want!r}")
    _record(what, want, got)
    if actual is None:
        raise Failed(
            say("{what}: expected numbers, got {kind}", what=what, kind=_kind(got)),
            actual=_short(got),
            hint=hint,
            reveal=reveal,
        )
    if actual.shape != expected.shape:
        raise Failed(
            _other_shape(what, tuple(expected.shape), tuple(actual.shape)),
            expected=_shape_of(expected),
            actual=_shape_of(actual),
            hint=hint,
            reveal=True,
        )
    wrong = (actual - expected).abs()
    equal = (actual == expected) | (actual.isnan() & expected.isnan())
    wrong = torch.where(equal, torch.zeros_like(wrong), wrong)
    excess = wrong - tolerance * (1 + expected.abs())
    excess = torch.where(equal, torch.full_like(excess, -1.0), excess)
    if bool((excess <= 0).all()):  # NaN fails this comparison, as it should
        return
    worst = int(torch.nan_to_num(wrong, nan=math.inf).argmax())
    index = _unravel(worst, expected.shape)
    largest = float(wrong.flatten()[worst])
    scale = float(expected.flatten()[worst].abs())
    difference = Difference(_finite(largest), _finite(largest / scale) if scale else None, index, tolerance)
    if math.isfinite(largest):
        message = say(
            "{what}: off by up to {largest:.3g} (tolerance {tolerance:g})",
            what=what,
            largest=largest,
            tolerance=tolerance,
        )
    else:
        message = say("{what}: not finite where it should be (tolerance {tolerance:g})", what=what, tolerance=tolerance)
    raise Failed(
        message,
        expected=_short_at(want, float(expected.flatten()[worst]), index),
        actual=_short_at(got, float(actual.flatten()[worst]), index),
        difference=difference,
        hint=hint,
        reveal=reveal,
    )


def equal(got: object, want: object, what: str, *, hint: Hint = None, reveal: bool = False, fact: bool = False) -> None:
    """Expect that values agree exactly; integers may be floats or one-element tensors, and lists may be tuples.

    With ``fact``, ``got`` is noted for the diagnosis.
    """
    what = translated(what)
    _state(what, got, fact)
    _collect(lambda: _equal(got, want, what, hint, reveal), what, got, want)


def _equal(got: object, want: object, what: str, hint: Hint, reveal: bool) -> None:
    _record(what, want, got)
    theirs, ours = _canonical(got), _canonical(want)
    if theirs != ours:
        shown, place = (_short(want), _short(got)), _first_difference(theirs, ours)
        if place is not None and isinstance(theirs, list) and isinstance(ours, list):
            shown = _short_at(want, ours[place], [place]), _short_at(got, theirs[place], [place])
        raise Failed(
            say("{what}: not what was expected", what=what),
            expected=shown[0],
            actual=shown[1],
            hint=hint,
            reveal=reveal,
        )


def true(
    condition: object,
    message: str,
    *,
    expected: object = None,
    actual: object = None,
    hint: Hint = None,
    reveal: bool = False,
    fact: bool = False,
) -> None:
    """Expect that the judge's own condition holds; ``message`` says what is wrong if it does not.

    A string for ``expected`` or ``actual`` is in the judge's words and shown unchanged; pass what the student returned
    through ``shown``, which puts quotes around a string. With ``fact``, the truth value is noted for the diagnosis,
    under the message.
    """
    _state(message, bool(condition), fact)
    if not condition:
        message, wanted, got = translated(message), _told(expected), _told(actual)
        seen.append((message, "-" if wanted is None else wanted, "-" if got is None else got))
        raise Failed(message, expected=wanted, actual=got, hint=hint, reveal=reveal)


def shown(value: object) -> str | None:
    """Return a student's value in Python's notation, shortened; None for None, which is not shown."""
    return None if value is None else _short(value)


def _told(value: object) -> str | None:
    return _cut(value) if isinstance(value, str) else shown(value)


def shape(got: object, want: Sequence[int], what: str, *, hint: Hint = None) -> None:
    """Expect a tensor of exactly this shape."""
    what = translated(what)
    _collect(lambda: _shape(got, want, what, hint), what, got, tuple(want), shape_only=True)


def _shape(got: object, want: Sequence[int], what: str, hint: Hint) -> None:
    actual = tuple(got.shape) if isinstance(got, torch.Tensor) else None
    _record(say("shape of {what}", what=what), tuple(want), actual)
    if actual is None:
        raise Failed(
            say("{what}: expected a tensor, got {kind}", what=what, kind=_kind(got)),
            actual=_short(got),
            hint=hint,
            reveal=True,
        )
    if actual != tuple(want):
        raise Failed(
            _other_shape(what, tuple(want), actual),
            expected=str(tuple(want)),
            actual=str(actual),
            hint=hint,
            reveal=True,
        )


def differs(first: object, second: object, what: str, *, tolerance: float = 1e-5, hint: Hint = None) -> None:
    """Expect that two answers are different numbers."""
    what = translated(what)
    one, other = _tensor(first), _tensor(second)
    if one is None or other is None:
        kind = _kind(first if one is None else second)
        raise Failed(say("{what}: expected numbers, got {kind}", what=what, kind=kind), hint=hint)
    for answer, empty, infinite in (
        (one, mark("{what}: the first result is empty"), mark("{what}: the first result is not finite")),
        (other, mark("{what}: the second result is empty"), mark("{what}: the second result is not finite")),
    ):
        if not answer.numel() or not bool(answer.isfinite().all()):
            message = say(infinite if answer.numel() else empty, what=what)
            raise Failed(message, actual=_short(answer), hint=hint, reveal=True)
    if one.shape != other.shape:
        message = say(
            "{what}: the two results have different shapes, {first} and {second}",
            what=what,
            first=tuple(one.shape),
            second=tuple(other.shape),
        )
        raise Failed(message, hint=hint, reveal=True)
    largest = float((one - other).abs().max())
    if not largest > tolerance:
        expected, actual = say("a difference above {tolerance:g}", tolerance=tolerance), f"{largest:.3g}"
        seen.append((what, expected, actual))
        raise Failed(
            say("{what}: nothing changed (largest difference {largest:.3g})", what=what, largest=largest),
            expected=expected,
            actual=actual,
            hint=hint,
            reveal=True,
        )
    held = say("two different results (largest difference {largest:.3g})", largest=largest)
    seen.append((what, held, held))


def raises(thunk: Callable[[], object], what: str, *, unpromised: str | None = None, hint: Hint = None) -> None:
    """Expect that the student's code raises an exception; the skeleton's NotImplementedError does not count.

    Args:
        thunk: calls the student's code.
        what: describes the call.
        unpromised: remark for another type than the promised ValueError; a sentence that contains ``{type}``.
        hint: shown if no exception is raised.

    Raises:
        Failed: no exception was raised.
        StudentRaised: the function is not started, or an allocation was refused.
    """
    what = translated(what)
    try:
        got = thunk()
    except StudentRaised as error:
        if error.no_answer:
            raise
        if unpromised is not None:
            remark_on_type(error, unpromised)
        held = say("an error ({type})", type=error.type)
        seen.append((what, held, held))
        return
    expected, actual = say("an exception"), _short(got)
    seen.append((what, expected, actual))
    raise Failed(
        say("{what}: expected an error, got none", what=what),
        expected=expected,
        actual=actual,
        hint=hint,
        reveal=True,
    )


def remark_on_type(error: StudentRaised, unpromised: str, promised: str = "ValueError") -> None:
    """Remark on an error of another type than the docstring promises; this costs no points.

    Args:
        error: the exception of the student's code.
        unpromised: the remark; a sentence that contains ``{type}``.
        promised: name of the type that the docstring promises.
    """
    if error.type != promised:
        remark(say(unpromised, type=error.type[:60]))


@contextlib.contextmanager
def allowed(what: str) -> Iterator[None]:
    """Expect that an argument which the docstring allows is not refused; other errors are raised unchanged.

    Args:
        what: name of the argument.

    Raises:
        Failed: the student's code raises a ValueError or AssertionError that no common cause explains.
    """
    try:
        yield
    except StudentRaised as error:
        refused = error.type in ("ValueError", "AssertionError") and not error.no_answer
        if not refused or crashes.explain(error.type, error.message) is not None:
            raise
        message = say("an error is raised for {what}, which the docstring allows", what=what)
        hint = mark("which values does the docstring allow, and which of them does your code refuse?")
        true(False, message, expected=say("no error"), actual=str(error), hint=hint, reveal=True)


def _entry(what: str, key: object) -> str:
    """Return the name of an entry of a quantity: as in Python, but translated if the name is in Japanese."""
    return say("{what}[{key!r}]", what=what, key=key) if is_wide(what[-1:]) else f"{what}[{key!r}]"


def _unravel(place: int, shape: Sequence[int]) -> list[int]:
    """Return the index of a flat position; ``torch.unravel_index`` would import half of torch on its first call."""
    index = []
    for size in reversed(shape):
        place, position = divmod(place, size)
        index.append(position)
    return index[::-1]


def _record(what: str, want: object, got: object) -> None:
    seen.append((what, _short(want), _short(got)))


def _is_numeric_list(value: object) -> bool:
    return _tensor(value) is not None


def _tensor(value: object) -> torch.Tensor | None:
    """Return the value as a float64 (or complex) tensor, None if it does not consist of numbers."""
    if isinstance(value, torch.Tensor):
        return value.to(torch.complex128 if value.is_complex() else torch.float64)
    if isinstance(value, (bool, int, float)):
        try:
            return torch.tensor(float(value), dtype=torch.float64)
        except OverflowError:
            return torch.tensor(math.inf, dtype=torch.float64)
    if isinstance(value, (list, tuple)):
        parts = [_tensor(item) for item in value]
        shapes = {None if part is None else tuple(part.shape) for part in parts}
        if len(shapes) > 1 or None in shapes:
            return None
        return torch.stack(parts) if parts else torch.zeros(0, dtype=torch.float64)  # type: ignore[arg-type]
    return None


def _canonical(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return _canonical(value.tolist()) if value.numel() <= MAX_ITEMS else f"{value.numel()} numbers"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    return value


def _same_keys(got: object, want: Mapping[Any, Any], what: str, hint: Hint) -> None:
    if not isinstance(got, dict):
        raise Failed(
            say("{what}: expected a dict, got {kind}", what=what, kind=_kind(got)),
            actual=_short(got),
            hint=hint,
            reveal=True,
        )
    missing = [key for key in want if key not in got]
    if missing:
        raise Failed(
            say("{what}: the key {key!r} is missing", what=what, key=missing[0]),
            expected=say("keys {keys}", keys=_short(list(want))),
            actual=say("keys {keys}", keys=_short(list(got))),
            hint=hint,
            reveal=True,
        )


def _same_length(got: object, want: Sequence[object], what: str, hint: Hint) -> None:
    if not isinstance(got, (list, tuple)) or len(got) != len(want):
        if isinstance(got, (list, tuple)):
            numbers = {"count": len(want), "actual": len(got)}
            message = say("{what}: expected {count} entries, got {actual}", what=what, **numbers)
        else:
            message = say("{what}: expected {count} entries, got {kind}", what=what, count=len(want), kind=_kind(got))
        raise Failed(message, actual=_short(got), hint=hint, reveal=True)


def _other_shape(what: str, want: tuple[int, ...], got: tuple[int, ...]) -> str:
    return say("{what}: expected shape {want}, got {got}", what=what, want=want, got=got)


def _shape_of(value: torch.Tensor) -> str:
    return say("shape {shape}", shape=tuple(value.shape))


def _kind(value: object) -> str:
    return say("nothing (None)") if value is None else say("a {type}", type=type(value).__name__)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _first_difference(got: object, want: object) -> int | None:
    """Return the first index at which two lists differ; None if they are equal or are not lists of the same length."""
    if not isinstance(got, list) or not isinstance(want, list) or len(got) != len(want):
        return None
    return next((place for place, (mine, yours) in enumerate(zip(got, want, strict=True)) if mine != yours), None)


def _short_at(value: object, element: object, index: Sequence[int]) -> str:
    """Return ``_short`` of the value; if that omits something, add the given element."""
    text = _short(value)
    if "…" not in text or not index:
        return text
    return say("{text}; {element} at {index}", text=text, element=_short(element, 60), index=list(index))


def _short(value: object, limit: int = MAX_SHOWN) -> str:
    """Return the value in at most ``limit`` characters; a tensor as its rounded numbers and its shape."""
    if isinstance(value, torch.Tensor):
        numbers = value.flatten()[:8].tolist()
        text = ", ".join(f"{number:.4g}" if isinstance(number, float) else str(number) for number in numbers)
        more = ", …" if value.numel() > 8 else ""
        text = f"[{text}{more}] {_shape_of(value)}" if value.dim() else text
    elif isinstance(value, Words):
        text = str(value)
    elif isinstance(value, float):
        text = _number(value)
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key!r}: {_short(item, 60)}" for key, item in list(value.items())[:10]) + "}"
    elif isinstance(value, (list, tuple)):
        inner = ", ".join(_short(item, 60) for item in value[:12]) + (", …" if len(value) > 12 else "")
        text = f"[{inner}]" if isinstance(value, list) else f"({inner})"
    else:
        text = repr(value)
    return _cut(text, limit)


def _number(value: float) -> str:
    """Return six digits, or all digits of a large integer: 7.72399e+09 cannot be compared with an int.

    >>> [_number(value) for value in (0.1 + 0.2, 3.0, 7723992468.0, 1e300)]
    ['0.3', '3', '7723992468.0', '1e+300']
    """
    whole = 1e6 <= abs(value) < 1e15 and value.is_integer()
    return repr(value) if whole else f"{value:.6g}"


def _cut(text: str, limit: int = MAX_SHOWN) -> str:
    """Return at most ``limit`` characters, without cutting a number or a word if a comma or space is near.

    >>> _cut("[0.123456, 0.654321, 0.987654]", 20)
    '[0.123456, …'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    place = max(head.rfind(sign) for sign in ", ")
    return (head[: place + 1] if place >= limit / 2 else head) + "…"
