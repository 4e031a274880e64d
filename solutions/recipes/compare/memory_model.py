"""The memory model of exercise 10 against the bytes that a training step really takes.

What is measured: one model of BERT-base's shape (random weights, or another encoder's shape with ``--model``), float32,
attention without tricks, dropout 0.1 with masks of one byte, AdamW, texts of full length: what the formula describes.
A first step with a tiny batch makes the optimizer's moments, a second tiny backward pass the gradients; then the
highest value is forgotten, and a micro-batch of the full size goes forward and backward. So at the peak all four parts
are there: weights, gradients, moments and activations, as in training with gradient accumulation.

On a CPU the bytes are the highest resident memory of this process (see memory.py), less what it had before the model
was built and after a tiny model had been trained, so that the libraries are loaded. It runs with a C library that gives
every large tensor pages of its own (running.py), so that what is freed is gone. On a GPU they are those of torch's
allocator, without the context of CUDA and the workspace of cuBLAS, which the tiny model has asked for.

What is predicted are the four parts of the formula, and the buffers that one layer needs for a moment. With activation
checkpointing, the activations are the inputs of all layers, 4 bytes for each number, and what the one layer stores that
is being computed again.

Dimensions: B texts, S tokens, H width, F width between the two feed-forward layers.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, BertConfig

from course.text import say
from solutions import strategy
from solutions.recipes.compare.tables import BERT_BASE
from solutions.recipes.config import FineTune
from solutions.recipes.errors import NothingStarted, RecipeError
from solutions.recipes.finetune import versions
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware, find_hardware, processor
from solutions.recipes.heads import build_head
from solutions.recipes.memory import Memory, can_restart, gpu_dropout
from solutions.recipes.methods import adapt, count
from solutions.recipes.model import Classifier, pretrained

TINY: dict[str, Any] = {
    "hidden_size": 24,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 96,
    "vocab_size": 99,
}
DROPOUT = 0.1
OF_THE_FORMULA = ("weights", "grads", "optimizer", "activations")
"""Its parts."""
TINY_BATCH = (2, 8)
"""Texts and tokens."""


def predicted(
    shape: Any,
    method: str,
    n_total: int,
    n_train: int,
    batch: int,
    seq: int,
    checkpointing: bool,
    training_memory: Callable[..., dict[str, float]] = strategy.training_memory,
) -> dict[str, float]:
    """What the formula of exercise 10 says, in bytes, under the keys of ``training_memory``, with ``buffers`` on top.

    Args:
        shape: configuration of the encoder.
        method: ``full``, ``lora`` or ``head``.
        n_total: parameters.
        n_train: those that are trained.
        batch: texts of a micro-batch.
        seq: tokens of each.
        checkpointing: whether layers are computed twice.
        training_memory: the formula.
    """
    width, layers, heads = shape.hidden_size, shape.num_hidden_layers, shape.num_attention_heads
    per_token = strategy.ACT_PER_TOKEN[method]
    parts = training_memory(n_total, n_train, batch, seq, width, layers, heads, per_token)
    if checkpointing and per_token:
        one = training_memory(n_total, n_train, batch, seq, width, 1, heads, per_token)["activations"]
        parts["activations"] = 4 * layers * batch * seq * width + one
        parts["total"] = sum(parts[name] for name in OF_THE_FORMULA)
    more = buffers(shape, bool(per_token), batch, seq)
    return {**parts, "buffers": more, "total": parts["total"] + more}


def buffers(shape: Any, differentiated: bool, batch: int, seq: int) -> float:
    """Bytes that one layer needs for a moment, on top of what is stored.

    Where the body is trained, they are needed when the backward pass begins: the gradients before and behind the
    activation function of the feed-forward part, 2 * 4 B S F. (The attention scores have larger ones, but by then all
    that the feed-forward part of the layer had stored is free.)

    Where it is frozen, nothing is stored, so they are all that the forward pass has at once. There are two candidates
    for the highest moment. In the attention's dropout: the embeddings, the layer's input, queries, keys and values, and
    the scores before and behind it with a mask of one byte. In the activation function: the embeddings, inputs of the
    layer and of its feed-forward part, both sides of the function, and the scores, which transformers returns at the
    layer's end.
    """
    one = 4 * batch * seq * shape.hidden_size
    between = 4 * batch * seq * getattr(shape, "intermediate_size", 4 * shape.hidden_size)
    scores = 4 * batch * shape.num_attention_heads * seq**2
    if differentiated:
        return 2 * between
    return max(5 * one + 2.25 * scores, 3 * one + 2 * between + scores)


def formula(config: FineTune) -> Functions:
    """The exercises; with ``--mine`` your ``training_memory``, as soon as it is started."""
    try:
        return functions(config, {"strategy": ("training_memory",)})
    except NothingStarted:
        return functions()


def shape_of(model: str) -> Any:
    """The configuration of an encoder; BERT-base's is known."""
    return BertConfig() if model == BERT_BASE else pretrained(AutoConfig, model)


def build(shape: Any, config: FineTune, hardware: Hardware, checkpointing: bool) -> Classifier:
    """An encoder of this shape as the formula describes it, with what the method trains."""
    bert = AutoModel.from_config(shape, dtype=torch.float32, attn_implementation="eager")
    if getattr(bert, "pooler", None) is not None:
        bert.pooler = nn.Identity()
    taken = functions()
    head = build_head(config.head, shape.hidden_size, shape.num_hidden_layers, 2, taken.heads)
    model = Classifier(bert, head, config.task, hardware, all_states=False).to(hardware.device)
    adapt(model, config, hardware, taken)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = DROPOUT
    if checkpointing:
        # its older name warns; where the newer one is not known, the older does not
        enable = getattr(bert, "activation_checkpointing_enable", None) or bert.gradient_checkpointing_enable
        enable()
        # transformers makes the embeddings require gradients, which only the re-entrant kind of checkpointing needs:
        # with it, a frozen body would be differentiated for nothing (BERT-base, head alone: 2.5 times the time)
        bert.disable_input_require_grads()
    return model.train()


def step(model: Classifier, batch: int, seq: int) -> None:
    """Forward and backward with random words."""
    ids = torch.randint(0, model.config.vocab_size, (batch, seq), device=model.device)
    model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=ids[:, 0] % 2).loss.backward()


def begin(model: Classifier) -> torch.optim.Optimizer:
    """Moments and gradients come into being."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-5, fused=True)
    step(model, *TINY_BATCH)
    optimizer.step()
    return optimizer


def measure(config: FineTune, checkpointing: bool, rehearsal: bool = False) -> dict[str, Any]:
    """Take a training step, and watch the memory.

    Args:
        config: method, encoder (its shape), ``batch_size`` texts of ``max_length`` tokens, device.
        checkpointing: whether layers are computed twice.
        rehearsal: on a CPU, only take the step; what it takes there is not asked for.

    Returns:
        ``measured_bytes`` (None for a rehearsal on a CPU), ``predicted`` (a dictionary of bytes), ``formula_bytes``
        (what exercise 10 alone predicts, without buffers), and the machine.

    Raises:
        RecipeError: the highest resident memory cannot be watched on this system.
    """
    config = replace(config, precision="fp32", lora_dropout=DROPOUT)
    hardware = find_hardware(config)
    rehearsal = rehearsal and hardware.device.type != "cuda"
    if hardware.device.type != "cuda" and not (rehearsal or can_restart()):
        raise RecipeError(say("the memory of a step can be measured only on Linux or on a GPU"))
    shape = shape_of(config.model)
    batch, seq = config.batch_size, config.max_length
    if seq > shape.max_position_embeddings:
        raise RecipeError(
            say(
                "{model} has {count} positions, and {needed} are needed. Choose a different --model",
                model=config.model,
                count=shape.max_position_embeddings,
                needed=seq,
            )
        )
    with nullcontext() if hardware.device.type == "cuda" else gpu_dropout():
        begin(build(BertConfig(**TINY), config, hardware, checkpointing))
        memory = Memory(hardware.device)
        model = build(shape, config, hardware, checkpointing)
        optimizer = begin(model)
        memory.restart()
        step(model, batch, seq)
        optimizer.step()
        peak = memory.peak()
    n_total, n_train = count(model), count(model, only_trainable=True)
    taken = formula(config)
    with taken.blame():
        parts = predicted(
            shape, config.method, n_total, n_train, batch, seq, checkpointing, taken.strategy.training_memory
        )
    return {
        **({"mine": {"yours": list(taken.yours), "reference": []}} if taken.yours else {}),
        "measured_bytes": None if rehearsal else peak,
        "predicted": parts,
        "formula_bytes": parts["total"] - parts["buffers"],
        "parameters": {"trainable": n_train, "total": n_total},
        "device": str(hardware.device),
        "processor": processor(),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "versions": versions(),
    }
