"""Ask a finished run about texts, by exercise-8's ``predict_batch``."""

import copy
import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from course.text import say
from solutions.recipes.errors import RecipeError
from solutions.recipes.preflight import columns
from solutions.recipes.saving import Run

COMPILERS = ("g++", "clang++", "cl")
"""One of these is needed to compile for a CPU."""
SUFFIXES = (".txt", ".csv")
"""A file of one of these is read; any other argument is a text itself."""


def gather(arguments: Sequence[str], column: str = "text") -> list[str]:
    """The texts that were meant: each argument is a text, or a file of them.

    Args:
        arguments: texts; ``.txt`` files with a text in each line; ``.csv`` files.
        column: of the texts in a CSV file.

    Raises:
        RecipeError: a file is missing or cannot be read, or there is no text at all.
    """
    texts: list[str] = []
    for argument in arguments:
        path = Path(argument)
        if path.suffix.lower() not in SUFFIXES or ("\n" in argument or (" " in argument and not path.is_file())):
            texts.append(argument)
            continue
        try:
            if path.suffix.lower() == ".csv":
                columns(path, column, column)
                with path.open(encoding="utf-8-sig", newline="") as file:
                    texts += [row[column] or "" for row in csv.DictReader(file)]
            else:
                texts += path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise RecipeError(say("cannot read {path}: {reason}", path=path, reason=error)) from error
    if not any(text.strip() for text in texts):
        raise RecipeError(say("there is no text to predict for: every text given is empty"))
    return texts


def sped_up(run: Run, compiled: bool = False) -> Run:
    """The same run, for inference alone.

    Where matrix products are in bfloat16, all weights are kept in bfloat16: none has to be converted for every batch.
    A label may change where two were almost equally likely.

    Args:
        run: stays as it is.
        compiled: let torch compile the encoder; the first batches then take some ten seconds, so it pays for thousands
            of texts only.

    Raises:
        RecipeError: there is no compiler that torch could use.
    """
    model = run.model
    if run.hardware.bf16:
        model = copy.deepcopy(model)
        for parameter in model.parameters():
            parameter.data = parameter.data.bfloat16()
    if compiled:
        model = copy.copy(model)
        model._modules = dict(model._modules)
        model.bert = compiled_encoder(model.bert, run.hardware.device.type)
    return replace(run, model=model)


def compiled_encoder(encoder: Any, kind: str) -> Any:
    """The encoder as torch.compile makes it, for batches of any shape."""
    if kind == "cpu" and not any(map(shutil.which, COMPILERS)):
        raise RecipeError(say("--compile needs a C++ compiler (g++ or clang++), but none was found"))
    return torch.compile(encoder, dynamic=True)


def predict(run: Run, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Label and probability of every text, or the number that is predicted.

    Texts go through the model sorted by length, so that little of a batch is padding; what is blank is asked too.
    """
    if not run.outputs.labels:
        with run.taken.blame():
            numbers = run.outputs.numbers(run.logits(texts)).tolist()
        return [{"text": text, "value": number} for text, number in zip(texts, numbers, strict=True)]
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    with run.taken.blame():
        found = run.taken.inference.predict_batch(
            [texts[i] for i in order], run.model, run.tokenizer, batch_size=32, max_length=run.max_length
        )
        if len(found) != len(order):
            message = say(
                "predict_batch answered {answers} times to {texts} texts", answers=len(found), texts=len(order)
            )
            raise run.taken.broken_promise(message, "inference")
        answers: dict[int, Any] = dict(zip(order, found, strict=True))
        return [
            {"text": text, "label": str(answers[i][0]), "probability": float(answers[i][1])}
            for i, text in enumerate(texts)
        ]


def as_json(folder: Path, answers: Sequence[dict[str, Any]]) -> str:
    """One object for a program."""
    content = {"schema": "course/predictions/v1", "run": str(folder), "predictions": list(answers)}
    return json.dumps(content, indent=2, ensure_ascii=False)


def as_text(answer: dict[str, Any]) -> str:
    """One line for a person; control characters do not reach the terminal."""
    text = "".join(character if character.isprintable() else " " for character in answer["text"])
    said = f"{answer['value']:.3f}" if "value" in answer else f"{answer['label']} ({answer['probability']:.2f})"
    return f"{said}  {text}"
