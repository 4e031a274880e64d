"""Language models: an encoder with a head that fills in tokens, or a decoder that generates text.

Dimensions: B rows in a batch, T tokens, C width, V size of the vocabulary, N positions to predict.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from course.text import say
from solutions.recipes.errors import RecipeError
from solutions.recipes.functions import Functions
from solutions.recipes.hardware import Hardware
from solutions.recipes.model import attention_for, demand_room, demand_whole, own_tokenizer, pretrained
from solutions.recipes.pretrain.config import PreTrain

SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
FEWEST_POSITIONS = 64
"""Minimum number of positions of a model from scratch: room for the examples, even if the blocks are shorter."""
ALPHABET = 1000
"""Maximum number of letters that can begin a word; rarer ones are unknown."""
TRANSFORM = "cls.predictions.transform"
"""Name of the layer between the encoder and the word table in BERT's masked language model."""

# --- Vocabulary -------------------------------------------------------------------------------------------------------


def train_tokenizer(config: PreTrain, texts: list[str]) -> PreTrainedTokenizerFast:
    """Learn a WordPiece vocabulary, lower case, as BERT's; accents are kept if they distinguish words.

    The same texts give the same vocabulary: by itself, the trainer numbers the pieces inside a word in the order of a
    hash table, which differs from run to run, and these numbers decide between equally frequent pieces. So they are
    numbered here, beforehand.

    Args:
        config: gives the sizes of the vocabulary and of the blocks.
        texts: the training texts only.
    """
    accents = not accents_are_latin(texts)
    learning = _word_pieces(models.WordPiece(unk_token=SPECIAL["unk"]), accents)
    letters = sorted({letter for text in texts for letter in learning.normalizer.normalize_str(text)})
    inside = [f"##{letter}" for letter in letters if not letter.isspace() and not _stands_alone(letter)]
    first = [*SPECIAL.values(), *inside]
    n_letters = len(first) + min(len(letters), ALPHABET)
    if config.vocab_size < n_letters:
        raise RecipeError(
            say(
                "--vocab-size {size} is too small: the characters of these texts alone take {count}. Use a larger one",
                size=config.vocab_size,
                count=n_letters,
            )
        )
    trainer = trainers.WordPieceTrainer(
        vocab_size=config.vocab_size, special_tokens=first, limit_alphabet=ALPHABET, show_progress=False
    )
    learning.train_from_iterator(texts, trainer)
    tokenizer = _word_pieces(models.WordPiece(learning.get_vocab(), unk_token=SPECIAL["unk"]), accents)
    begin, end = (tokenizer.token_to_id(SPECIAL[name]) for name in ("cls", "sep"))
    if config.objective == "mlm":
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", begin), ("[SEP]", end)],
        )
    ends = {"bos_token": SPECIAL["cls"], "eos_token": SPECIAL["sep"]} if config.objective == "clm" else {}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max(config.block, FEWEST_POSITIONS),
        model_input_names=["input_ids", "token_type_ids", "attention_mask"][:: 1 if config.objective == "mlm" else 2],
        **{f"{name}_token": token for name, token in SPECIAL.items()},
        **ends,
    )


def accents_are_latin(texts: Iterable[str]) -> bool:
    """Return whether the marks that BERT would drop as accents are mostly on Latin letters.

    Elsewhere such a mark makes a different letter, or is a letter itself: the voicing marks of kana, the vowels of
    Devanagari and Thai, the breve that makes an i of Russian a j. (Hangul would fall apart.)

    >>> accents_are_latin(["a café"]), accents_are_latin(["ガラスが"]), accents_are_latin(["plain"])
    (True, False, True)
    """
    counted = Counter[str]()
    for text in texts:
        counted.update(text)
    latin = others = 0
    for letter, n in counted.items():
        taken_apart = unicodedata.normalize("NFD", letter)
        if letter.isascii() or (taken_apart == letter and unicodedata.category(letter) != "Mn"):
            continue
        if unicodedata.name(taken_apart[0], "").startswith(("LATIN", "COMBINING")):
            latin += n
        else:
            others += n
    return others <= latin


def _word_pieces(model: models.WordPiece, accents: bool) -> Tokenizer:
    """Return a tokenizer that splits words and punctuation as BERT does."""
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=not accents)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def _stands_alone(letter: str) -> bool:
    """Return whether BERT makes a letter a word of its own: punctuation, other signs of ASCII, Chinese characters."""
    sign = unicodedata.category(letter).startswith("P") or (letter.isascii() and not letter.isalnum())
    return sign or "\u4e00" <= letter <= "\u9fff"


def load_tokenizer(where: str, objective: str) -> PreTrainedTokenizerBase:
    """Load the tokenizer of a model.

    Raises:
        RecipeError: it cannot be found, or has no [MASK] where one is needed.
    """
    tokenizer = own_tokenizer(where)
    if objective == "mlm" and tokenizer.mask_token_id is None:
        raise RecipeError(
            say("the tokenizer of {model} has no mask token. Use an encoder, or --objective clm", model=where)
        )
    return tokenizer


# --- Model ------------------------------------------------------------------------------------------------------------


class LanguageModel(nn.Module):
    """A model of transformers that predicts at some positions only, and computes the loss.

    The product with the whole vocabulary costs V * C multiplications per position, for the embedded encoder more than
    all its layers together. So the head runs only at the positions to predict.
    """

    def __init__(self, network: nn.Module, config: PreTrain, hardware: Hardware, taken: Functions) -> None:
        """Wrap a model without changing it.

        Args:
            network: a model of transformers with a language model's head.
            config: selects the objective.
            hardware: gives the precision of the forward pass.
            taken: the exercises' functions, for the losses.
        """
        super().__init__()
        self.network, self.hardware, self.taken = network, hardware, taken
        self.causal, self.nsp = config.objective == "clm", config.nsp

    def forward(
        self,
        input_ids: Tensor,
        labels: Tensor,
        positions: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        next_labels: Tensor | None = None,
    ) -> SimpleNamespace:
        """Predict, and compute the loss.

        Args:
            input_ids: (B, T)
            labels: (N,) right tokens at the positions; for a causal model, the token after each.
            positions: (N,) indices of the tokens to predict in the flattened batch.
            attention_mask: (B, T); None means that nothing is padding.
            token_type_ids: (B, T); 1 in the second sentence.
            next_labels: (B,) 0 if the second sentence follows the first, as transformers numbers it.

        Returns:
            ``logits`` (N, V) in float32, their mean ``loss`` (plus that of the sentence pairs), and for pairs
            ``next_logits`` (B, 2).
        """
        inputs = {"attention_mask": attention_mask, "token_type_ids": token_type_ids}
        inputs = {"input_ids": input_ids, **{name: one for name, one in inputs.items() if one is not None}}
        objectives = self.taken.objectives
        if self.causal:
            if self.hardware.device.type != "cpu":  # without a mask, the CPU would wait to see whether texts are packed
                inputs.setdefault("attention_mask", torch.ones_like(input_ids))
            with self.hardware.forward():
                every = self.network(**inputs, use_cache=False).logits
            every = every.float()
            loss = objectives.clm_loss(every, input_ids, attention_mask)
            return SimpleNamespace(logits=every.flatten(0, 1)[positions], loss=loss, next_logits=None)
        with self.hardware.forward():
            logits, next_logits = self._at(positions, inputs)
        logits = logits.float()
        loss = objectives.mlm_loss(logits[None], labels[None])
        if next_logits is not None and next_labels is not None:
            loss = loss + F.cross_entropy(next_logits.float(), next_labels)
        return SimpleNamespace(logits=logits, loss=loss, next_logits=next_logits)

    def _at(self, positions: Tensor, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor | None]:
        """Return the head's logits at some positions, and the logits of the sentence pairs."""
        network: Any = self.network
        if hasattr(network, "cls") and hasattr(network, "bert"):
            output = network.bert(**inputs)
            states = output.last_hidden_state.flatten(0, 1)[positions]
            pairs = network.cls.seq_relationship(output.pooler_output) if self.nsp else None
            return network.cls.predictions(states), pairs
        if hasattr(network, "lm_head") and hasattr(network, "roberta"):
            states = network.roberta(**inputs).last_hidden_state.flatten(0, 1)[positions]
            return network.lm_head(states), None
        return network(**inputs).logits.flatten(0, 1)[positions], None  # an architecture whose head is unknown

    def everywhere(self, input_ids: Tensor) -> Tensor:
        """Return the logits at every position of one text, (1, T) -> (T, V), float32 on the CPU."""
        with torch.no_grad(), self.hardware.forward():
            output = self.network(input_ids.to(self.hardware.device))
        logits = output.prediction_logits if hasattr(output, "prediction_logits") else output.logits
        return logits[0].float().cpu()


def build(
    config: PreTrain, tokenizer: PreTrainedTokenizerBase, hardware: Hardware, taken: Functions, frequencies: Tensor
) -> tuple[LanguageModel, list[str]]:
    """Create the model, or load it; dropout is off (see ``load_classifier``).

    A new head first predicts the frequency of every token (``frequencies`` becomes its bias), whatever its input:
    training would arrive there anyway, in its first hundred steps.

    Args:
        config: selects the start.
        tokenizer: its vocabulary is the model's.
        hardware: device and precision.
        taken: the exercises' functions, for the losses.
        frequencies: (V,) logarithms of the frequencies.

    Returns:
        The model, and the names of weights that were missing from a loaded model.
    """
    options = {"attn_implementation": attention_for(hardware)}
    network: Any
    if config.from_scratch:
        network, missing = from_scratch(config, tokenizer, options), []
    else:
        network, missing = loaded(config, options)
    demand_room(tokenizer, network, str(config.start))
    if config.objective == "mlm" and (config.from_scratch or any(one.startswith(TRANSFORM) for one in missing)):
        renew_head(network, frequencies, identity=not config.from_scratch)
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    if config.objective == "clm":
        refuse_bidirectional(network, str(config.start), len(tokenizer))
    return LanguageModel(network, config, hardware, taken).to(hardware.device), missing


def from_scratch(config: PreTrain, tokenizer: PreTrainedTokenizerBase, options: dict[str, Any]) -> nn.Module:
    """Create a small BERT or GPT-2 with random weights, drawn from torch's global generator."""
    positions = max(config.block, FEWEST_POSITIONS)
    if config.objective == "clm":
        shape = GPT2Config(
            vocab_size=len(tokenizer), n_positions=positions, n_embd=config.width, n_layer=config.layers,
            n_head=config.heads, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        return GPT2LMHeadModel._from_config(shape, **options)
    kind = BertForPreTraining if config.nsp else BertForMaskedLM
    return kind._from_config(
        BertConfig(
            vocab_size=len(tokenizer), max_position_embeddings=positions, hidden_size=config.width,
            num_hidden_layers=config.layers, num_attention_heads=config.heads, intermediate_size=4 * config.width,
            pad_token_id=tokenizer.pad_token_id,
        ),
        **options,
    )  # fmt: skip


def loaded(config: PreTrain, options: dict[str, Any]) -> tuple[nn.Module, list[str]]:
    """Load a model from the package, a folder or the hub, in float32."""
    kind = AutoModelForCausalLM if config.objective == "clm" else AutoModelForMaskedLM
    network, about = pretrained(kind, str(config.start), dtype=torch.float32, output_loading_info=True, **options)
    room = getattr(network.config, "max_position_embeddings", None)
    if room is not None and room < config.block:
        raise RecipeError(
            say(
                "{model} has {count} positions: --block {block} is too long",
                model=config.start,
                count=room,
                block=config.block,
            )
        )
    missing = sorted(about["missing_keys"])
    inside = f"{network.base_model_prefix}."  # a new head can be needed, but never a new layer
    demand_whole(network, [one for one in missing if one.startswith(inside) and "pooler" not in one], str(config.start))
    return network, missing


def renew_head(network: Any, frequencies: Tensor, identity: bool) -> None:
    """Initialise a new head close to where training would lead, at no cost.

    Args:
        network: a BERT with a head for masked language modelling, tied to its word table.
        frequencies: (V,) logarithms of the frequencies, for the bias.
        identity: whether the new layer starts as the identity (except for its activation function).
    """
    head = network.cls.predictions
    with torch.no_grad():
        head.bias[: len(frequencies)] = frequencies
        if identity:
            nn.init.eye_(head.transform.dense.weight)
            nn.init.zeros_(head.transform.dense.bias)


def refuse_bidirectional(network: Any, name: str, vocab_size: int) -> None:
    """Refuse a causal model that sees the tokens to predict.

    Raises:
        RecipeError: its output at a position changes with the token after it.
    """
    ids = torch.arange(8) % vocab_size
    other = ids.clone()
    other[-1] = (ids[-1] + 1) % vocab_size
    with torch.no_grad():
        one, two = (network.eval()(row[None]).logits[0, :-1] for row in (ids, other))
    network.train()
    if not torch.allclose(one, two, atol=1e-4):
        raise RecipeError(
            say("{model} sees the next token, so it cannot learn to predict it. Use --objective mlm", model=name)
        )


# --- Saved ------------------------------------------------------------------------------------------------------------


def reload(out: Path, objective: str) -> nn.Module:
    """Load a saved model as any user would."""
    kind = AutoModelForCausalLM if objective == "clm" else AutoModelForMaskedLM
    network: nn.Module = pretrained(kind, str(out), dtype=torch.float32)
    return network.eval()
