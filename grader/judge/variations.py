"""Single changes of the arguments of a call: a mask of ones, no empty text, another ``k``.

``grader.judge.trials`` repeats a call with a wrong answer with each of these changes. The report shows the name of a
change, so the name says what is true afterwards: "every entry of `mask` is 1".
"""

from __future__ import annotations

import inspect
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from course.text import say
from grader.judge import relations

MOST_ITEMS = 16
"""Longest list from which each item is left out in turn."""
MOST_VALUES = 6
"""Different values in an integer tensor up to which each value is left out in turn."""
MOST_ENLARGED = 20
"""Largest integer that is also tried ten times as large; it may be a size."""
MOST_SHOWN = 40
"""Characters of an item that are shown."""
IGNORED = -100
HUGE = 2**53
LARGE = 30.0
"""Numbers above this are considered large for a logit."""


@dataclass(frozen=True)
class Variation:
    """One change of the arguments of a call."""

    rank: int
    """Lower is more informative: changes of the data's contents come before changes of numbers and sizes."""
    change: str
    """Name of the change, in the reader's language."""
    inputs: Mapping[str, Any]


def variations(inputs: Mapping[str, Any], defaults: Mapping[str, Any], visible: bool) -> list[Variation]:
    """Return all single changes of these arguments, most informative first; only visible checks show items."""
    made = [*_joint(inputs, visible), *_left_out(inputs, defaults)]
    for name, value in inputs.items():
        if name not in relations.MEANINGLESS:
            made += [Variation(rank, change, {**inputs, name: new}) for rank, change, new in _of(name, value)]
    return sorted(made, key=lambda variation: variation.rank)


Change = tuple[int, str, Any]


def _of(name: str, value: Any) -> Iterator[Change]:
    if isinstance(value, bool):
        yield 1, say("`{name}` is {value}", name=name, value=not value), not value
    elif isinstance(value, int):
        yield from _of_int(name, value)
    elif isinstance(value, float):
        for new in (0.0, 1.0, 0.5, value / 2, value * 2):
            if new != value:
                yield 2, say("`{name}` is {new} instead of {old}", name=name, new=f"{new:g}", old=f"{value:g}"), new
    elif isinstance(value, str):
        for change, function in _TEXTS(name):
            if function(value) != value:
                yield 1, change, function(value)
    elif isinstance(value, Tensor):
        yield from _of_tensor(name, value)
    elif isinstance(value, (list, tuple)) and value:
        yield from _of_list(name, value)
    elif isinstance(value, dict) and value:
        if all(isinstance(key, type(next(iter(value)))) for key in value) and list(value) != sorted(value):
            change = say("the keys of `{name}` are in ascending order", name=name)
            yield 0, change, {key: value[key] for key in sorted(value)}
        for key in list(value)[:6]:
            rest = {other: item for other, item in value.items() if other != key}
            yield 2, say("`{name}` has no entry {key}", name=name, key=repr(key)), rest


def _of_int(name: str, value: int) -> Iterator[Change]:
    near = (value + 1, value - 1, 1, 2, value // 2, 2 * value, 0)
    for new in dict.fromkeys((*near, 10 * value) if value <= MOST_ENLARGED else near):
        if new != value and new >= 0:
            yield 2, say("`{name}` is {new} instead of {old}", name=name, new=new, old=value), new


def _TEXTS(name: str) -> list[tuple[str, Callable[[str], str]]]:  # noqa: N802  a table, apart from the name
    return [
        (say("`{name}` is in lower case", name=name), str.lower),
        (
            say("`{name}` contains only ASCII characters", name=name),
            lambda text: text.encode("ascii", "ignore").decode(),
        ),
        (say("`{name}` contains no punctuation", name=name), _without(string.punctuation)),
        (say("`{name}` contains no digits", name=name), _without(string.digits)),
        (say("the words in `{name}` are separated by single spaces", name=name), lambda text: " ".join(text.split())),
    ]


def _without(characters: str) -> Callable[[str], str]:
    return lambda text: text.translate(dict.fromkeys(map(ord, characters)))


def _of_tensor(name: str, value: Tensor) -> Iterator[Change]:
    if not value.numel() or value.is_complex():
        return
    ones = value == 1
    if bool((ones | (value == 0)).all()):
        yield from _of_mask(name, value, ones)
    elif not value.is_floating_point():
        yield from _of_whole_numbers(name, value)
    else:
        yield from _of_numbers(name, value)
        if value.dtype != torch.float32:
            yield 1, say("`{name}` has dtype float32", name=name), value.float()
    if value.ndim > 1 and value.shape[-1] > 2:
        change = say("the last axis of `{name}` has size 2 instead of {old}", name=name, old=value.shape[-1])
        yield 3, change, value[..., :2].contiguous()
    if value.ndim == 2 and value.shape[0] != value.shape[1]:
        side = min(value.shape)
        yield 3, say("`{name}` is square", name=name), value[:side, :side].contiguous()


def _of_mask(name: str, value: Tensor, ones: Tensor) -> Iterator[Change]:
    if bool(ones.all()):
        if value.ndim == 2 and value.shape[1] > 1:
            padded = value.clone()
            padded[:, -1] = 0
            yield 0, say("each row of `{name}` ends with a 0", name=name), padded
        return
    yield 0, say("every entry of `{name}` is 1", name=name), torch.ones_like(value)
    if value.ndim == 2:
        first = ones.to(torch.uint8).sort(dim=1, descending=True).values.to(value.dtype)
        if not torch.equal(first, value):
            yield 0, say("the ones in each row of `{name}` come first", name=name), first


def _of_whole_numbers(name: str, value: Tensor) -> Iterator[Change]:
    found = value.unique().tolist()  # type: ignore[no-untyped-call]
    special = found if len(found) <= MOST_VALUES else [number for number in found if number in (IGNORED, 0, 1, 2)]
    for number in special:
        others = value[value != number]
        if others.numel():
            new = value.masked_fill(value == number, int(others.max()))
            yield 0 if number == IGNORED else 1, say("`{name}` contains no {special}", name=name, special=number), new


def _of_numbers(name: str, value: Tensor) -> Iterator[Change]:
    finite = value.isfinite()
    if not bool(finite.all()):
        yield 0, say("all numbers in `{name}` are finite", name=name), value.masked_fill(~finite, 0.5)
        return
    if value.ndim > 1 and bool((empty := (value == 0).all(-1)).any()):
        yield 0, say("no row of `{name}` is all zeros", name=name), value + empty.unsqueeze(-1).to(value.dtype)
    elif bool((value == 0).any()):
        yield 1, say("no number in `{name}` is 0", name=name), value + 0.25 * (value == 0).to(value.dtype)
    if float(value.abs().max()) > LARGE:
        yield 1, say("all numbers in `{name}` are between -1 and 1", name=name), value / float(value.abs().max())
    if bool((value < 0).any()):
        yield 2, say("no number in `{name}` is negative", name=name), value.abs()
    if len(value.unique()) < value.numel():  # type: ignore[no-untyped-call]
        steps = torch.arange(value.numel(), dtype=torch.float64).view(value.shape)
        yield 2, say("no two numbers in `{name}` are equal", name=name), (value.double() + steps / 64).to(value.dtype)
    elif value.ndim == 1 and len(value) > 1:
        yield 3, say("all items of `{name}` are equal", name=name), value[:1].expand(len(value)).contiguous()


def _of_list(name: str, value: Sequence[Any]) -> Iterator[Change]:
    kind: Callable[..., Any] = type(value)
    if any(not relations.same(item, value[0]) for item in value[1:]):
        yield 3, say("all items of `{name}` are equal", name=name), kind([value[0]] * len(value))
    if all(isinstance(item, str) for item in value):
        for change, function in _TEXTS(name):
            changed = kind(map(function, value))
            if list(changed) != list(value):
                yield 1, change, changed
    elif all(isinstance(item, (list, tuple)) for item in value):
        shortest = min(map(len, value))
        if shortest and max(map(len, value)) > shortest:
            cut = kind(item[:shortest] for item in value)
            yield 1, say("all rows of `{name}` have the same length", name=name), cut
    elif all(isinstance(item, (int, float)) and not isinstance(item, bool) and abs(item) < HUGE for item in value):
        for rank, change, new in _of_tensor(name, torch.tensor(value)):
            if rank < 2 and not bool(((torch.tensor(value) == 1) | (torch.tensor(value) == 0)).all()):
                yield rank, change, kind(new.tolist())


def _joint(inputs: Mapping[str, Any], visible: bool) -> Iterator[Variation]:
    """Yield changes of all arguments of the same length together: selections of items, and their order."""
    lengths = {name: len(value) for name, value in inputs.items() if _is_batch(value)}
    for n in dict.fromkeys(lengths.values()):
        together = [name for name, length in lengths.items() if length == n]
        for rank, change, places in _picks(together[0], inputs[together[0]], visible):
            if places and places != list(range(n)):
                yield Variation(rank, change, {**inputs, **{name: _taken(inputs[name], places) for name in together}})
        widths = {
            name: inputs[name].shape[1]
            for name in together
            if isinstance(inputs[name], Tensor) and inputs[name].ndim > 1
        }
        if widths and (width := next(iter(widths.values()))) > 2:
            cut = {name: inputs[name][:, : width // 2] for name, other in widths.items() if other == width}
            names = {"name": together[0], "new": width // 2, "old": width}
            change = say("axis 1 of `{name}` has size {new} instead of {old}", **names)
            yield Variation(3, change, {**inputs, **cut})


def _picks(name: str, value: Any, visible: bool) -> Iterator[tuple[int, str, list[int]]]:
    """Yield (rank, change, indices of the items to take) for each way to choose items."""
    n = len(value)
    if isinstance(value, (list, tuple)):
        full = [i for i, item in enumerate(value) if not isinstance(item, (str, list, tuple)) or _fills(item)]
        yield 0, say("no item of `{name}` is empty", name=name), full
        firsts = [i for i, item in enumerate(value) if not any(relations.same(item, other) for other in value[:i])]
        yield 0, say("no item of `{name}` occurs twice", name=name), firsts
        if all(isinstance(item, (str, int, float)) for item in value):
            order = sorted(range(n), key=lambda i: (str(type(value[i])), value[i]))
            yield 2, say("`{name}` is sorted", name=name), order
    for i in range(n if 1 < n <= MOST_ITEMS else 0):
        names = {"name": name, "place": i}
        change = (
            say("item {place} ({item}) is removed from `{name}`", item=_shown(value[i]), **names)
            if visible and not isinstance(value, Tensor)
            else say("item {place} is removed from `{name}`", **names)
        )
        yield 2, change, [*range(i), *range(i + 1, n)]
    yield 2, say("the items of `{name}` are in reverse order", name=name), list(range(n))[::-1]
    yield 3, say("`{name}` is cut to its first item", name=name), [0]
    half = (n + 1) // 2
    if half > 1:
        yield 3, say("`{name}` is cut to the first {k} of its {n} items", name=name, k=half, n=n), list(range(half))
    yield 3, say("`{name}` contains all its items twice", name=name), [*range(n), *range(n)]


def _fills(item: Any) -> bool:
    return bool(item.strip() if isinstance(item, str) else item)


def _shown(item: Any) -> str:
    text = re.sub(r"\s+", " ", repr(item))
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _is_batch(value: Any) -> bool:
    return (isinstance(value, Tensor) and value.ndim > 0 and len(value) > 0) or (
        isinstance(value, (list, tuple)) and len(value) > 0
    )


def _taken(value: Any, places: Sequence[int]) -> Any:
    return value[list(places)] if isinstance(value, Tensor) else type(value)(value[i] for i in places)


def _left_out(inputs: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[Variation]:
    """Yield, for every argument with a default, the change to that default."""
    for name, value in inputs.items():
        default = defaults.get(name, inspect.Parameter.empty)
        if isinstance(default, (bool, int, float, str, type(None))) and not relations.same(default, value):
            change = say("`{name}` is left out (the default is {default})", name=name, default=_shown(default))
            yield Variation(1, change, {**inputs, name: default})
