"""Predictions of a finished run for new texts, by exercise-8's ``predict_batch``. Needs torch only to compile it."""

from __future__ import annotations

import copy
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.text import say
from solutions.recipes.errors import RecipeError
from solutions.recipes.preflight import COMPILERS, TABLES, header, lines_of, no_compiler, rows_of

if TYPE_CHECKING:
    from solutions.recipes.saving import Run

LINES = ".txt"
"""A file of this kind has one text per line; those of `TABLES` have one per row."""
STANDARD_INPUT = "-"


def gather(arguments: Sequence[str], column: str = "text") -> list[str]:
    """Return the texts of the arguments, each of which is a text, or a file of them. Blank texts keep their place.

    Args:
        arguments: texts; ``.txt`` files with one text per line; ``.csv`` files; ``-`` for standard input.
        column: column of the texts in a CSV file.

    Raises:
        RecipeError: a file is missing, of another kind or unreadable, or there is no text at all.
    """
    texts: list[str] = []
    for argument in arguments:
        if argument == STANDARD_INPUT:
            texts += sys.stdin.buffer.read().decode("utf-8-sig", errors="replace").splitlines()
        elif not is_file(argument):
            texts.append(argument)
        elif (path := Path(argument)).suffix.lower() == LINES:
            texts += lines_of(path)
        else:
            header(path, column)
            texts += [text for (text,) in rows_of(path, column)]
    if not any(text.strip() for text in texts):
        raise RecipeError(say("there is no text to predict for: every text given is empty. Give at least one"))
    return texts


def is_file(argument: str) -> bool:
    """Return whether an argument means a file of texts; the ending of the name is enough, without such a file.

    Raises:
        RecipeError: it is the path of another kind of file, folder or device, so it is hardly meant as a text.
    """
    kind = Path(argument).suffix.lower()
    if os.path.isfile(argument) and kind in (LINES, *TABLES):
        return True
    if os.path.isdir(argument):
        raise RecipeError(say("{path} is a folder. Name the files in it, or give a text", path=argument))
    if os.path.exists(argument):
        raise RecipeError(
            say(
                "{path} is neither a .txt nor a .csv or .tsv file. To read its lines: {command}",
                path=argument,
                command=f"course run predict ... - < {argument}",
            )
        )
    return kind in (LINES, *TABLES) and not set(" \n") & set(argument)


def sped_up(run: Run, compiled: bool = False) -> Run:
    """Return a copy of the run for inference only.

    If matrix products are in bfloat16, all weights are kept in bfloat16, so that none is converted for every batch. A
    label can change if two were almost equally likely.

    Args:
        run: is not changed.
        compiled: whether torch compiles the encoder; the first batches then take some ten seconds, so it pays only for
            thousands of texts.

    Raises:
        RecipeError: torch finds no compiler.
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
    """Compile the encoder with torch.compile, for batches of any shape."""
    if kind == "cpu" and not any(map(shutil.which, COMPILERS)):
        raise no_compiler()
    import torch

    return torch.compile(encoder, dynamic=True)


def predict(run: Run, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return label and probability of every text, or the predicted number; None for blank texts, as in training.

    Texts go through the model sorted by length, so that little of a batch is padding.
    """
    order = sorted((i for i, text in enumerate(texts) if text.strip()), key=lambda i: len(texts[i]))
    asked = [texts[i] for i in order]
    with run.taken.blame():
        if not run.outputs.labels:
            said = [{"value": number} for number in run.outputs.numbers(run.logits(asked)).tolist()]
        else:
            said = labels(run, asked)
    answers = dict(zip(order, said, strict=True))
    blank = dict.fromkeys(said[0])
    return [{"text": text, **answers.get(i, blank)} for i, text in enumerate(texts)]


def labels(run: Run, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return label and probability of every text.

    Exercise-8's ``predict_batch`` waits for the result of every batch before it makes the next. That costs nothing on a
    CPU; a GPU computes all texts first, unless the function is yours.
    """
    if run.hardware.device.type != "cpu" and "inference.predict_batch" not in run.taken.yours:
        best, places = run.logits(texts).softmax(dim=-1).max(dim=-1)
        names = [run.outputs.labels[place] for place in places.tolist()]
        return [{"label": name, "probability": share} for name, share in zip(names, best.tolist(), strict=True)]
    found = run.taken.inference.predict_batch(
        list(texts), run.model, run.tokenizer, batch_size=32, max_length=run.max_length
    )
    if len(found) != len(texts):
        message = say(
            "predict_batch returned {answers} results for {texts} texts", answers=len(found), texts=len(texts)
        )
        raise run.taken.broken_promise(message, "inference")
    return [{"label": str(label), "probability": float(share)} for label, share in found]


def as_json(folder: Path, answers: Sequence[dict[str, Any]]) -> str:
    """Return all predictions as a JSON object."""
    content = {"schema": "course/predictions/v1", "run": str(folder), "predictions": list(answers)}
    return json.dumps(content, indent=2, ensure_ascii=False)


def as_text(answer: dict[str, Any]) -> str:
    """Return a prediction as one line, without control characters."""
    text = "".join(character if character.isprintable() else " " for character in answer["text"])
    if not text.strip():
        return say("(blank)")
    said = f"{answer['value']:.3f}" if "value" in answer else f"{answer['label']} ({answer['probability']:.2f})"
    return f"{said}  {text}"
