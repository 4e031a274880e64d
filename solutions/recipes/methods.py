"""Preparation of a model for each method: it sets ``requires_grad``, and adds the method's parts.

Dimensions: C width of the encoder, d outputs and k inputs of a linear layer.
"""

from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn

from course.text import say
from solutions.recipes.config import FROZEN_ENCODER, FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.fronts import Prefix, Prompt
from solutions.recipes.functions import Functions, functions, short
from solutions.recipes.hardware import Hardware
from solutions.recipes.model import Classifier
from solutions.recipes.team import parted, whole

COUNT_FROM_TWO = ("roberta", "camembert", "xlm-roberta")
"""Models whose positions are numbered from 2: they have two positions fewer than their tables."""
FOR_ANY_MODEL = ("lora", "full", "head")
"""Methods that need no particular structure (except that lora needs linear layers)."""
FEWEST_TOKENS = 4
"""Minimum number of tokens: [CLS], [SEP] and two words."""


def adapt(model: Classifier, config: FineTune, hardware: Hardware, taken: Functions | None = None) -> dict[str, float]:
    """Freeze what the method does not train, and add the method's parts to the model.

    Frozen weights are kept in bfloat16 if the matrix products are in bfloat16 anyway: no step has to convert them, and
    since nothing is ever added to them, no precision is lost. Trained weights stay in float32.

    Returns:
        ``trainable``, ``total``, ``trainable_ratio`` (a fraction of 1), ``head``, and ``added`` by the method.

    Raises:
        RecipeError: the method does not fit the model.
        StudentError: the functions of your files do not do what they should.
    """
    taken = taken or functions()
    before = count(model)
    if config.reinit or config.method == "top" or config.layer_decay < 1 or config.head_learning_rate is not None:
        _demand_layers(model, config)
    if config.reinit:
        taken.optimization.reinit_top_layers(model, config.reinit)
    match config.method:
        case "lora":
            inject(model, config, taken)
        case "adapter":
            insert_adapters(model, config, taken)
        case "prefix" | "prompt":
            put_in_front(model, config, taken)
        case "top":
            taken.basics.set_trainable(model, "top", n_top=config.top_layers)
        case "head" | "full" | "scratch" if not hasattr(getattr(model.bert, "encoder", None), "layer"):
            model.bert.requires_grad_(config.method != "head")  # a GPT lacks the parts that exercise-1 looks for
        case "head":
            taken.basics.set_trainable(model, "head")
        case _:
            taken.basics.set_trainable(model, "full")
    model.to(hardware.device)  # the new parts can be on another device

    if hardware.bf16:
        for parameter in model.parameters():
            if not parameter.requires_grad:
                parameter.data = parameter.data.bfloat16()
    numbers = taken.basics.count_parameters(model)
    trainable, total = count(model, only_trainable=True), count(model)
    if (int(numbers["trainable"]), int(numbers["total"])) != (trainable, total):
        message = say(
            "count_parameters says {numbers}, but the model has {total}, of which {trainable} are trainable",
            numbers=short(repr(numbers)),
            total=total,
            trainable=trainable,
        )
        raise taken.broken_promise(message, "basics")
    return {
        "trainable": trainable,
        "total": total,
        "trainable_ratio": trainable / total,
        "head": count(model.classifier),
        "added": total - before,
    }


def _demand_layers(model: Classifier, config: FineTune) -> None:
    """Refuse a model without the parts of a BERT, or without enough layers, if functions look for them."""
    layers = getattr(getattr(model.bert, "encoder", None), "layer", None)
    if layers is None or not hasattr(model.bert, "embeddings"):
        asked = {
            f"--method {config.method}": config.method in ("top", "adapter"),
            "--reinit": bool(config.reinit),
            "--layer-decay": config.layer_decay < 1,
            "--head-lr": config.head_learning_rate is not None,
        }
        raise _needs_bert(model, config, ", ".join(name for name, used in asked.items() if used))
    for option, n in (("top-layers", config.top_layers if config.method == "top" else 0), ("reinit", config.reinit)):
        if n > len(layers):
            raise RecipeError(
                say(
                    "--{option} {n} is more than the {count} layers of {model}",
                    option=option,
                    n=n,
                    count=len(layers),
                    model=config.model,
                )
            )


def _needs_bert(model: Classifier, config: FineTune, asked: str) -> RecipeError:
    """Return the error for a model of another architecture, with the methods that work for it."""
    if any(isinstance(module, nn.Linear) for module in model.bert.modules()):
        works = ", ".join(f"--method {name}" for name in FOR_ANY_MODEL)
    else:
        works = ", ".join(f"--method {name}" for name in FOR_ANY_MODEL if name != "lora")
    return RecipeError(
        say(
            "{asked} needs an encoder of BERT's structure (embeddings, encoder.layer), and {model} ({kind}) has a "
            "different one. What works with it: {works}",
            asked=asked,
            model=config.model,
            kind=type(model.bert).__name__,
            works=works,
        )
    )


def inject(model: Classifier, config: FineTune, taken: Functions) -> None:
    """Put LoRA into the encoder. Trained parameters are counted twice: by ``lora_report``, and on the model."""
    shapes = {name: tuple(m.weight.shape) for name, m in model.bert.named_modules() if isinstance(m, nn.Linear)}
    shapes = {f"bert.{name}": shape for name, shape in shapes.items()}
    base_params, head_params = count(model), count(model.classifier)
    if not shapes:
        raise RecipeError(
            say(
                "--method lora adapts linear layers (nn.Linear), and {model} ({kind}) has none. "
                "Use --method full or head",
                model=config.model,
                kind=type(model.bert).__name__,
            )
        )
    absent = [one for one in config.targets if not any(f".{name}".endswith(f".{one}") for name in shapes)]
    if absent:
        endings = ", ".join(dict.fromkeys(name.rpartition(".")[2] for name in shapes))
        asked = reduce(lambda one, other: say("{one} or {other}", one=one, other=other), absent)
        raise RecipeError(
            say(
                "no linear layer of this model is called {asked}. Choose --targets from: {endings}",
                asked=asked,
                endings=endings,
            )
        )

    replaced = taken.lora.inject_lora(
        model, config.targets, config.rank, config.alpha, config.lora_dropout, trainable=("classifier",)
    )
    if not isinstance(replaced, list) or not replaced or not set(replaced) <= shapes.keys():
        raise taken.broken_promise(
            say("inject_lora must return the replaced names, not {replaced}", replaced=short(repr(replaced))), "lora"
        )

    adapted = [shapes[name] for name in replaced]
    report = taken.lora.lora_report(adapted, config.rank, head_params=head_params, base_params=base_params)
    trainable = count(model, only_trainable=True)
    found = {"trainable": trainable, "lora_params": trainable - head_params}
    if not isinstance(report, dict) or any(report.get(name) != n for name, n in found.items()):
        raise taken.broken_promise(
            say("lora_report says {report}, but the model has {found}", report=short(repr(report)), found=found), "lora"
        )


class Adapted(nn.Module):
    """A frozen linear layer with an adapter behind it."""

    def __init__(self, base: nn.Module, adapter: nn.Module) -> None:
        """Keep the layer and the adapter."""
        super().__init__()
        self.base, self.adapter = base, adapter

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer, then the adapter."""
        return self.adapter(self.base(x))


def insert_adapters(model: Classifier, config: FineTune, taken: Functions) -> None:
    """Put two bottleneck adapters into every layer, after attention and after the feed-forward part (Houlsby 2019)."""
    _demand_layers(model, config)
    model.bert.requires_grad_(False)
    bert: Any = model.bert
    for layer in bert.encoder.layer:
        for part in (layer.attention.output, layer.output):
            if not isinstance(getattr(part, "dense", None), nn.Linear):
                raise RecipeError(
                    say(
                        "{model} does not have layers structured as in BERT, which --method adapter needs. Use "
                        "--method lora or full",
                        model=config.model,
                    )
                )
            part.dense = Adapted(part.dense, taken.lora.BottleneckAdapter(part.dense.out_features, config.bottleneck))
    _check_count(model, config, taken, model.config.hidden_size, bottleneck=config.bottleneck)


def put_in_front(model: Classifier, config: FineTune, taken: Functions) -> None:
    """Put virtual tokens in front of the words, or in front of every layer's keys and values."""
    model.bert.requires_grad_(False)
    model.front = (Prefix if config.method == "prefix" else Prompt)(model.bert, config.virtual_tokens)
    model.n_skipped = config.virtual_tokens if config.method == "prompt" else 0
    if not _front_is_read(model):
        raise _needs_bert(model, config, f"--method {config.method}")
    width = model.front.vectors.shape[1] if config.method == "prompt" else model.config.hidden_size
    _check_count(model, config, taken, width, n_virtual=config.virtual_tokens)


@torch.no_grad()
def _front_is_read(model: Classifier) -> bool:
    """Return whether the encoder accepts virtual tokens, and its output depends on them."""
    ids = torch.ones(1, FEWEST_TOKENS, dtype=torch.long, device=model.device)
    front: Any = model.front
    was_training = model.training
    model.eval()
    try:
        one = model(ids, torch.ones_like(ids)).logits
        front.vectors.mul_(2)
        other = model(ids, torch.ones_like(ids)).logits
        front.vectors.div_(2)
    except (TypeError, ValueError, AttributeError, RuntimeError, IndexError, KeyError):
        return False
    finally:
        model.train(was_training)
    return not torch.equal(one, other)


def longest_text(model: Classifier, config: FineTune) -> int:
    """Return the number of tokens that a text can have: as many as were asked for, if the model has positions for them.

    Raises:
        RecipeError: virtual tokens take all positions.
    """
    room = getattr(model.config, "max_position_embeddings", None)
    if room is None:
        return config.max_length
    if str(model.config.model_type) in COUNT_FROM_TWO:
        room -= 2
    left = room - (config.virtual_tokens if config.method in ("prefix", "prompt") else 0)
    if left < FEWEST_TOKENS:
        raise RecipeError(
            say(
                ("--virtual-tokens {n} leaves no room for words: there are {room} positions. Use fewer virtual tokens"),
                n=config.virtual_tokens,
                room=room,
            )
        )
    return min(config.max_length, left)


def _check_count(model: Classifier, config: FineTune, taken: Functions, width: int, **sizes: int) -> None:
    """Check that the trained parameters outside the head are as many as ``peft_param_count`` says."""
    said = taken.lora.peft_param_count(config.method, d=width, n_layers=model.config.num_hidden_layers, **sizes)
    found = count(model, only_trainable=True) - count(model.classifier)
    if said != found:
        raise taken.broken_promise(
            say("peft_param_count says {said}, but {found} parameters are trained", said=short(str(said)), found=found),
            "lora",
        )


def count(module: nn.Module, only_trainable: bool = False) -> int:
    """Count the numbers of a module, each shared tensor once."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not only_trainable)


def trained_state(model: Classifier, config: FineTune, taken: Functions | None = None) -> dict[str, Tensor]:
    """Return the tensors to save: all of them if the encoder has changed, otherwise those that were trained."""
    parted(model)
    if config.method not in FROZEN_ENCODER:
        state = model.state_dict()
    elif config.method == "lora":
        taken = taken or functions()
        state = taken.lora.lora_state_dict(model)
        if not isinstance(state, dict) or not all(isinstance(tensor, Tensor) for tensor in state.values()):
            kind = type(state).__name__
            message = say("lora_state_dict must return names and tensors, not {kind}", kind=kind)
            raise taken.broken_promise(message, "lora")
    else:
        state = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        state |= {f"classifier.{name}": tensor for name, tensor in model.classifier.state_dict().items()}
    return {name: whole(tensor.detach()).cpu().clone().contiguous() for name, tensor in state.items()}


def load_trained_state(
    model: Classifier, config: FineTune, state: dict[str, Tensor], taken: Functions | None = None
) -> None:
    """Load the tensors of `trained_state` into a fresh model that was adapted by the same configuration.

    Raises:
        RecipeError: the tensors do not belong to this model.
    """
    try:
        if config.method == "lora":
            (taken or functions()).lora.load_lora_state_dict(model, state)
            return
        missing, foreign = model.load_state_dict(state, strict=config.method not in FROZEN_ENCODER)
        own = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
        if foreign or own & set(missing):
            raise KeyError(
                say(
                    "missing {missing}, unexpected {unexpected}",
                    missing=sorted(own & set(missing)),
                    unexpected=sorted(foreign),
                )
            )
    except (KeyError, RuntimeError) as error:
        if taken is not None and taken.files:
            raise
        reason = str(error).splitlines()[0]
        raise RecipeError(
            say("the saved weights do not match their model: {reason}. Train again", reason=reason)
        ) from error
