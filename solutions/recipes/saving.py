"""A finished run on the disk: written atomically, without pickle, and loaded again.

- ``adapter.safetensors``: what lora (factors and head) or head trained; for full it is ``model.safetensors``
- ``recipe.json``: what it takes to put that back: base model, its fingerprint, labels, rank, alpha, ...
- ``result.json``: what came out; written last, so that it is there only if all the rest is
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from solutions.recipes import lora_source
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError, StudentError
from solutions.recipes.hardware import Hardware, find_hardware
from solutions.recipes.model import Classifier, adapt, fingerprint, load_classifier, load_tokenizer, load_trained_state
from solutions.recipes.preflight import RESULT, refuse_finished
from solutions.recipes.training import answer

RECIPE = "recipe.json"


@dataclass(frozen=True)
class Prediction:
    """The most probable label of a text."""

    text: str
    label: str
    probability: float


@dataclass(frozen=True)
class Run:
    """A finished run, ready to answer."""

    model: Classifier
    tokenizer: PreTrainedTokenizerBase
    label_names: tuple[str, ...]
    max_length: int
    """Tokens."""
    hardware: Hardware

    def logits(self, texts: Sequence[str]) -> Tensor:
        """(N, n_labels) for N texts."""
        tokens = self.tokenizer(list(texts), truncation=True, max_length=self.max_length)["input_ids"]
        return answer(self.model, tokens, self.tokenizer.pad_token_id, self.hardware)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Label every text."""
        probabilities, labels = self.logits(texts).softmax(dim=-1).max(dim=-1)
        return [
            Prediction(text, self.label_names[label], probability)
            for text, label, probability in zip(texts, labels.tolist(), probabilities.tolist(), strict=True)
        ]


def weights_file(method: str) -> str:
    """An adapter needs its base; a fully trained model does not."""
    return "model.safetensors" if method == "full" else "adapter.safetensors"


def prepare_folder(out: Path, overwrite: bool) -> None:
    """Make the folder; take the result of an earlier run out of it, which will not be true for long.

    Raises:
        RecipeError: it holds a finished run and must not be overwritten, or cannot be written to.
    """
    refuse_finished(out, overwrite)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / RESULT).unlink(missing_ok=True)
    except OSError as error:
        raise RecipeError(f"cannot write to {out}: {error.strerror}") from error


def save_run(
    out: Path, config: FineTune, label_names: Sequence[str], base_fingerprint: str, state: dict[str, Tensor]
) -> None:
    """Write the trained tensors, and how to load them."""
    folder = Path(config.model)
    recipe: dict[str, Any] = {
        "schema": "course/recipe/v1",
        "method": config.method,
        "weights": weights_file(config.method),
        "base": str(folder.resolve()) if folder.is_dir() else config.model,
        "base_fingerprint": base_fingerprint,
        "labels": list(label_names),
        "pooling": config.pooling,
        "max_length": config.max_length,
    }
    if config.method == "lora":
        recipe |= {"r": config.rank, "lora_alpha": config.alpha, "target_modules": list(config.targets)}
    if config.mine is not None:
        recipe["mine"] = {"file": config.mine.name, "sha256": lora_source.sha256(config.mine)}
    write_atomically(out / recipe["weights"], lambda path: path.write_bytes(save(state)))
    write_json(out / RECIPE, recipe)


def load_run(out: Path, mine: Path | None = None, hardware: Hardware | None = None) -> Run:
    """Load a finished run: a fresh base, adapted as it was for training, filled with what was trained.

    Args:
        out: the folder of the run.
        mine: the file with LoRA, if the run was trained with one. It has to be named here: a folder that came from
            somewhere else must not decide which code is run.
        hardware: where to compute; None finds the best there is.

    Raises:
        RecipeError: there is no run in the folder, or its base is not the one it was trained on.
        StudentError: the run was trained with a file of your own that is not given, or has changed.
    """
    try:
        recipe = json.loads((out / RECIPE).read_text(encoding="utf-8"))
        state = load_file(out / weights_file(recipe["method"]))
    except FileNotFoundError as error:
        raise RecipeError(f"there is no finished run in {out} (no {Path(error.filename or RECIPE).name})") from error
    if "mine" in recipe and (mine is None or lora_source.sha256(mine) != recipe["mine"]["sha256"]):
        problem = "has changed since" if mine else "has to be named"
        raise StudentError(f"{out} was trained with --mine {recipe['mine']['file']}, which {problem}")

    config = FineTune(
        method=recipe["method"],
        model=recipe["base"],
        pooling=recipe["pooling"],
        rank=recipe.get("r", FineTune.rank),
        alpha=recipe.get("lora_alpha", FineTune.alpha),
        targets=tuple(recipe.get("target_modules", FineTune.targets)),
        mine=mine if "mine" in recipe else None,
    )
    hardware = hardware or find_hardware(config)
    lora = lora_source.lora_functions(config.mine)
    model = load_classifier(config, len(recipe["labels"]), hardware)
    if config.method != "full" and fingerprint(model.encoder) != recipe["base_fingerprint"]:
        raise RecipeError(f"the weights of {config.model} are not those that {out} was trained on")
    with lora_source.blame(config.mine):
        adapt(model, config, lora, hardware)
        load_trained_state(model, config, lora, state)
    return Run(model.eval(), load_tokenizer(config.model), tuple(recipe["labels"]), recipe["max_length"], hardware)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Readable JSON, all of it or nothing."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the file, then put it in its place: whoever reads it sees the old one or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise RecipeError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
