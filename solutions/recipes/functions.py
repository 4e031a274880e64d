"""Where the functions come from: the reference solutions, or the files that you wrote (``--mine``).

Your files are imported into this very process and can do whatever you can do. That is right for your own files on your
own machine; a stranger's belong into the sandbox of ``course grade``.

What you have not started yet is taken from the reference, in both directions: your ``inject_lora`` puts the reference's
``LoRALinear`` into the model as long as yours is a TODO, and the reference's ``inject_lora`` puts in yours.
"""

import ast
import hashlib
import importlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import click

from course.text import say
from solutions.recipes import preflight
from solutions.recipes.config import FineTune
from solutions.recipes.errors import NothingStarted, RecipeFault, StudentError
from solutions.recipes.preflight import EXERCISES, find_mine

CALLED = ("__init__", "forward", "step")
"""Methods of a class that the recipes need; the others may still be TODOs."""
OF_HEADS = {
    "cls": (),
    "mean": ("mean_pool",),
    "max": ("max_pool",),
    "mean-max": ("mean_max_pool",),
    "conv": ("ConvHead",),
    "lstm": ("LSTMHead",),
    "last4": ("cls_concat",),
    "layer-mix": ("LayerMix", "mean_pool"),
    "attention": ("AttentionPool",),
}
OF_METHODS = {
    "lora": ("lora_report", "LoRALinear", "inject_lora", "lora_state_dict", "load_lora_state_dict"),
    "adapter": ("BottleneckAdapter", "peft_param_count"),
    "prefix": ("peft_param_count",),
    "prompt": ("peft_param_count",),
}
OF_AUGMENTATIONS = {
    "deletion": "random_deletion",
    "swap": "random_swap",
    "insertion": "random_insertion",
    "synonyms": "synonym_replacement",
    "mixup": "mixup",
}


def used(config: FineTune) -> dict[str, tuple[str, ...]]:
    """What a run takes from each exercise."""
    adds = config.method in OF_METHODS
    layered = config.layer_decay < 1 or config.head_learning_rate is not None
    regression = config.task == "regression"
    names = {
        "basics": ("pad_batch", "count_parameters", *(() if adds else ("set_trainable",))),
        "lora": OF_METHODS.get(config.method, ()),
        "heads": OF_HEADS[config.head],
        "optimization": (
            "llrd_groups" if layered else "decay_groups",
            *(("reinit_top_layers",) if config.reinit else ()),
            "warmup_linear",
        ),
        "training": ("train_epoch", "evaluate", *(("EarlyStopper",) if config.early_stopping else ())),
        "evaluation": (
            "group_folds" if config.fold else "group_split",
            *(("group_split",) if config.fold else ()),
            *(("rmse",) if regression else ("confusion", "prf")),
        ),
        "inference": () if regression else ("predict_batch",),
        "augmentation": tuple(OF_AUGMENTATIONS[name] for name in config.augment),
    }
    return {slug: names[slug] for slug in EXERCISES if names.get(slug)}


@dataclass(frozen=True)
class Functions:
    """The modules of the exercises, as a run takes their functions."""

    basics: Any
    objectives: Any
    lora: Any
    heads: Any
    optimization: Any
    training: Any
    evaluation: Any
    inference: Any
    augmentation: Any
    strategy: Any
    yours: tuple[str, ...] = ()
    """``lora.inject_lora``, ...: what this run takes from your files."""
    reference: tuple[str, ...] = ()
    """What it takes from the reference, since yours is not started."""
    not_passed: tuple[str, ...] = ()
    """Of yours, what did not pass when it was last graded."""
    files: tuple[Path, ...] = ()
    """Your files that something is taken from."""

    def hashes(self) -> dict[str, str]:
        """Which versions of your files these are, as far as this run uses them.

        Comments, docstrings, layout and functions that the run does not reach make no difference.
        """
        taken = {name.partition(".")[2] for name in self.yours}
        return {file.name: hashlib.sha256(_reached(file, taken).encode()).hexdigest() for file in self.files}

    @contextmanager
    def blame(self) -> Iterator[None]:
        """Turn an exception that came through one of your files into one sentence with its function and line.

        Raises:
            StudentError: instead of the exception, if one of its frames is in such a file.
        """
        try:
            yield
        except Exception as error:
            place = _place(error, self.files)
            if place is None or isinstance(error, click.ClickException):
                raise
            name, file, line = place
            advice = grade_first(file)
            if isinstance(error, NotImplementedError):
                raise StudentError(
                    say(
                        "{name} in {file} is not written yet (line {line}). {advice}",
                        name=name,
                        file=file,
                        line=line,
                        advice=advice,
                    )
                ) from error
            reason = f"{type(error).__name__}: {error}"
            if "dtype" in reason:  # a backward pass of one's own, say, which autocast does not reach
                reason = say("{reason} (does it work with --precision fp32?)", reason=reason)
            raise StudentError(
                say(
                    "{name} in {file} failed in line {line} with {reason}. {advice}",
                    name=name,
                    file=file,
                    line=line,
                    reason=reason,
                    advice=advice,
                )
            ) from error

    def broken_promise(self, message: str, slug: str) -> click.ClickException:
        """The error for something that an exercise should have done: yours with your file, ours without."""
        mine = [file for file in self.files if file.stem == slug or len(self.files) == 1]
        if not mine:
            return RecipeFault(message)
        return StudentError(say("{message}. {advice}", message=message, advice=grade_first(mine[0])))


def grade_first(file: Path) -> str:
    """The advice for a file that does something wrong."""
    return say("Grade it first: course grade {exercise}", exercise=EXERCISES.get(file.stem, "exercise-3"))


def _place(error: BaseException, files: Sequence[Path]) -> tuple[str, Path, int] | None:
    """Function, file and line of the innermost frame that lies in one of the files."""
    place, frame = None, error.__traceback__
    known = {str(file.resolve()): file for file in files}
    while frame is not None:
        code = frame.tb_frame.f_code
        if code.co_filename in known:  # qualified names exist from Python 3.11 on
            place = getattr(code, "co_qualname", code.co_name), known[code.co_filename], frame.tb_lineno
        frame = frame.tb_next
    return place


class NamesWorkspace(Protocol):
    """A configuration of any recipe."""

    @property
    def mine(self) -> Path | None:
        """Your workspace, or one file of it."""
        ...


def functions(config: NamesWorkspace | None = None, wanted: Mapping[str, Sequence[str]] | None = None) -> Functions:
    """The reference solutions, with your own in their place where the configuration names a workspace.

    Args:
        config: of the run.
        wanted: what the run takes from each exercise; None for what `used` says of a fine-tuning run.

    Raises:
        NothingStarted: none of the functions in question is started.
        StudentError: a file is missing or cannot be imported.
    """
    modules = {slug: importlib.import_module(f"solutions.{slug}") for slug in EXERCISES}
    if config is None or config.mine is None:
        return Functions(**modules)
    found = find_mine(config.mine)
    wanted = used(config) if wanted is None and isinstance(config, FineTune) else wanted or {}
    yours: list[str] = []
    files: list[Path] = []
    for slug, names in wanted.items():
        if slug not in found:
            continue
        modules[slug], started = link(slug, found[slug])
        if mine := [f"{slug}.{name}" for name in names if name in started]:
            yours += mine
            files.append(found[slug])
    whole = [f"{slug}.{name}" for slug, names in wanted.items() for name in names]
    if not yours:
        raise NothingStarted(
            say(
                "none of the functions that this run needs is started in {mine}: {names}. "
                "Write one of them first, or leave out --mine",
                mine=config.mine,
                names=", ".join(whole),
            )
        )
    rest = tuple(name for name in whole if name not in yours)
    open_ones = preflight.not_passed(config.mine)
    not_passed = tuple(name for name in yours if name in open_ones)
    return Functions(**modules, yours=tuple(yours), reference=rest, not_passed=not_passed, files=tuple(files))


def written_in(workspace: Path) -> set[str]:
    """What is started there: ``lora.inject_lora``, ... Nothing is imported.

    Raises:
        StudentError: a file is missing, or is not Python.
    """
    return {
        f"{slug}.{name}"
        for slug, file in find_mine(workspace).items()
        for name, node in _definitions(ast.parse(file.read_bytes())).items()
        if is_started(node)
    }


def link(slug: str, file: Path) -> tuple[ModuleType, set[str]]:
    """Import your file, and give it the reference's version of what it leaves open.

    Returns:
        The module, and the names in it that are yours.
    """
    reference = _load(Path(str(importlib.import_module(f"solutions.{slug}").__file__)), f"reference_{slug}")
    try:
        mine = _load(file, f"mine_{slug}")
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise StudentError(say("{file} cannot be imported: {reason}", file=file, reason=reason)) from error
    taught = _definitions(ast.parse(Path(str(reference.__file__)).read_bytes()))
    written = _definitions(ast.parse(file.read_bytes()))
    started = {name for name in taught if name in written and is_started(written[name]) and hasattr(mine, name)}
    for name in taught:
        if name in started:
            setattr(reference, name, getattr(mine, name))
        else:
            setattr(mine, name, getattr(reference, name))
    return mine, started


def _load(file: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise StudentError(say("{file} is not a Python file", file=file))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _reached(file: Path, names: set[str]) -> str:
    """The source of these definitions and of all that they name, and of every other statement, without comments."""
    tree = ast.parse(file.read_bytes())
    definitions = _definitions(tree)
    rest = [node for node in tree.body if definitions.get(getattr(node, "name", "")) is not node]
    reached: dict[str, ast.AST] = {}
    todo: list[ast.AST] = [*rest, *(definitions[name] for name in names & definitions.keys())]
    while todo:
        node = todo.pop()
        if (name := getattr(node, "name", "")) in definitions:
            reached[name] = node
        called = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & definitions.keys()
        todo += [definitions[other] for other in called - reached.keys()]
    kept = [node for node in tree.body if node in rest or reached.get(getattr(node, "name", "")) is node]
    for part in (part for node in kept for part in ast.walk(node)):
        if isinstance(part, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(part) is not None:
            part.body = part.body[1:] or [ast.Pass()]
    return "\n".join(map(ast.unparse, kept))


def _definitions(tree: ast.Module) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    return {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def is_started(node: ast.FunctionDef | ast.ClassDef) -> bool:
    r"""Whether a definition does more than to say that it is not implemented.

    >>> is_started(ast.parse("def f(x):\n    raise NotImplementedError('f')").body[0])
    False
    >>> is_started(ast.parse("def f(x):\n    return x").body[0])
    True
    """
    if isinstance(node, ast.ClassDef):
        return all(is_started(part) for part in node.body if isinstance(part, ast.FunctionDef) and part.name in CALLED)
    last = node.body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None:
        return True
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return not (isinstance(raised, ast.Name) and raised.id == "NotImplementedError")
