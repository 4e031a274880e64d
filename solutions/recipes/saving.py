"""A finished run on the disk: written atomically, without pickle, and loaded again.

- weights: ``model.safetensors`` if the encoder has changed (with ``config.json`` of the model in ``model/``, so that
  transformers loads it), ``adapter_model.safetensors`` in peft's format for lora, prefix and prompt,
  ``adapter.safetensors`` for adapter and head
- ``recipe.json``: how to load the weights: base model, its fingerprint, labels, head, rank, ...
- ``config.json``, ``metrics.jsonl``, pictures: the settings and the log of the run
- ``predictions.jsonl``: the model's answer to every test text, beside the right one
- ``result.json``: the figures; it is written last, so it exists only if the run is complete
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from course.text import say
from solutions.recipes.config import FROZEN_ENCODER, IN_PEFT, FineTune
from solutions.recipes.errors import RecipeError, StudentError
from solutions.recipes.files import cannot_write, remove_leftovers, write_atomically, write_json
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware, find_hardware
from solutions.recipes.methods import adapt, load_trained_state
from solutions.recipes.model import Classifier, fingerprint, load_classifier, load_tokenizer
from solutions.recipes.peft_format import ADAPTER, ADAPTER_CONFIG, adapter_config, from_peft, to_peft
from solutions.recipes.preflight import (
    CHECKPOINT,
    FINE_TUNED,
    KEPT,
    RECIPE,
    RESULT,
    WHOLE,
    read_recipe,
    refuse_finished,
)
from solutions.recipes.training import answer

BERT = "bert."
"""Prefix of the encoder's tensors in our models; files have the prefix of transformers."""


@dataclass(frozen=True)
class Outputs:
    """Meaning of a model's outputs."""

    labels: tuple[str, ...]
    """Names of the classes; empty for regression."""
    mean: float = 0.0
    """Mean of the training targets: a model predicts (number - mean) / scale."""
    scale: float = 1.0

    @property
    def n(self) -> int:
        """K, the number of outputs."""
        return len(self.labels) or 1

    def numbers(self, logits: Tensor) -> Tensor:
        """Convert outputs (N, 1) to numbers (N,) in the units of the targets."""
        return logits.squeeze(-1) * self.scale + self.mean


@dataclass(frozen=True)
class Run:
    """A finished run, loaded for predictions."""

    model: Classifier
    tokenizer: PreTrainedTokenizerBase
    outputs: Outputs
    max_length: int
    """Maximum number of tokens."""
    hardware: Hardware
    taken: Functions

    def logits(self, texts: Sequence[str]) -> Tensor:
        """Return the logits of N texts, (N, K)."""
        tokens = self.tokenizer(list(texts), truncation=True, max_length=self.max_length)["input_ids"]
        return answer(self.model, tokens, self.tokenizer.pad_token_id, self.hardware, self.taken)


def weights_file(method: str) -> str:
    """Return the name of the weights file: an adapter's, or that of a model whose encoder has changed."""
    if method in IN_PEFT:
        return ADAPTER
    return "adapter.safetensors" if method in FROZEN_ENCODER else f"{WHOLE}/model.safetensors"


def prepare_folder(out: Path, overwrite: bool, resume: bool = False, schema: str = FINE_TUNED) -> None:
    """Create the folder; remove the result of an earlier run, which will soon be out of date.

    Raises:
        RecipeError: the folder holds a finished run that must not be overwritten, or cannot be written to.
    """
    refuse_finished(out, overwrite, schema)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / RESULT).unlink(missing_ok=True)
        if not resume:
            (out / CHECKPOINT).unlink(missing_ok=True)
        remove_leftovers(out)
    except OSError as error:
        raise cannot_write(out, error) from error


def base_of(config: FineTune) -> str:
    """Return the name of the base model, as an absolute path if it is a folder."""
    folder = Path(config.model)
    return str(folder.resolve()) if folder.is_dir() else config.model


def save_run(
    out: Path,
    config: FineTune,
    outputs: Outputs,
    base_fingerprint: str,
    model: Classifier,
    state: dict[str, Tensor],
    taken: Functions,
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    """Write the trained tensors, and the files for loading them.

    Raises:
        RecipeError: they cannot be written.
    """
    recipe: dict[str, Any] = {
        "schema": "course/recipe/v2",
        "weights": weights_file(config.method),
        "base": base_of(config),
        "base_fingerprint": base_fingerprint,
        "labels": list(outputs.labels),
        "target_mean": outputs.mean,
        "target_scale": outputs.scale,
        **{name: config.plain()[name] for name in KEPT},
    }
    if taken.files:
        recipe["mine"] = {"files": taken.hashes(), "functions": list(taken.yours)}
    if config.method in IN_PEFT:
        base = base_of(config) if config.model != "embedded" else "sentence-transformers/all-MiniLM-L6-v2"
        write_json(out / ADAPTER_CONFIG, adapter_config(model, config, base))
        state = to_peft(model, state, config, taken)
    elif config.method not in FROZEN_ENCODER:
        try:
            (out / WHOLE).mkdir(exist_ok=True)
            tokenizer.save_pretrained(out / WHOLE)
        except OSError as error:
            raise cannot_write(out / WHOLE, error) from error
        write_json(out / WHOLE / "config.json", transformers_config(model, outputs))
        state = renamed(state, BERT, f"{model.bert.base_model_prefix}.")
    write_atomically(out / recipe["weights"], save(state, metadata={"format": "pt"}))
    write_json(out / RECIPE, recipe)


def transformers_config(model: Classifier, outputs: Outputs) -> dict[str, Any]:
    """Return the configuration with which transformers loads the encoder; it names no folder of this machine."""
    config = copy.deepcopy(model.config)
    config.architectures = [type(model.bert).__name__]  # no class of transformers has our head
    if outputs.labels:
        config.id2label = dict(enumerate(outputs.labels))
        config.label2id = {label: i for i, label in enumerate(outputs.labels)}
    plain: dict[str, Any] = config.to_dict()
    plain.pop("_name_or_path", None)
    return plain


def renamed(state: dict[str, Tensor], before: str, after: str) -> dict[str, Tensor]:
    """Change the prefix of the names of the encoder's tensors."""
    return {
        after + name.removeprefix(before) if name.startswith(before) else name: tensor for name, tensor in state.items()
    }


def base_for_peft(out: Path, hardware: Hardware | None = None) -> Classifier:
    """Return the model for ``PeftModel.from_pretrained(..., out)``: encoder and fresh head, in float32."""
    config, outputs, _ = _what_was_trained(read_recipe(out), None)
    hardware = hardware or find_hardware(replace(config, device="cpu", precision="fp32"))
    model = load_classifier(config, outputs.n, hardware)
    model.n_skipped = config.virtual_tokens if config.method == "prompt" else 0
    return model.eval()


def _what_was_trained(recipe: dict[str, Any], mine: Path | None) -> tuple[FineTune, Outputs, str]:
    config = FineTune.from_plain({name: recipe[name] for name in KEPT} | {"model": recipe["base"]})
    if "mine" in recipe:
        config = replace(config, mine=mine)
    outputs = Outputs(tuple(recipe["labels"]), recipe["target_mean"], recipe["target_scale"])
    return config, outputs, recipe["base_fingerprint"]


def load_run(out: Path, mine: Path | None = None, hardware: Hardware | None = None) -> Run:
    """Load a finished run: a fresh base, adapted as for training, with the trained tensors loaded.

    Args:
        out: folder of the run.
        mine: your workspace, if the run was trained with it. It must be named here: a folder from elsewhere must not
            decide which code is run.
        hardware: device and precision; None takes the best available.

    Raises:
        RecipeError: there is no run in the folder, or its base model is not the one it was trained on.
        StudentError: the run was trained with files of your own that are not given, or have changed.
    """
    recipe = read_recipe(out)
    try:
        state = load_file(out / recipe["weights"])
    except FileNotFoundError as error:
        raise RecipeError(
            say("there is no finished run in {out} (no {file})", out=out, file=recipe["weights"])
        ) from error
    except (SafetensorError, OSError) as error:
        raise RecipeError(say("{file} cannot be read: {reason}", file=out / recipe["weights"], reason=error)) from error
    if "mine" in recipe and mine is None:
        raise StudentError(
            say("{out} was trained with your own files, so you must pass them: --mine WORKSPACE", out=out)
        )
    config, outputs, wanted = _what_was_trained(recipe, mine)
    if config.method not in FROZEN_ENCODER:  # the folder holds the whole model
        config = replace(config, method="full", model=str(out / WHOLE))
    hardware = hardware or find_hardware(config)
    taken = functions(config)
    known = taken.hashes()
    changed = [name for name, was in recipe.get("mine", {}).get("files", {}).items() if known.get(name, was) != was]
    if changed:
        raise StudentError(
            say(
                "{out} was trained with {files}, whose code has changed since then. Train again",
                out=out,
                files=", ".join(changed),
            )
        )
    model = load_classifier(config, outputs.n, hardware, taken)
    if config.method in FROZEN_ENCODER and fingerprint(model.bert) != wanted:
        raise RecipeError(
            say(
                "the weights of {model} differ from the weights that {out} was trained on. Restore "
                "that model, or train again",
                model=config.model,
                out=out,
            )
        )
    with taken.blame():
        if config.method in IN_PEFT:  # the file holds what was computed, so the reference can compute it
            adapt(model, config, hardware)
            load_trained_state(model, config, from_peft(state, config))
        else:
            adapt(model, config, hardware, taken)
            state = renamed(state, f"{getattr(model.bert, 'base_model_prefix', 'bert')}.", BERT)
            load_trained_state(model, config, state, taken)
    model.config.id2label = dict(enumerate(outputs.labels))
    tokenizer = load_tokenizer(config.model, model.bert)
    return Run(model.eval(), tokenizer, outputs, recipe["max_length"], hardware, taken)
