"""Checks of ``pretrain`` that run before torch is loaded."""

from pathlib import Path

from course.text import say
from solutions.recipes import preflight
from solutions.recipes.errors import RecipeError, missing_package
from solutions.recipes.preflight import CHECKPOINT, PACKAGED
from solutions.recipes.pretrain.config import EMBEDDED, PreTrain

SETTINGS = "pretrain.json"
"""File of the settings; it is written first. (``config.json`` beside it is the model's own, for transformers.)"""


def check(config: PreTrain, out: Path, overwrite: bool, resume: bool = False, tensorboard: bool = False) -> None:
    """Refuse what cannot work.

    Raises:
        RecipeError: a package, a file or the device is missing, or the folder holds a run that would be lost.
        StudentError: a file given as ``mine`` is missing, or not Python.
    """
    preflight.find_packages(*(("tokenizers",) if config.from_scratch else ()))
    if tensorboard and preflight.find_spec("tensorboard") is None:
        raise missing_package("tensorboard", "tensorboard")
    start = str(config.start)
    if not config.from_scratch:
        preflight.find_model(start)
        if start != EMBEDDED and not Path(start).is_dir():
            preflight.ask_no_dead_hub()
    find_texts(config.data, config.text_column)
    if config.mine is not None:
        preflight.find_mine(config.mine)
    preflight.find_device(config.device)
    preflight.refuse_finished(out, overwrite, preflight.PRE_TRAINED)
    if not config.from_scratch and Path(start).is_dir() and out.exists() and out.samefile(start):
        raise RecipeError(say("--out {out} is the folder that --from reads: choose a different one", out=out))
    if not resume and not overwrite and (out / CHECKPOINT).exists():
        raise RecipeError(
            say("{out} contains an unfinished run. Continue with --resume, or start over with --overwrite", out=out)
        )


def find_texts(name: str, text_column: str) -> None:
    """Accept packaged reviews, or an existing file; a CSV file must have the column."""
    if name in PACKAGED:
        preflight.packaged_reviews()
    elif Path(name).suffix.lower() in preflight.TABLES:
        preflight.header(Path(name), text_column)
    elif not Path(name).is_file():
        known = ", ".join(PACKAGED)
        raise RecipeError(
            say("no data called {name!r}: it is not one of {known}, and there is no such file", name=name, known=known)
        )
