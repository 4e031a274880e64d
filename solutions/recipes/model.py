"""An encoder with a head. What each method trains of it is in methods.py.

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
    """Scaled dot-product attention in float32, also where everything around it is bfloat16.

    On a CPU the backward pass of torch's fused attention is many times slower in bfloat16 than in float32: it halves
    the speed of LoRA training (Rotten Tomatoes, one thread: 96 texts/s in bfloat16, 187 with this).
    """
    with torch.autocast(query.device.type, enabled=False):
        output, _ = sdpa_attention_forward(module, query.float(), key.float(), value.float(), attention_mask, **options)
    return output.to(query.dtype), None


def unread_mask(*arguments: Any, attention_mask: Tensor | None = None, **options: Any) -> Tensor | None:
    """The mask of torch's own attention, made without looking at what is in it.

    transformers leaves the mask out where nothing is padding. To know that, it reads a boolean in every forward pass,
    for which the CPU waits until a GPU has done all that it was given. Here the mask is left out only where none was
    given: whoever makes a batch knows on the CPU whether anything in it is padding (see `training.for_device`).
    """
    if attention_mask is not None:
        options |= {"allow_is_causal_skip": False, "allow_is_bidirectional_skip": False}
    return sdpa_mask(*arguments, attention_mask=attention_mask, **options)


AttentionInterface.register("fp32_sdpa", fp32_attention)
AttentionMaskInterface.register("fp32_sdpa", sdpa_mask)
AttentionInterface.register("unread_sdpa", sdpa_attention_forward)
AttentionMaskInterface.register("unread_sdpa", unread_mask)


def looks_back_only(network: nn.Module) -> bool:
    """Whether a model is causal. Without a mask, transformers reads from its positions whether texts are packed."""
    return any(getattr(module, "is_causal", False) for module in network.modules())


def attention_for(hardware: Hardware) -> str:
    """Which attention of transformers a model should use there."""
    if hardware.device.type != "cpu":
        return "unread_sdpa"
    return "fp32_sdpa" if hardware.bf16 else "sdpa"


# --- Encoder and head -------------------------------------------------------------------------------------------------


class Classifier(nn.Module):
    """A pretrained encoder that reads, and a head that decides; called like a classifier of transformers.

    Its parts are named as in BERT's own classifier, ``bert`` and ``classifier``, whatever the encoder: that is what the
    functions of the exercises look for.
    """

    def __init__(self, bert: nn.Module, head: nn.Module, task: str, hardware: Hardware, all_states: bool) -> None:
        """Put a head on an encoder.

        Args:
            bert: the encoder.
            head: takes hidden states and mask, gives (B, K).
            task: ``classification`` or ``regression``; decides about the loss.
            hardware: says in which precision the model runs forward.
            all_states: whether the head reads all layers.
        """
        super().__init__()
        self.bert, self.classifier = bert, head
        self.task, self.hardware, self.all_states = task, hardware, all_states
        self.front: nn.Module | None = None
        """What prefix and prompt tuning put in front (see fronts.py)."""
        self.n_skipped = 0
        """Positions at the beginning that are virtual tokens, which the head does not read."""
        self.mixing: Any = None
        """In training: turns features and one-hot labels into mixtures."""
        self.causal = looks_back_only(bert)

    @property
    def config(self) -> Any:
        """The encoder's."""
        return self.bert.config

    @property
    def device(self) -> torch.device:
        """Where it computes."""
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
        """Judge a batch of texts.

        Args:
            input_ids: (B, T) tokens, filled up with padding.
            attention_mask: (B, T), 1 for a token, 0 for padding, which has no influence on the result; (B, P + T) if
                there are virtual tokens in front already, as peft puts them there. None means that nothing is padding.
            labels: (B,) right classes or numbers; None for no loss.
            inputs_embeds: (B, T, C) instead of ``input_ids``.
            past_key_values: keys and values in front of every layer's.
            features: (B, width of the head's vectors), what `features` said of these texts; instead of all of the above
                but ``labels``.

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
        """The vectors that the head's linear layer reads, the same in every epoch if nothing before it learns."""
        with self.hardware.forward():
            return self.classifier.pooled(*self._states({"input_ids": input_ids, "attention_mask": attention_mask}))

    def _judged(self, features: Tensor, labels: Tensor | None) -> SimpleNamespace:
        """Logits and loss from features."""
        with self.hardware.forward():
            if self.mixing is not None and self.training and labels is not None:
                return self._mixed(features, labels)
            logits = self.classifier.line(features)
        logits = logits.float()
        return SimpleNamespace(logits=logits, loss=None if labels is None else self.loss(logits, labels))

    def _states(self, inputs: dict[str, Any]) -> tuple[Sequence[Tensor], Tensor]:
        """Hidden states and mask of the words alone. An encoder does without a mask of which all is 1."""
        inputs = {name: value for name, value in inputs.items() if value is not None}
        mask = inputs.get("attention_mask")
        if mask is None:
            words = inputs.get("input_ids", inputs.get("inputs_embeds"))
            mask = torch.ones(words.shape[:2], dtype=torch.long, device=words.device)
            inputs |= {"attention_mask": mask} if self.causal else {}
        if cache := inputs.get("past_key_values"):
            n_front, n_words = cache.get_seq_length(), mask.shape[1] - cache.get_seq_length()
            inputs["attention_mask"] = mask.bool()[:, None, None].expand(-1, 1, n_words, -1)  # every word sees them all
            mask = mask[:, n_front:]
        output = self.bert(**inputs, output_hidden_states=self.all_states)
        states = output.hidden_states if self.all_states else (output.last_hidden_state,)
        if self.n_skipped:
            states, mask = tuple(one[:, self.n_skipped :] for one in states), mask[:, self.n_skipped :]
        return states, mask

    def _mixed(self, features: Tensor, labels: Tensor) -> SimpleNamespace:
        """Logits and loss of mixtures of texts (exercise-9's mixup)."""
        features = features.float()
        regression = self.task == "regression"
        targets = labels[:, None] if regression else F.one_hot(labels, self.classifier.line.out_features)
        features, targets = self.mixing(features, targets.float())
        logits = self.classifier.line(features).float()
        loss = F.mse_loss(logits, targets) if regression else F.cross_entropy(logits, targets)
        return SimpleNamespace(logits=logits, loss=loss)

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Mean over the batch."""
        if self.task == "regression":
            return F.mse_loss(logits.squeeze(-1), labels)
        return F.cross_entropy(logits, labels)


PACKAGED_NAMES = ("embedded", "minilm")
"""Of the model that comes as a package; the second is what it was called before."""

# --- Tokenizer --------------------------------------------------------------------------------------------------------

IN_ONE_FILE = ("tokenizer.json", "tekken.json")
"""What a tokenizer may be read from, whatever files its class names."""
MOST_UNKNOWN = 0.75
"""Share of the tokens from which on texts say nothing to a model, since its tokenizer does not know them."""


def load_tokenizer(model: str, encoder: Any = None) -> PreTrainedTokenizerBase:
    """The tokenizer that belongs to a model of this name (see `FineTune.model`), for batches.

    Raises:
        RecipeError: there is none, it cannot fill up a batch, or it does not belong to the ``encoder``.
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
    """The tokenizer that was saved with a model.

    Where there is none, transformers makes one that knows only the special tokens: every word is then unknown.

    Args:
        model: name or folder.
        encoder: the model itself, whose word table must have a row for every token; None does not look at it.

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
    """Every token needs a row in the table of words.

    Raises:
        RecipeError: the tokenizer has more tokens than the table has rows.
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
    """Refuse to train on texts that a tokenizer cannot read.

    Raises:
        RecipeError: (nearly) all tokens of these rows are unknown ones.
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
    """A pretrained encoder in float32 with a fresh head; all of it still trainable.

    The encoder's dropout is off: it would draw a random number for every activation, which takes a CPU longer than the
    activation function itself.

    Args:
        config: which encoder, which head.
        n_outputs: K, the number of labels; 1 for a number.
        hardware: where to compute.
        taken: where the functions of the exercises come from; None for the reference.
    """
    taken = taken or functions()
    options = {"dtype": torch.float32, "attn_implementation": attention_for(hardware)}
    if config.method == "scratch":
        bert = AutoModel.from_config(pretrained(AutoConfig, config.model), **options)
    else:
        bert = load_encoder(config.model, **options)
    if getattr(bert, "pooler", None) is not None:
        bert.pooler = nn.Identity()  # the head replaces it; left in place it would be trained by nothing, and counted
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
    """A pretrained encoder, all of whose weights were saved.

    Raises:
        RecipeError: there is no such model, or it is damaged.
    """
    encoder, about = pretrained(AutoModel, name, output_loading_info=True, **options)
    demand_whole(encoder, [one for one in about["missing_keys"] if "pooler" not in one], name)
    return encoder


def demand_whole(network: nn.Module, missing: Sequence[str], name: str) -> None:
    """Refuse a model with missing weights, which transformers draws at random, or with NaN.

    Args:
        network: the model.
        missing: names of weights that it should have been saved with, but was not.
        name: of the model, for the message.

    Raises:
        RecipeError: something is missing, or is not a finite number.
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
"""What the libraries raise for a file of weights that was cut short, or is none."""


def fresh_copy() -> str:
    """The way out for damaged weights."""
    return say("Download or save the model again")


def pretrained(kind: Any, name: str, **options: Any) -> Any:
    """``from_pretrained``, quietly, from the packaged folder, a folder, or the hub.

    Raises:
        RecipeError: there is no such model, or it cannot be loaded.
    """
    where = packaged_encoder() if name in PACKAGED_NAMES else model_folder(Path(name))
    quietly()
    try:
        if where.is_dir():
            return kind.from_pretrained(where, local_files_only=True, **options)
        find_model(name)  # the hub would be asked six times, with pauses
        return kind.from_pretrained(name, **options)
    except RecipeError:
        raise
    except Exception as error:  # transformers, safetensors, torch and the hub have no common class for theirs
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
    """No bars and no advice from transformers: a run has its own."""
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def fingerprint(encoder: nn.Module) -> str:
    """Tells one set of base weights from another: an adapter on the wrong base gives nonsense without any error."""
    digest = hashlib.sha256()
    for name, parameter in encoder.named_parameters():
        digest.update(name.encode())
        digest.update(parameter.detach().cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()
