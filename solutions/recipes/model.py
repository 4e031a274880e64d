"""An encoder with a head, and what each method trains of it.

Letters: B texts, T tokens, C width of the encoder, d outputs and k inputs of a linear layer.
"""

import hashlib
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import transformers
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, AutoModel, AutoTokenizer, PreTrainedTokenizerBase
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from solutions.recipes.config import FineTune, Pooling
from solutions.recipes.errors import RecipeError
from solutions.recipes.hardware import Hardware
from solutions.recipes.lora_source import broken_promise
from solutions.recipes.preflight import find_model, packaged_encoder

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


AttentionInterface.register("fp32_sdpa", fp32_attention)
AttentionMaskInterface.register("fp32_sdpa", sdpa_mask)

# --- Encoder and head -------------------------------------------------------------------------------------------------


class Classifier(nn.Module):
    """A pretrained encoder that reads, and a linear head that decides.

    The head sees the mean of the encoder's last hidden states over the tokens of the text (``mean``), or the state of
    the first token (``cls``).
    """

    def __init__(self, encoder: nn.Module, n_labels: int, pooling: Pooling = "mean") -> None:
        """Put a fresh head, drawn from torch's global generator, on an encoder."""
        super().__init__()
        self.encoder = encoder
        self.classifier = nn.Linear(encoder.config.hidden_size, n_labels)
        self.pooling = pooling

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Judge a batch of texts.

        Args:
            ids: (B, T) tokens, filled up with padding.
            mask: (B, T), 1 for a token, 0 for padding. Padding has no influence on the result.

        Returns:
            (B, n_labels), logits.
        """
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state  # (B, T, C)
        if self.pooling == "cls":
            return self.classifier(states[:, 0])
        weights = mask[..., None].to(states.dtype)  # (B, T, 1)
        return self.classifier((states * weights).sum(dim=1) / weights.sum(dim=1))


def load_tokenizer(model: str) -> PreTrainedTokenizerBase:
    """The tokenizer that belongs to a model of this name (see `FineTune.model`)."""
    tokenizer = pretrained(AutoTokenizer, model)
    if tokenizer.pad_token_id is None:
        raise RecipeError(f"the tokenizer of {model} has no padding token, which batches need")
    return tokenizer


def load_classifier(config: FineTune, n_labels: int, hardware: Hardware) -> Classifier:
    """A pretrained encoder in float32 with a fresh head; all of it still trainable.

    The encoder's dropout is off: it would draw a random number for every activation, which takes a CPU longer than the
    activation function itself.
    """
    trap = hardware.device.type == "cpu" and hardware.bf16
    attention = "fp32_sdpa" if trap else "sdpa"
    encoder = pretrained(AutoModel, config.model, dtype=torch.float32, attn_implementation=attention)
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None  # the head replaces it; left in place it would be trained by nothing, and counted
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return Classifier(encoder, n_labels, config.pooling).to(hardware.device)


def pretrained(kind: Any, name: str, **options: Any) -> Any:
    """``from_pretrained``, quietly, from the packaged folder, a folder, or the hub."""
    where = packaged_encoder() if name == "minilm" else Path(name)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        if where.is_dir():
            return kind.from_pretrained(where, local_files_only=True, **options)
        find_model(name)  # the hub would be asked six times, with pauses
        return kind.from_pretrained(name, **options)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise RecipeError(f"no usable model {name!r}: {reason}") from error


def fingerprint(encoder: nn.Module) -> str:
    """Tells one set of base weights from another: an adapter on the wrong base gives nonsense without any error."""
    digest = hashlib.sha256()
    for name, parameter in encoder.named_parameters():
        digest.update(name.encode())
        digest.update(parameter.detach().cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()


# --- Methods ----------------------------------------------------------------------------------------------------------


def adapt(model: Classifier, config: FineTune, lora: ModuleType, hardware: Hardware) -> dict[str, float]:
    """Decide what is trained: LoRA's factors and the head, the head alone, or everything.

    What is frozen is kept in bfloat16 if the matrix products are in bfloat16 anyway: no step has to convert it, and
    since nothing is ever added to it, nothing gets lost. What is trained stays in float32.

    Returns:
        ``trainable``, ``total`` and ``trainable_ratio`` (a fraction of 1); for LoRA also ``lora`` and ``head``.

    Raises:
        RecipeError: no layer has one of the target names.
        StudentError: the functions of your file do not do what they should.
    """
    total, counts = count(model), {}
    if config.method == "lora":
        counts = inject(model, config, lora)
        total += counts["lora"]
        model.to(hardware.device)  # wherever the factors were made
    elif config.method == "head":
        model.encoder.requires_grad_(False)

    trainable = count(model, only_trainable=True)
    if hardware.bf16:
        for parameter in model.parameters():
            if not parameter.requires_grad:
                parameter.data = parameter.data.bfloat16()
    return {"trainable": trainable, "total": total, "trainable_ratio": trainable / total, **counts}


def inject(model: Classifier, config: FineTune, lora: ModuleType) -> dict[str, float]:
    """Put LoRA into the encoder. What is trained then is counted twice: by ``lora_report``, and on the model.

    Returns:
        ``lora`` and ``head``: how many numbers each of them trains.
    """
    shapes = {name: tuple(m.weight.shape) for name, m in model.named_modules() if isinstance(m, nn.Linear)}
    base_params, head_params = count(model), count(model.classifier)
    if not any(f".{name}".endswith(f".{target}") for name in shapes for target in config.targets):
        endings = ", ".join(dict.fromkeys(name.rpartition(".")[2] for name in shapes))
        asked = " or ".join(config.targets)
        raise RecipeError(f"no linear layer of this model is called {asked}. Choose --targets from: {endings}")

    head = ("classifier",)
    replaced = lora.inject_lora(model, config.targets, config.rank, config.alpha, config.lora_dropout, trainable=head)
    if not isinstance(replaced, list) or not replaced or not set(replaced) <= shapes.keys():
        raise broken_promise(config.mine, f"inject_lora must return the replaced names, not {replaced!r}")

    adapted = [shapes[name] for name in replaced]
    report = lora.lora_report(adapted, config.rank, head_params=head_params, base_params=base_params)
    trainable = count(model, only_trainable=True)
    found = {"trainable": trainable, "lora_params": trainable - head_params}
    if not isinstance(report, dict) or any(report.get(name) != n for name, n in found.items()):
        raise broken_promise(config.mine, f"lora_report says {report}, but in the model there are {found}")
    return {"lora": found["lora_params"], "head": head_params}


def count(module: nn.Module, only_trainable: bool = False) -> int:
    """How many numbers a module holds, a shared tensor once."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not only_trainable)


def trained_state(model: Classifier, config: FineTune, lora: ModuleType) -> dict[str, Tensor]:
    """What has to be saved: the factors and the head, the head alone, or everything."""
    if config.method == "lora":
        state = lora.lora_state_dict(model)
        if not isinstance(state, dict) or not all(isinstance(tensor, Tensor) for tensor in state.values()):
            raise broken_promise(
                config.mine, f"lora_state_dict must return names and tensors, not {type(state).__name__}"
            )
    elif config.method == "head":
        state = {f"classifier.{name}": tensor for name, tensor in model.classifier.state_dict().items()}
    else:
        state = model.state_dict()
    return {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}


def load_trained_state(model: Classifier, config: FineTune, lora: ModuleType, state: dict[str, Tensor]) -> None:
    """Put what `trained_state` returned into a fresh model that was adapted by the same configuration."""
    if config.method == "lora":
        lora.load_lora_state_dict(model, state)
    elif config.method == "head":
        model.classifier.load_state_dict({name.removeprefix("classifier."): state[name] for name in state})
    else:
        model.load_state_dict(state)
