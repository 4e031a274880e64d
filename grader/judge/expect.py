"""Expectations: what a check demands of an answer, and the sentence that a student reads when it is not met.

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
"""(what, expected, actual) of the comparisons since the judge last cleared the list."""


remarks: list[str] = []
"""What the report says of a check that passed all the same, since the judge last cleared the list."""
MAX_REMARKS = 5


class Words(str):
    """What stands in place of an answer, in the judge's words: it is told without quotes."""

    __slots__ = ()


def remark(message: str) -> None:
    """Accept an answer that departs from the docstring, and say so: one sentence that the student reads."""
    message = translated(message)
    if message not in remarks and len(remarks) < MAX_REMARKS:
        remarks.append(message)


MAX_SHOWN = 160
"""Characters of a value."""
MAX_COLLECTED = 200
"""Comparisons of one check that are looked at; where there are more, the first ones speak for all."""


@dataclass(frozen=True)
class Comparison:
    """What a check compared, as it was: the answer and what was expected."""

    what: str
    got: Any
    want: Any
    agreed: bool
    shape_only: bool = False
    """``want`` is only the shape that was expected."""


_collected: list[Comparison] | None = None
_note: Callable[[str, object], None] | None = None


@contextlib.contextmanager
def noting(note: Callable[[str, object], None]) -> Iterator[None]:
    """Inside, expectations with ``fact=True`` tell ``note`` what they looked at, before they hold or fail.

    For the diagnosis, and for answers that were taken untraced: a traced answer is in the trace already.
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
    """Inside, ``close``, ``equal`` and ``shape`` take down what they compare and let the check go on if it differs.

    For a second look at a check that has failed, never for a verdict.
    """
    global _collected
    _collected, before = [], _collected
    try:
        yield _collected
    finally:
        _collected = before


def _collect(compare: Callable[[], None], what: str, got: object, want: object, shape_only: bool = False) -> None:
    """Compare; where comparisons are collected, take this one down and go on."""
    global _collected
    if _collected is None:
        compare()
        return
    collected, _collected = _collected, None  # of a comparison made of others, the whole is taken down
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
    """Numbers agree: |got - want| <= tolerance * (1 + |want|), element by element, in float64.

    Args:
        got: the student's number, tensor, or list/tuple/dict of them. Shapes must agree, dtypes need not.
        want: what the judge worked out.
        what: names the quantity in the message; in English, or already in the reader's language.
        tolerance: absolute and relative at once; 1e-5 suits float32 through a few products.
        hint: shown when it fails.
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
    """Values agree exactly; integers may come as floats or one-element tensors, lists as tuples.

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
    """The judge's own statement holds; ``message`` says what is wrong when it does not.

    A string for ``expected`` or ``actual`` is in the judge's words and told as it stands: what the student returned
    goes through ``shown``, which puts quotes around a string. With ``fact``, whether it holds is noted for the
    diagnosis, under the message.
    """
    _state(message, bool(condition), fact)
    if not condition:
        message, wanted, got = translated(message), _told(expected), _told(actual)
        seen.append((message, "-" if wanted is None else wanted, "-" if got is None else got))
        raise Failed(message, expected=wanted, actual=got, hint=hint, reveal=reveal)


def shown(value: object) -> str | None:
    """A value of the student's in words: as in Python, shortened; None is nothing to show."""
    return None if value is None else _short(value)


def _told(value: object) -> str | None:
    return _cut(value) if isinstance(value, str) else shown(value)


def shape(got: object, want: Sequence[int], what: str, *, hint: Hint = None) -> None:
    """A tensor of exactly this shape."""
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
    """Two answers are not the same numbers."""
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
    """The student's code refuses with any exception; the skeleton's NotImplementedError does not count as refusing.

    Args:
        thunk: asks the student's code.
        what: what it is asked.
        unpromised: remark where another type than the promised ValueError is raised; a sentence that names ``{type}``.
        hint: shown where nothing is raised.

    Raises:
        Failed: no exception comes.
        StudentRaised: the function is not written yet, or an allocation was refused.
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
    """Remark on an error of another type than the docstring promises, which costs nothing.

    Args:
        error: what the student's code raised.
        unpromised: the remark; a sentence that names ``{type}``.
        promised: name of the type that the docstring promises.
    """
    if error.type != promised:
        remark(say(unpromised, type=error.type[:60]))


@contextlib.contextmanager
def allowed(what: str) -> Iterator[None]:
    """An argument that the docstring allows is not refused; other errors stay what they are.

    Args:
        what: names the argument.

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
    """What an entry of a quantity is called: as in Python, but words in Japanese end in no bracket."""
    return say("{what}[{key!r}]", what=what, key=key) if is_wide(what[-1:]) else f"{what}[{key!r}]"


def _unravel(place: int, shape: Sequence[int]) -> list[int]:
    """Index of a flat place; ``torch.unravel_index`` would import half of torch at its first call."""
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
    """The value as a float64 (or complex) tensor, None if it is not made of numbers."""
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
    """The first place at which two lists differ; None if they are no lists of one length, or do not differ."""
    if not isinstance(got, list) or not isinstance(want, list) or len(got) != len(want):
        return None
    return next((place for place, (mine, yours) in enumerate(zip(got, want, strict=True)) if mine != yours), None)


def _short_at(value: object, element: object, index: Sequence[int]) -> str:
    """As ``_short``; where that leaves something out, with the element that matters."""
    text = _short(value)
    if "…" not in text or not index:
        return text
    return say("{text}; {element} at {index}", text=text, element=_short(element, 60), index=list(index))


def _short(value: object, limit: int = MAX_SHOWN) -> str:
    """At most ``limit`` characters; tensors as shape and rounded numbers."""
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
    """Six digits, or all of a large whole number: beside an int, 7.72399e+09 could not be compared.

    >>> [_number(value) for value in (0.1 + 0.2, 3.0, 7723992468.0, 1e300)]
    ['0.3', '3', '7723992468.0', '1e+300']
    """
    whole = 1e6 <= abs(value) < 1e15 and value.is_integer()
    return repr(value) if whole else f"{value:.6g}"


def _cut(text: str, limit: int = MAX_SHOWN) -> str:
    """At most ``limit`` characters; no number or word is cut, if a comma or space is near.

    >>> _cut("[0.123456, 0.654321, 0.987654]", 20)
    '[0.123456, …'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    place = max(head.rfind(sign) for sign in ", ")
    return (head[: place + 1] if place >= limit / 2 else head) + "…"
