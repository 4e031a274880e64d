"""Adapters in the format of the package peft: ``adapter_config.json`` and ``adapter_model.safetensors``.

They load with ``PeftModel.from_pretrained(base_for_peft(folder), folder)``, head included: the base is the encoder with
a fresh head, which the adapter's file replaces.

Letters: d outputs and k inputs of a linear layer, R rank, P virtual tokens.
"""

from typing import Any

import torch
from torch import Tensor, nn

from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.functions import Functions
from solutions.recipes.model import Classifier

ADAPTER_CONFIG, ADAPTER = "adapter_config.json", "adapter_model.safetensors"
IN_PEFT = ("lora", "prefix", "prompt")
"""Methods that peft knows. Its own adapters are of another design than Houlsby's."""
ROOT = "base_model.model."
VECTORS = "front.vectors"
PROMPT = "prompt_embeddings"


def adapter_config(model: Classifier, config: FineTune, base: str) -> dict[str, Any]:
    """What peft needs to know."""
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
        "token_dim": size.hidden_size,
        "num_transformer_submodules": 1,
        "num_attention_heads": size.num_attention_heads,
        "num_layers": size.num_hidden_layers,
        **({"encoder_hidden_size": size.hidden_size, "prefix_projection": False} if config.method == "prefix" else {}),
    }


def _version() -> str:
    from importlib.metadata import version

    return version("peft")


def to_peft(model: Classifier, state: dict[str, Tensor], config: FineTune, taken: Functions) -> dict[str, Tensor]:
    """Rename what was trained as peft calls it."""
    head = {f"{ROOT}{name}": tensor for name, tensor in state.items() if name.startswith("classifier.")}
    if config.method != "lora":
        return head | {PROMPT: state[VECTORS]}
    found: dict[str, Tensor] = {}
    for name, module in model.bert.named_modules():
        if any(f".{name}".endswith(f".{target}") for target in config.targets) and _is_adapted(module):
            a, b = factors(module, config, taken)
            found |= {f"{ROOT}bert.{name}.lora_A.weight": a, f"{ROOT}bert.{name}.lora_B.weight": b}
    return head | found


def _is_adapted(module: nn.Module) -> bool:
    """Whether a module is a LoRA layer: a frozen linear layer, and two trained matrices somewhere in it."""
    own = [parameter for parameter in module.parameters() if parameter.requires_grad]
    return len(own) == 2 and all(p.ndim == 2 for p in own) and frozen_linear(module) is not None


def frozen_linear(module: nn.Module) -> nn.Linear | None:
    """The wrapped layer: the largest frozen linear layer in a module."""
    found = [m for m in module.modules() if isinstance(m, nn.Linear) and not m.weight.requires_grad]
    return max(found, key=lambda m: m.weight.numel(), default=None)


@torch.no_grad()
def factors(layer: nn.Module, config: FineTune, taken: Functions) -> tuple[Tensor, Tensor]:
    """A (R, k) and B (d, R) of a LoRA layer, however it is written; what counts is what it computes.

    Raises:
        StudentError: its update is not (alpha / R) B A.
    """
    base = frozen_linear(layer)
    assert base is not None
    d, k = base.weight.shape
    update = _update(layer, base)
    first, second = (p.float() for p in layer.parameters() if p.requires_grad)
    for a, b in ((first, second), (second, first)):
        for a_turned in (a, a.T):
            for b_turned in (b, b.T):
                if a_turned.shape != (config.rank, k) or b_turned.shape != (d, config.rank):
                    continue
                wanted = config.alpha / config.rank * (b_turned @ a_turned)
                if torch.allclose(wanted, update, rtol=1e-4, atol=1e-5 * max(1e-3, update.abs().max().item())):
                    return tuple(one.detach().cpu().contiguous().clone() for one in (a_turned, b_turned))
    raise taken.broken_promise("the update of LoRALinear is not (alpha / r) B A, so peft cannot load it", "lora")


def _update(layer: nn.Module, base: nn.Linear) -> Tensor:
    """(d, k), what a LoRA layer adds to its frozen weight: that is taken out for the moment, and the layer asked."""
    was_training, kept = layer.training, [(one, one.data) for one in base.parameters()]
    layer.eval()
    try:
        for one, data in kept:
            one.data = torch.zeros_like(data, dtype=torch.float32)
        return layer(torch.eye(base.in_features, device=base.weight.device)).T
    finally:
        for one, data in kept:
            one.data = data
        layer.train(was_training)


def from_peft(tensors: dict[str, Tensor], config: FineTune) -> dict[str, Tensor]:
    """The names that the reference gives what was trained.

    Raises:
        RecipeError: these are not the tensors of such an adapter.
    """
    if config.method != "lora":
        if PROMPT not in tensors:
            raise RecipeError(f"the adapter lacks {PROMPT}")
        named = {name.removeprefix(ROOT): tensor for name, tensor in tensors.items() if name != PROMPT}
        return named | {VECTORS: tensors[PROMPT]}
    return {
        name.removeprefix(ROOT).replace(".lora_A.weight", ".A").replace(".lora_B.weight", ".B"): tensor
        for name, tensor in tensors.items()
    }
