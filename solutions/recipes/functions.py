"""The exercises' functions: from the reference solutions, or from your files (``--mine``).

Your files are imported into this process and can do whatever you can do. That is right for your own files on your own
machine; another person's files belong in the sandbox of ``course grade``.

A function that you have not started is taken from the reference, in both directions: your ``inject_lora`` puts the
reference's ``LoRALinear`` into the model while yours is a TODO, and the reference's ``inject_lora`` puts in yours.
"""

import ast
import functools
import hashlib
import importlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import click

from course.text import say
from solutions.recipes import preflight
from solutions.recipes.config import FineTune
from solutions.recipes.errors import NothingStarted, RecipeFault, StudentError
from solutions.recipes.preflight import EXERCISES, find_mine, source_of

HERE = str(Path(__file__).parent)
"""Folder of the recipes."""
CALLED = ("__init__", "forward", "step")
"""Methods of a class that the recipes call; the others can still be TODOs."""
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
    """Return the functions that a run takes from each exercise."""
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


# --- Answers of your functions ----------------------------------------------------------------------------------------

NOT_BY_AN_ANSWER = (OSError, MemoryError, SystemExit)
"""Errors that a function's wrong answer cannot cause; nor can it cause torch's OutOfMemoryError."""


@dataclass(frozen=True)
class Answer:
    """The form of a value that one of your functions returned (the value itself must not stay in memory)."""

    name: str
    file: Path
    form: str
    when: int
    """Number of this return, in one count of calls and returns."""

    def sentence(self, error: BaseException) -> str:
        """Return the sentence about an error that this answer caused."""
        return say(
            "the run cannot go on with what {name} in {file} returned ({form}): {reason}. {advice}",
            name=self.name,
            file=self.file,
            form=self.form,
            reason=short(f"{type(error).__name__}: {error}").rstrip("."),
            advice=grade_first(self.file),
        )


class Watch:
    """Records what your functions return, because an error that it causes can be raised in other files."""

    def __init__(self) -> None:
        """Start with no calls."""
        self.now = 0
        self.last: Answer | None = None
        self.failed: tuple[BaseException, int] | None = None
        """The last exception that left one of your functions, and the call number of the innermost of them."""

    def over(self, function: Any, name: str, file: Path) -> Any:
        """Return the function with its calls recorded."""

        @functools.wraps(function)
        def watched(*arguments: Any, **options: Any) -> Any:
            self.now += 1
            called = self.now
            try:
                result = function(*arguments, **options)
            except BaseException as error:
                if self.failed is None or self.failed[0] is not error:
                    self.failed = error, called
                raise
            self.now += 1
            self.last = Answer(name, file, form(result), self.now)
            return result

        return watched

    def suspect(self, error: BaseException) -> Answer | None:
        """Return the last answer before an exception, unless a function of yours that was called later raised it."""
        if self.last is None or isinstance(error, NOT_BY_AN_ANSWER) or "OutOfMemory" in type(error).__name__:
            return None
        if self.failed is not None and self.failed[0] is error and self.failed[1] > self.last.when:
            return None
        return self.last


def form(value: Any) -> str:
    """Describe the kind of a value in a few words.

    >>> form(None), form("x"), form([1, 2])
    ('None', "'x'", 'list of length 2')
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return short(repr(value))
    if (shape := getattr(value, "shape", None)) is not None:
        return say("{kind} of shape {shape}", kind=type(value).__name__, shape=tuple(shape))
    if isinstance(value, (list, tuple, dict, set)):
        return say("{kind} of length {count}", kind=type(value).__name__, count=len(value))
    return type(value).__name__


def short(words: str) -> str:
    r"""Return a text as one line, shortened if it is too long.

    >>> short("Linear(\n  a\n)"), len(short("x" * 500))
    ('Linear( a )', 200)
    """
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


LONGEST = 200
"""Maximum number of characters in the description of a value."""


@dataclass(frozen=True)
class Functions:
    """The modules of the exercises, with your functions or the reference's."""

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
    """Functions that this run takes from your files, such as ``lora.inject_lora``."""
    reference: tuple[str, ...] = ()
    """Functions that this run takes from the reference because yours are not started."""
    not_passed: tuple[str, ...] = ()
    """Your functions that did not pass when they were last graded."""
    files: tuple[Path, ...] = ()
    """Your files from which functions are taken."""
    watch: Watch = field(default_factory=Watch)
    """Records the last answer of your functions."""

    def hashes(self) -> dict[str, str]:
        """Return a hash of each of your files, as far as this run uses it.

        Comments, docstrings, layout and functions that the run does not reach make no difference.
        """
        taken = {name.partition(".")[2] for name in self.yours}
        return {file.name: hashlib.sha256(_reached(file, taken).encode()).hexdigest() for file in self.files}

    @contextmanager
    def blame(self) -> Iterator[None]:
        """Turn an exception that your files have caused into one sentence with the function.

        Your files are the cause if a frame is in one of them, or if code that used your answer raised the exception.

        Raises:
            StudentError: instead of the exception.
        """
        try:
            yield
        except (Exception, SystemExit) as error:
            place, suspect = _place(error, self.files), self.watch.suspect(error)
            if isinstance(error, click.ClickException) or (place is None and suspect is None):
                raise
            if suspect is not None and (place is None or _raised_in_recipes(error, self.files)):
                raise StudentError(suspect.sentence(error)) from error
            if place is None:
                raise
            name, file, line = place
            advice = grade_first(file)
            if isinstance(error, SystemExit):
                raise StudentError(
                    say(
                        "{name} in {file} ends the program in line {line} (sys.exit or quit). {advice}",
                        name=name,
                        file=file,
                        line=line,
                        advice=advice,
                    )
                ) from error
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
            reason = short(f"{type(error).__name__}: {error}").rstrip(".")
            if "dtype" in reason:  # for example from your own backward pass, which autocast does not reach
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
        """Return the error for an exercise that did not do its work: yours with your file, otherwise ours."""
        mine = [file for file in self.files if file.stem == slug or len(self.files) == 1]
        if not mine:
            return RecipeFault(message)
        return StudentError(say("{message}. {advice}", message=message, advice=grade_first(mine[0])))


def grade_first(file: Path) -> str:
    """Return the advice for a file that does something wrong."""
    return say("Grade it first: course grade {exercise}", exercise=EXERCISES.get(file.stem, "exercise-3"))


def _place(error: BaseException, files: Sequence[Path]) -> tuple[str, Path, int] | None:
    """Return function, file and line of the innermost frame in one of the files."""
    place, frame = None, error.__traceback__
    known = {str(file.resolve()): file for file in files}
    while frame is not None:
        code = frame.tb_frame.f_code
        if code.co_filename in known:  # qualified names exist since Python 3.11
            place = getattr(code, "co_qualname", code.co_name), known[code.co_filename], frame.tb_lineno
        frame = frame.tb_next
    return place


def _raised_in_recipes(error: BaseException, files: Sequence[Path]) -> bool:
    """Return whether your innermost function had called back into a recipe that raised the exception."""
    known = {str(file.resolve()) for file in files}
    innermost, frame = "", error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if name in known or (name.startswith(HERE) and name != __file__):
            innermost = name
        frame = frame.tb_next
    return innermost.startswith(HERE)


class NamesWorkspace(Protocol):
    """The configuration of any recipe that has a workspace."""

    @property
    def mine(self) -> Path | None:
        """Your workspace, or one file of it."""
        ...


def functions(config: NamesWorkspace | None = None, wanted: Mapping[str, Sequence[str]] | None = None) -> Functions:
    """Return the reference solutions, with your functions in their place if the configuration names a workspace.

    Args:
        config: configuration of the run.
        wanted: functions that the run takes from each exercise; None for those of `used` for a fine-tuning run.

    Raises:
        NothingStarted: none of the functions in question is started.
        StudentError: a file is missing or cannot be imported.
    """
    modules = {slug: importlib.import_module(f"solutions.{slug}") for slug in EXERCISES}
    if config is None or config.mine is None:
        return Functions(**modules)
    found, watch = find_mine(config.mine), Watch()
    wanted = used(config) if wanted is None and isinstance(config, FineTune) else wanted or {}
    yours: list[str] = []
    files: list[Path] = []
    for slug, names in wanted.items():
        if slug not in found:
            continue
        modules[slug], started = link(slug, found[slug], watch)
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
    return Functions(
        **modules, yours=tuple(yours), reference=rest, not_passed=not_passed, files=tuple(files), watch=watch
    )


def written_in(workspace: Path) -> set[str]:
    """Return the functions started in a workspace, such as ``lora.inject_lora``. Nothing is imported.

    Raises:
        StudentError: a file is missing, or is not Python.
    """
    return {
        f"{slug}.{name}"
        for slug, file in find_mine(workspace).items()
        for name, node in _definitions(ast.parse(source_of(file))).items()
        if is_started(node)
    }


def link(slug: str, file: Path, watch: Watch | None = None) -> tuple[ModuleType, set[str]]:
    """Import your file, and fill in the reference's version of what is not started.

    Args:
        slug: slug of the exercise.
        file: your file.
        watch: records what its functions return.

    Returns:
        The module, and the names in it that are yours.
    """
    reference = _load(Path(str(importlib.import_module(f"solutions.{slug}").__file__)), f"reference_{slug}")
    try:
        mine = _load(file, f"mine_{slug}")
    except (Exception, SystemExit) as error:
        reason = short(f"{type(error).__name__}: {error}")
        raise StudentError(say("{file} cannot be imported: {reason}", file=file, reason=reason)) from error
    taught = _definitions(ast.parse(Path(str(reference.__file__)).read_bytes()))
    written = _definitions(ast.parse(source_of(file)))
    started = {name for name in taught if name in written and is_started(written[name]) and hasattr(mine, name)}
    for name in taught:
        if name in started:
            setattr(mine, name, _watched(getattr(mine, name), file, watch or Watch()))
            setattr(reference, name, getattr(mine, name))
        else:
            setattr(mine, name, getattr(reference, name))
    return mine, started


def _watched(definition: Any, file: Path, watch: Watch) -> Any:
    """Return the definition with its calls recorded; for a class, those of its methods."""
    if not isinstance(definition, type):
        return watch.over(definition, definition.__name__, file) if callable(definition) else definition
    for name in CALLED[1:]:
        if name in vars(definition):
            own = watch.over(vars(definition)[name], f"{definition.__name__}.{name}", file)
            setattr(definition, name, own)
    return definition


def _load(file: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise StudentError(
            say("{file} is not a Python file. Give your exercise file or workspace to --mine", file=file)
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _reached(file: Path, names: set[str]) -> str:
    """Return the source of these definitions, all that they use, and every other statement, without comments."""
    tree = ast.parse(source_of(file))
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
    r"""Return whether a definition does more than raise NotImplementedError.

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
