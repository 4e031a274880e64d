"""Search for unearned points: how many does each check give for an answer without any work?

    python -m scripts.unearned                     all exercises
    python -m scripts.unearned lora --only LoRALinear

Every function of an exercise is replaced, in turn, by cheap ones: no-ops, constants, the right answer shuffled or
offset, the first answer every time, another function of the same file, a report without the work. The checks of that
function run in this process, as the judge would run them. The points that they give are printed; any that are not
listed in ``tests/unearned.toml``, with a reason, make the exit code 1. So does a kind of cheap file that earns more
than ``SHARE`` of an exercise's points.
"""

from __future__ import annotations

import argparse
import copy
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course import paths, syllabus
from course.compat import tomllib
from grader.judge import check, diagnose
from grader.judge.check import CheckSpec
from scripts.flake import module_of

SEEDS = (1, 2, 3)
"""A check gives points if it passes with one of these seeds."""
SHARE = 0.03
"""Maximum share of an exercise's points for one kind of cheap answer in all its functions together."""
ALLOWED = paths.ROOT / "tests" / "unearned.toml"

Transform = Callable[[Any], Any]


def each_tensor(change: Callable[[Tensor], Tensor], number: Transform) -> Transform:
    """Return a transform that changes every tensor and every number of an answer, even in lists and dictionaries."""

    def apply(value: Any) -> Any:
        if isinstance(value, Tensor):
            return change(value.detach().clone())
        if change is shuffled and isinstance(value, list) and all(isinstance(item, (int, float)) for item in value):
            return [value[place] for place in torch.randperm(len(value)).tolist()]
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return value
        if isinstance(value, (int, float)):
            return number(value)
        if isinstance(value, dict):
            return {key: apply(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(apply(item) for item in value)
        return value

    return apply


def empty(value: Any) -> Any:
    """Return the answer with its content removed."""
    if isinstance(value, Tensor):
        return value[:0] if value.dim() else value.new_zeros(0)
    if isinstance(value, (list, dict, tuple)):
        return type(value)()
    return None


def random_like(tensor: Tensor) -> Tensor:
    """Return random values of the same shape and kind."""
    if tensor.is_floating_point():
        return torch.randn_like(tensor)
    return torch.randint(0, 2, tensor.shape).to(tensor.dtype)


def shuffled(tensor: Tensor) -> Tensor:
    """Return the same numbers in another order."""
    flat = tensor.flatten()
    return flat[torch.randperm(len(flat))].view_as(tensor)


def offset(tensor: Tensor) -> Tensor:
    """Return the right answer plus an offset that hides every difference."""
    return tensor.double() + 1e9 if tensor.is_floating_point() else tensor + 10**9


TRANSFORMS: dict[str, Transform] = {
    "zeros": each_tensor(torch.zeros_like, lambda value: 0),
    "ones": each_tensor(torch.ones_like, lambda value: 1),
    "constant": each_tensor(lambda tensor: torch.full_like(tensor, 0.5), lambda value: 0.5),
    "random": each_tensor(random_like, lambda value: float(torch.rand(()))),
    "nan": each_tensor(lambda tensor: torch.full(tensor.shape, float("nan")), lambda value: float("nan")),
    "offset": each_tensor(offset, lambda value: value + 1e9),
    "shuffled": each_tensor(shuffled, lambda value: value),
    "empty": empty,
}
"""Kind of cheap answer -> change of the right one; a single number cannot be shuffled."""


@dataclass(frozen=True)
class Cheap:
    """A cheap version of one function of the exercise."""

    kind: str
    definitions: dict[str, Any]
    """Name in the student's file -> its cheap definition."""
    honest: Callable[[], bool] = lambda: False
    """After the checks: returns whether this was the right thing to do after all, like a copy for a pure function."""


def functions(reference: types.ModuleType, names: Sequence[str]) -> Iterator[Cheap]:
    """Yield trivial versions of a group of functions."""
    right = {name: getattr(reference, name) for name in names}

    def made(kind: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Cheap:
        return Cheap(kind, {name: make(function) for name, function in right.items()})

    yield made("none", lambda function: lambda *args, **kwargs: None)
    yield made("identity", lambda function: lambda *args, **kwargs: [*args, *kwargs.values()][0])
    for kind, change in TRANSFORMS.items():
        spoilt = [False]
        yield Cheap(
            kind,
            {name: _changed(function, change, spoilt) for name, function in right.items()},
            honest=lambda spoilt=spoilt: not spoilt[0],  # type: ignore[misc]
        )
    yield made("first answer", _first_answer)
    did = [False]
    yield Cheap(
        "reported only",
        {name: _reported(function, did) for name, function in right.items()},
        honest=lambda: not did[0],
    )


def _changed(function: Callable[..., Any], change: Transform, spoilt: list[bool]) -> Callable[..., Any]:
    """Return the right answer, computed on a copy and then spoilt; ``spoilt`` records whether that changed it."""

    def cheap(*args: Any, **kwargs: Any) -> Any:
        answer = function(*_copied(args), **_copied(kwargs))
        changed = change(answer)
        spoilt[0] |= not diagnose.same_value(answer, changed)
        return changed

    return cheap


def _first_answer(function: Callable[..., Any]) -> Callable[..., Any]:
    answers: list[Any] = []

    def first(*args: Any, **kwargs: Any) -> Any:
        if not answers:
            answers.append(function(*args, **kwargs))
        return answers[0]

    return first


def _reported(function: Callable[..., Any], did: list[bool]) -> Callable[..., Any]:
    """Return the right function's result, computed on a copy; ``did`` records whether there was anything to do."""

    def report(*args: Any, **kwargs: Any) -> Any:
        mine, theirs = _copied(args), _copied(kwargs)
        answer = function(*mine, **theirs)
        did[0] |= _state((mine, theirs)) != _state((args, kwargs))
        return answer

    return report


def _copied(value: Any) -> Any:
    """Copy tensors, models and lists; functions and generators are shared with the caller."""
    if isinstance(value, (list, tuple)):
        return type(value)(_copied(item) for item in value)
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, Tensor) and not value.is_leaf:
        return value.detach().clone()
    if not isinstance(value, (Tensor, nn.Module)):
        return value
    copied = copy.deepcopy(value)
    if isinstance(value, nn.Module):  # torch does not copy the gradients
        for mine, theirs in zip(copied.parameters(), value.parameters(), strict=True):
            mine.grad = None if theirs.grad is None else theirs.grad.clone()
    return copied


def _state(value: Any) -> Any:
    """Return the visible state of arguments, for comparisons."""
    if isinstance(value, nn.Module):
        named = [*value.named_parameters(), *value.named_buffers()]
        facts = [(name, tensor.requires_grad, tensor.detach().double().sum().item()) for name, tensor in named]
        grads = [
            None if tensor.grad is None else tensor.grad.double().sum().item() for _, tensor in value.named_parameters()
        ]
        return facts, grads, [type(module).__name__ for module in value.modules()]
    if isinstance(value, Tensor):
        return tuple(value.shape), value.detach().double().sum().item()
    if isinstance(value, (list, tuple)):
        return [_state(item) for item in value]
    if isinstance(value, dict):
        return {key: _state(item) for key, item in value.items()}
    return None


def classes(reference: types.ModuleType, names: Sequence[str]) -> Iterator[Cheap]:
    """Yield trivial versions of a class with a forward pass, or another central method: the others do nothing."""
    (name,) = names
    right: type = getattr(reference, name)
    base: type = nn.Module if issubclass(right, nn.Module) else object

    class Bare(base):  # type: ignore[misc]
        """No parameters; returns its input."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__()

    setattr(Bare, _main_method(right), lambda self, value, *rest, **kwargs: value)

    yield Cheap("bare", {name: Bare})
    yield Cheap("none", {name: _idle(right, lambda function: lambda self, *args, **kwargs: None)})
    yield Cheap("identity", {name: _idle(right, lambda function: lambda self, value, *args, **kwargs: value)})
    for kind, change in TRANSFORMS.items():
        spoilt = [False]

        def spoil(
            function: Callable[..., Any], change: Transform = change, spoilt: list[bool] = spoilt
        ) -> Callable[..., Any]:
            def cheap(self: Any, *args: Any, **kwargs: Any) -> Any:
                answer = function(self, *args, **kwargs)
                changed = change(answer)
                spoilt[0] |= not diagnose.same_value(answer, changed)
                return _on_graph(changed, self)

            return cheap

        yield Cheap(kind, {name: _idle(right, spoil)}, honest=lambda spoilt=spoilt: not spoilt[0])  # type: ignore[misc]

    yield Cheap("first answer", {name: _idle(right, _first_answer)})


def _main_method(right: type) -> str:
    """Return ``forward`` for a module; for another class, its first public method."""
    if issubclass(right, nn.Module):
        return "forward"
    return next(n for n, value in vars(right).items() if isinstance(value, types.FunctionType) and n[0] != "_")


def _idle(right: type, spoil: Callable[[Callable[..., Any]], Callable[..., Any]]) -> type:
    """Return the class with another forward pass (or other central method) and with methods that do nothing."""
    main = _main_method(right)
    body: dict[str, Any] = {
        name: (lambda self, *args, **kwargs: None)
        for name, value in vars(right).items()
        if isinstance(value, types.FunctionType) and not name.startswith("__")
    }
    return type(right.__name__, (right,), {**body, main: spoil(getattr(right, main))})


def _on_graph(value: Any, module: Any) -> Any:
    """Return the answer with every parameter of the module in its graph and no effect on its value."""
    if not (isinstance(value, Tensor) and value.is_floating_point()):
        return value
    for parameter in module.parameters():
        value = value + (0 * parameter.sum()).to(value.dtype)
    return value


def delegates(reference: types.ModuleType, names: Sequence[str], others: Sequence[str]) -> Iterator[Cheap]:
    """Yield functions that pass their arguments to another function of the file."""
    for other in others:
        if other not in names:
            target = getattr(reference, other)
            yield Cheap(f"delegates to {other}", {name: target for name in names})


@dataclass(frozen=True)
class Paid:
    """The points of one check for a cheap answer."""

    slug: str
    function: str
    kind: str
    check: str
    points: int
    title: str


def search(slug: str, only: Sequence[str] = ()) -> Iterator[Paid]:
    """Yield all points that an exercise's checks give for cheap answers."""
    source = paths.solution(slug).read_text(encoding="utf-8")
    reference = module_of(source, f"reference_{slug}")
    specs = check.manifest(check.load_file(paths.checks(slug), f"grader.checks.check_{slug}"))
    groups: dict[str, list[CheckSpec]] = {}
    for spec in specs:
        groups.setdefault(spec.function, []).append(spec)
    for function, group in groups.items():
        if only and function not in only:
            continue
        names = group[0].names
        made = classes if isinstance(getattr(reference, names[0]), type) else functions
        others = [name for item in groups.values() for name in item[0].names]
        for cheap in [*made(reference, names), *delegates(reference, names, others)]:
            paid: dict[str, CheckSpec] = {}
            for seed in SEEDS:
                module = module_of(source, f"cheap_{slug}")
                vars(module).update(cheap.definitions)
                passed: set[str] = set()
                for spec in group:
                    waits = [name for name in spec.after if name.split(".")[0] == function]
                    if set(waits) <= passed and diagnose.observe(spec, module, seed).status == "passed":
                        passed.add(spec.id)
                        paid[spec.id] = spec
            if not cheap.honest():
                for spec in paid.values():
                    yield Paid(slug, function, cheap.kind, spec.id, spec.points, spec.title)


def allowed(path: Path = ALLOWED, own_work: bool = False) -> dict[tuple[str, str, str], str]:
    """Return (slug, check, kind) -> the reason why such an answer is allowed to earn these points.

    Args:
        path: path of the table.
        own_work: only the entries marked so: of two functions that are checked together, one was done right, and the
            check is about that one. They do not count towards ``SHARE``.
    """
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("allowed", [])
    chosen = [entry for entry in entries if entry.get("own_work") or not own_work]
    return {(entry["slug"], entry["check"], kind): entry["why"] for entry in chosen for kind in entry["kinds"]}


def main() -> None:
    """Print the points given, and whether they are allowed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--only", nargs="+", metavar="FUNCTION", default=())
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    reasons, honest = allowed(), allowed(own_work=True)
    exercises = [exercise for exercise in syllabus.load() if not exercise.planned]
    bad = looked_at = 0
    used: set[tuple[str, str, str]] = set()
    for exercise in exercises:
        if options.slugs and exercise.slug not in options.slugs:
            continue
        sums: dict[str, int] = {}
        for paid in search(exercise.slug, options.only):
            looked_at += 1
            key = (paid.slug, paid.check, paid.kind)
            used.add(key)
            bad += key not in reasons
            kind = "delegates" if paid.kind.startswith("delegates") else paid.kind
            sums[kind] = sums.get(kind, 0) + paid.points * (key not in honest)
            note = f"allowed: {reasons[key]}" if key in reasons else "NOT EARNED"
            print(f"{paid.slug:13} {paid.kind:24} {paid.points}  {paid.check}  ({note})", flush=True)
        for kind, points in sums.items():
            if points > SHARE * exercise.points:
                bad += 1
                print(f"{exercise.slug}: {kind} earns {points} of {exercise.points} points, more than {SHARE:.0%}")
    if not options.slugs and not options.only:
        for key in reasons.keys() - used:
            bad += 1
            print(f"{ALLOWED.name} allows what is not paid any more: {', '.join(key)}")
    print(f"{looked_at} payments, {bad} of them without merit")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
