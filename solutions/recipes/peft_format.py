"""Adapters in the format of the package peft: ``adapter_config.json`` and ``adapter_model.safetensors``.

They load with ``PeftModel.from_pretrained(base_for_peft(folder), folder)``, head included: the base is the encoder with
a fresh head, which the adapter's file replaces.

Dimensions: d outputs and k inputs of a linear layer, R rank, P virtual tokens.
"""

from typing import Any

import torch
from torch import Tensor, nn

from course.text import say
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.functions import Functions
from solutions.recipes.model import Classifier

ADAPTER_CONFIG, ADAPTER = "adapter_config.json", "adapter_model.safetensors"
ROOT, ROOT_OF_PROMPTS = "base_model.model.", "base_model."
"""Prefixes of peft's names; methods that adapt layers wrap the model once more."""
VECTORS = "front.vectors"
PROMPT = "prompt_embeddings"


def adapter_config(model: Classifier, config: FineTune, base: str) -> dict[str, Any]:
    """Return the content of ``adapter_config.json``."""
    common = {"base_model_name_or_path": base, "inference_mode": True, "peft_version": _version()}
    if config.method == "lora":
        return common | {
            "peft_type": "LORA",
            "task_type": None,
            "r": config.rank,
            "lora_alpha": config.alpha,
            "lora_dropout": config.lora_dropout,
            "target_modules": list(config.targets),
            "modules_to_save": ["classifier"],
            "bias": "none",
        }
    size = model.config
    return common | {
        "peft_type": "PREFIX_TUNING" if config.method == "prefix" else "PROMPT_TUNING",
        "task_type": "SEQ_CLS",
        "num_virtual_tokens": config.virtual_tokens,
        "token_dim": size.hidden_size if config.method == "prefix" else model.front.vectors.shape[1],
        "num_transformer_submodules": 1,
        "num_attention_heads": size.num_attention_heads,
        "num_layers": size.num_hidden_layers,
        **({"encoder_hidden_size": size.hidden_size, "prefix_projection": False} if config.method == "prefix" else {}),
    }


def _version() -> str:
    from importlib.metadata import version

    return version("peft")


def to_peft(model: Classifier, state: dict[str, Tensor], config: FineTune, taken: Functions) -> dict[str, Tensor]:
    """Rename the trained tensors to peft's names."""
    root = ROOT if config.method == "lora" else ROOT_OF_PROMPTS
    head = {f"{root}{name}": tensor for name, tensor in state.items() if name.startswith("classifier.")}
    if config.method != "lora":
        return head | {PROMPT: state[VECTORS]}
    found: dict[str, Tensor] = {}
    for name, module in model.bert.named_modules():
        if any(f".{name}".endswith(f".{target}") for target in config.targets) and trained_matrices(module):
            a, b = factors(module, model, config, taken)
            found |= {f"{ROOT}bert.{name}.lora_A.weight": a, f"{ROOT}bert.{name}.lora_B.weight": b}
    return head | found


def trained_matrices(layer: nn.Module) -> list[nn.Parameter]:
    """Return the two trained matrices of a LoRA layer; an empty list for any other module."""
    own = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    return own if len(own) == 2 and all(parameter.ndim == 2 for parameter in own) else []


@torch.no_grad()
def factors(layer: nn.Module, model: Classifier, config: FineTune, taken: Functions) -> tuple[Tensor, Tensor]:
    """Return A (R, k) and B (d, R) of a LoRA layer, whichever way it stores them, checked against its output.

    Raises:
        StudentError: its update is not (alpha / R) B A.
    """
    first, second = trained_matrices(layer)
    tolerance = 3e-2 if model.hardware.bf16 else 1e-4
    for a, b in ((first, second), (second, first)):
        for a_turned, b_turned in ((x, y) for x in (a, a.T) for y in (b, b.T)):
            if len(a_turned) != config.rank or b_turned.shape[1] != config.rank:
                continue
            probes = torch.eye(a_turned.shape[1], device=a.device)
            update = _update(layer, probes, (first, second), model)
            wanted = config.alpha / config.rank * (b_turned @ a_turned).float()
            if update is None or update.shape != wanted.shape:
                continue
            if (wanted - update).abs().max() <= tolerance * max(
                1e-3, wanted.abs().max().item(), _size(layer, probes, model)
            ):
                return a_turned.cpu().contiguous().clone(), b_turned.cpu().contiguous().clone()
    raise taken.broken_promise(say("the update of LoRALinear is not (alpha / r) B A, so peft cannot load it"), "lora")


def _ask(layer: nn.Module, probes: Tensor, model: Classifier) -> Tensor:
    """Return a layer's output for the k unit vectors, (d, k), without dropout."""
    was_training = layer.training
    layer.eval()
    with model.hardware.forward():
        answers = layer(probes).float().T
    layer.train(was_training)
    return answers


def _size(layer: nn.Module, probes: Tensor, model: Classifier) -> float:
    return float(_ask(layer, probes, model).abs().max())


def _update(
    layer: nn.Module, probes: Tensor, own: tuple[nn.Parameter, nn.Parameter], model: Classifier
) -> Tensor | None:
    """Return the update of a LoRA layer, (d, k): its output minus its output with the factors set to zero."""
    try:
        whole = _ask(layer, probes, model)
    except RuntimeError:  # with a transposed factor, the probes have the wrong width
        return None
    kept = [parameter.detach().clone() for parameter in own]
    for parameter in own:
        parameter.zero_()
    plain = _ask(layer, probes, model)
    for parameter, numbers in zip(own, kept, strict=True):
        parameter.copy_(numbers)
    return whole - plain


def from_peft(tensors: dict[str, Tensor], config: FineTune) -> dict[str, Tensor]:
    """Rename peft's tensors to the reference's names.

    Raises:
        RecipeError: these are not the tensors of such an adapter.
    """
    if config.method != "lora":
        if PROMPT not in tensors:
            raise RecipeError(say("the adapter lacks {name}. Train again", name=PROMPT))
        named = {name.removeprefix(ROOT_OF_PROMPTS): tensor for name, tensor in tensors.items() if name != PROMPT}
        return named | {VECTORS: tensors[PROMPT]}
    return {
        name.removeprefix(ROOT).replace(".lora_A.weight", ".A").replace(".lora_B.weight", ".B"): tensor
        for name, tensor in tensors.items()
    }
