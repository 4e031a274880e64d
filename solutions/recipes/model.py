"""An encoder with a head. Each method's changes to it are in methods.py.

Dimensions: B texts, T tokens, C width of the encoder, K outputs, P virtual tokens.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F
import transformers
from torch import Tensor, nn
from transformers import (
    AttentionInterface,
    AttentionMaskInterface,
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PreTrainedTokenizerBase,
)
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from course.text import say
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware
from solutions.recipes.heads import ALL_STATES, build_head
from solutions.recipes.preflight import find_model, model_folder, packaged_encoder

# --- Attention --------------------------------------------------------------------------------------------------------


def fp32_attention(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    """Compute scaled dot-product attention in float32, even if everything around it is bfloat16.

    On a CPU the backward pass of torch's fused attention is many times slower in bfloat16 than in float32: it halves
    the speed of LoRA training (Rotten Tomatoes, one thread: 96 texts/s in bfloat16, 187 with this).
    """
    with torch.autocast(query.device.type, enabled=False):
        output, _ = sdpa_attention_forward(module, query.float(), key.float(), value.float(), attention_mask, **options)
    return output.to(query.dtype), None


def unread_mask(*arguments: Any, attention_mask: Tensor | None = None, **options: Any) -> Tensor | None:
    """Return the mask for torch's own attention, without reading its values.

    transformers leaves the mask out if nothing is padding. To find out, it reads a boolean in every forward pass, for
    which the CPU waits until a GPU has finished all its work. Here the mask is left out only if none was given, because
    the code that makes a batch knows on the CPU whether it has padding (see `training.for_device`).
    """
    if attention_mask is not None:
        options |= {"allow_is_causal_skip": False, "allow_is_bidirectional_skip": False}
    return sdpa_mask(*arguments, attention_mask=attention_mask, **options)


AttentionInterface.register("fp32_sdpa", fp32_attention)
AttentionMaskInterface.register("fp32_sdpa", sdpa_mask)
AttentionInterface.register("unread_sdpa", sdpa_attention_forward)
AttentionMaskInterface.register("unread_sdpa", unread_mask)


def looks_back_only(network: nn.Module) -> bool:
    """Return whether a model is causal. Without a mask, transformers reads from positions whether texts are packed."""
    return any(getattr(module, "is_causal", False) for module in network.modules())


def attention_for(hardware: Hardware) -> str:
    """Return the attention implementation of transformers for this hardware."""
    if hardware.device.type != "cpu":
        return "unread_sdpa"
    return "fp32_sdpa" if hardware.bf16 else "sdpa"


# --- Encoder and head -------------------------------------------------------------------------------------------------


class Classifier(nn.Module):
    """A pretrained encoder and a head, called like a classifier of transformers.

    Its parts are named as in BERT's own classifier, ``bert`` and ``classifier``, whatever the encoder, because the
    exercises' functions look for these names.
    """

    def __init__(self, bert: nn.Module, head: nn.Module, task: str, hardware: Hardware, all_states: bool) -> None:
        """Put a head on an encoder.

        Args:
            bert: the encoder.
            head: maps hidden states and mask to (B, K).
            task: ``classification`` or ``regression``; selects the loss.
            hardware: gives the precision of the forward pass.
            all_states: whether the head reads all layers.
        """
        super().__init__()
        self.bert, self.classifier = bert, head
        self.task, self.hardware, self.all_states = task, hardware, all_states
        self.front: nn.Module | None = None
        """The vectors of prefix and prompt tuning (see fronts.py)."""
        self.n_skipped = 0
        """Number of virtual tokens at the beginning, which the head does not read."""
        self.mixing: Any = None
        """In training: function that mixes features and one-hot labels."""
        self.causal = looks_back_only(bert)

    @property
    def config(self) -> Any:
        """The encoder's configuration."""
        return self.bert.config

    @property
    def device(self) -> torch.device:
        """Device of the parameters."""
        return self.hardware.device

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        past_key_values: Any = None,
        features: Tensor | None = None,
        **_: Any,
    ) -> SimpleNamespace:
        """Compute logits and loss for a batch of texts.

        Args:
            input_ids: (B, T) tokens, padded.
            attention_mask: (B, T), 1 for a token, 0 for padding, which has no influence on the result; (B, P + T) if
                virtual tokens are already in front, as peft puts them there. None means that nothing is padding.
            labels: (B,) classes or numbers; None for no loss.
            inputs_embeds: (B, T, C) instead of ``input_ids``.
            past_key_values: keys and values in front of every layer's.
            features: (B, width of the head's vectors), the result of `features` for these texts, in place of all of the
                above but ``labels``.

        Returns:
            ``logits``, (B, K) in float32, and ``loss``, their mean loss or None.
        """
        if features is not None:
            return self._judged(features, labels)
        with self.hardware.forward():
            if self.front is not None:
                inputs = self.front(self.bert, input_ids, attention_mask)
            else:
                inputs = {"input_ids": input_ids, "inputs_embeds": inputs_embeds, "attention_mask": attention_mask}
                inputs["past_key_values"] = past_key_values
            states, mask = self._states(inputs)
            if self.mixing is not None and self.training and labels is not None:
                return self._mixed(self.classifier.pooled(states, mask), labels)
            logits = self.classifier(states, mask)
        logits = logits.float()
        return SimpleNamespace(logits=logits, loss=None if labels is None else self.loss(logits, labels))

    def features(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Return the input of the head's linear layer; the same in every epoch if nothing before it is trained."""
        with self.hardware.forward():
            return self.classifier.pooled(*self._states({"input_ids": input_ids, "attention_mask": attention_mask}))

    def _judged(self, features: Tensor, labels: Tensor | None) -> SimpleNamespace:
        """Return logits and loss from features."""
        with self.hardware.forward():
            if self.mixing is not None and self.training and labels is not None:
                return self._mixed(features, labels)
            logits = self.classifier.line(features)
        logits = logits.float()
        return SimpleNamespace(logits=logits, loss=None if labels is None else self.loss(logits, labels))

    def _states(self, inputs: dict[str, Any]) -> tuple[Sequence[Tensor], Tensor]:
        """Return hidden states and mask of the words alone. The encoder gets no mask if it would be all ones."""
        inputs = {name: value for name, value in inputs.items() if value is not None}
        mask = inputs.get("attention_mask")
        if mask is None:
            words = inputs.get("input_ids", inputs.get("inputs_embeds"))
            mask = torch.ones(words.shape[:2], dtype=torch.long, device=words.device)
            inputs |= {"attention_mask": mask} if self.causal else {}
        if cache := inputs.get("past_key_values"):
            n_front, n_words = cache.get_seq_length(), mask.shape[1] - cache.get_seq_length()
            inputs["attention_mask"] = mask.bool()[:, None, None].expand(-1, 1, n_words, -1)  # all words are visible
            mask = mask[:, n_front:]
        output = self.bert(**inputs, output_hidden_states=self.all_states)
        states = output.hidden_states if self.all_states else (output.last_hidden_state,)
        if self.n_skipped:
            states, mask = tuple(one[:, self.n_skipped :] for one in states), mask[:, self.n_skipped :]
        return states, mask

    def _mixed(self, features: Tensor, labels: Tensor) -> SimpleNamespace:
        """Return logits and loss for mixtures of texts (exercise-9's mixup)."""
        features = features.float()
        regression = self.task == "regression"
        targets = labels[:, None] if regression else F.one_hot(labels, self.classifier.line.out_features)
        features, targets = self.mixing(features, targets.float())
        logits = self.classifier.line(features).float()
        loss = F.mse_loss(logits, targets) if regression else F.cross_entropy(logits, targets)
        return SimpleNamespace(logits=logits, loss=loss)

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss of the batch."""
        if self.task == "regression":
            return F.mse_loss(logits.squeeze(-1), labels)
        return F.cross_entropy(logits, labels)


PACKAGED_NAMES = ("embedded", "minilm")
"""Names of the packaged model; the second is its former name."""

# --- Tokenizer --------------------------------------------------------------------------------------------------------

IN_ONE_FILE = ("tokenizer.json", "tekken.json")
"""Files that hold a whole tokenizer, whichever files its class names."""
MOST_UNKNOWN = 0.75
"""Share of unknown tokens from which on a model learns nothing from the texts."""


def load_tokenizer(model: str, encoder: Any = None) -> PreTrainedTokenizerBase:
    """Load the tokenizer of a model of this name (see `FineTune.model`), for padded batches.

    Raises:
        RecipeError: there is none, it cannot pad, or it does not belong to the ``encoder``.
    """
    tokenizer = own_tokenizer(model, encoder)
    if tokenizer.pad_token_id is None:
        raise RecipeError(
            say(
                "the tokenizer of {model} has no padding token, which batches need. Set one "
                "(tokenizer.pad_token = tokenizer.eos_token, for example), and save the tokenizer to "
                "the folder of the model",
                model=model,
            )
        )
    return tokenizer


def own_tokenizer(model: str, encoder: Any = None) -> PreTrainedTokenizerBase:
    """Load the tokenizer that was saved with a model.

    If there is none, transformers makes one that knows only the special tokens, so that every word is unknown.

    Args:
        model: name or folder.
        encoder: the model, whose embeddings must have a row for every token; None skips this check.

    Raises:
        RecipeError: there is none, or it has more tokens than the model.
    """
    tokenizer = pretrained(AutoTokenizer, model)
    where = packaged_encoder() if model in PACKAGED_NAMES else model_folder(Path(model))
    names = tokenizer.vocab_files_names
    missing = where.is_dir() and names and not any((where / one).exists() for one in (*names.values(), *IN_ONE_FILE))
    if missing or len(tokenizer) <= len(set(tokenizer.all_special_ids)):
        raise RecipeError(
            say(
                "there is no tokenizer in {model}, only the model itself. Save the tokenizer that it was trained with "
                "to the same folder: tokenizer.save_pretrained({folder!r})",
                model=model,
                folder=str(where),
            )
        )
    if encoder is not None:
        demand_room(tokenizer, encoder, model)
    return tokenizer


def demand_room(tokenizer: PreTrainedTokenizerBase, encoder: Any, model: str) -> None:
    """Check that the embeddings have a row for every token.

    Raises:
        RecipeError: the tokenizer has more tokens than the embeddings have rows.
    """
    rows = encoder.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise RecipeError(
            say(
                "the tokenizer and the model in {model} do not belong together: the tokenizer has {tokens:,} tokens, "
                "but the model knows only {rows:,}. Save the tokenizer that the model was trained with to that folder",
                model=model,
                tokens=len(tokenizer),
                rows=rows,
            )
        )


def demand_known_words(tokenizer: PreTrainedTokenizerBase, rows: Sequence[Sequence[int]], model: str) -> None:
    """Refuse texts that the tokenizer cannot read.

    Raises:
        RecipeError: (nearly) all tokens of these rows are unknown.
    """
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    tokens = [token for row in rows for token in row if token not in special]
    unknown = tokens.count(tokenizer.unk_token_id)
    if tokens and unknown >= MOST_UNKNOWN * len(tokens):
        raise RecipeError(
            say(
                "the tokenizer of {model} does not know the words of these texts: {percent:.0f}% of the tokens are "
                "unknown ({token}). Use a model for the language of the texts, with the tokenizer it was trained with",
                model=model,
                percent=100 * unknown / len(tokens),
                token=tokenizer.unk_token,
            )
        )


# --- Encoder ----------------------------------------------------------------------------------------------------------


def load_classifier(config: FineTune, n_outputs: int, hardware: Hardware, taken: Functions | None = None) -> Classifier:
    """Load a pretrained encoder in float32 and add a fresh head, all of it still trainable.

    The encoder's dropout is off: it would draw a random number for every activation, which on a CPU takes longer than
    the activation function itself.

    Args:
        config: selects encoder and head.
        n_outputs: K, the number of labels; 1 for regression.
        hardware: device and precision.
        taken: the exercises' functions; None for the reference.
    """
    taken = taken or functions()
    options = {"dtype": torch.float32, "attn_implementation": attention_for(hardware)}
    if config.method == "scratch":
        bert = AutoModel.from_config(pretrained(AutoConfig, config.model), **options)
    else:
        bert = load_encoder(config.model, **options)
    if getattr(bert, "pooler", None) is not None:
        bert.pooler = nn.Identity()  # the head replaces it; otherwise it would be counted but never trained
    for module in bert.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    size = bert.config
    if not all(isinstance(getattr(size, name, None), int) for name in ("hidden_size", "num_hidden_layers")):
        raise RecipeError(
            say(
                "{model} is not an encoder that can be fine-tuned here: its size is not known. Choose "
                "a model with hidden_size and num_hidden_layers in its config.json",
                model=config.model,
            )
        )
    head = build_head(config.head, size.hidden_size, size.num_hidden_layers, n_outputs, taken.heads)
    return Classifier(bert, head, config.task, hardware, config.head in ALL_STATES).to(hardware.device)


def load_encoder(name: str, **options: Any) -> Any:
    """Load a pretrained encoder that was saved with all its weights.

    Raises:
        RecipeError: there is no such model, or it is damaged.
    """
    encoder, about = pretrained(AutoModel, name, output_loading_info=True, **options)
    demand_whole(encoder, [one for one in about["missing_keys"] if "pooler" not in one], name)
    return encoder


def demand_whole(network: nn.Module, missing: Sequence[str], name: str) -> None:
    """Refuse a model with NaN, or with missing weights, which transformers would draw at random.

    Args:
        network: the model.
        missing: names of weights that were not saved with it.
        name: name of the model, for the message.

    Raises:
        RecipeError: a weight is missing, or is not a finite number.
    """
    if missing:
        raise RecipeError(
            say(
                "the weights of {model} are incomplete: {count} tensors are missing, such as {name}. {advice}",
                model=name,
                count=len(missing),
                name=min(missing),
                advice=fresh_copy(),
            )
        )
    for where, parameter in network.named_parameters():
        if not bool(parameter.isfinite().all()):
            raise RecipeError(
                say(
                    "the weights of {model} are damaged: {name} contains NaN or infinity. {advice}",
                    model=name,
                    name=where,
                    advice=fresh_copy(),
                )
            )


OF_DAMAGED_FILES = ("SafetensorError", "UnpicklingError", "EOFError")
"""Errors that the libraries raise for a damaged file of weights."""


def fresh_copy() -> str:
    """Return the advice for damaged weights."""
    return say("Download or save the model again")


def pretrained(kind: Any, name: str, **options: Any) -> Any:
    """Call ``from_pretrained`` without its output, for the packaged folder, a folder, or the hub.

    Raises:
        RecipeError: there is no such model, or it cannot be loaded.
    """
    where = packaged_encoder() if name in PACKAGED_NAMES else model_folder(Path(name))
    quietly()
    try:
        if where.is_dir():
            return kind.from_pretrained(where, local_files_only=True, **options)
        find_model(name)  # otherwise the hub would be asked six times, with pauses
        return kind.from_pretrained(name, **options)
    except RecipeError:
        raise
    except Exception as error:  # transformers, safetensors, torch and the hub have no common base class of errors
        away = os.environ.get("HF_HUB_OFFLINE") == "1" and not where.is_dir()
        advice = say("Without the model hub, use --model embedded or a folder that contains a model")
        if away:
            raise RecipeError(
                say(
                    "the model hub cannot be reached, and {name!r} is not in its cache. {advice}",
                    name=name,
                    advice=advice,
                )
            ) from error
        if type(error).__name__ in OF_DAMAGED_FILES or "PytorchStreamReader" in str(error):
            raise RecipeError(
                say("the weights of {model} are damaged or incomplete. {advice}", model=name, advice=fresh_copy())
            ) from error
        if isinstance(error, RuntimeError) and "mismatched" in str(error):
            raise RecipeError(
                say(
                    "the weights of {model} do not have the shapes that its config.json gives. {advice}",
                    model=name,
                    advice=fresh_copy(),
                )
            ) from error
        first, *rest = str(error).strip().splitlines() or [type(error).__name__]
        reason = f"{first} {rest[0].strip()}" if first.endswith(":") and rest else first
        raise RecipeError(
            say(
                "no usable model {name!r}: {reason} {advice}", name=name, reason=f"{reason.rstrip('.')}.", advice=advice
            )
        ) from error


def quietly() -> None:
    """Turn off progress bars and advice of transformers, since a run has its own."""
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def fingerprint(encoder: nn.Module) -> str:
    """Return a hash that identifies base weights: an adapter on the wrong base gives nonsense without any error."""
    digest = hashlib.sha256()
    for name, parameter in encoder.named_parameters():
        digest.update(name.encode())
        digest.update(parameter.detach().cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()
