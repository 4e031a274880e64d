"""The memory model of exercise 10, compared with the measured bytes of a training step.

Measured: one model of BERT-base's shape (random weights, or another encoder's shape with ``--model``), float32,
eager attention, dropout 0.1 with masks of one byte, AdamW, texts of full length, as the formula assumes. A first
step with a tiny batch creates the optimizer's moments, a second tiny backward pass the gradients; then the peak is
reset, and a micro-batch of the full size goes forward and backward. So at the peak all four parts exist: weights,
gradients, moments and activations, as in training with gradient accumulation.

On a CPU the bytes are the peak resident memory of this process (see memory.py), minus what it had before the model was
built and after a tiny model had been trained, so that the libraries are loaded. It runs with a C library that gives
every large tensor pages of its own (running.py), so that freed memory is returned. On a GPU they are those of torch's
allocator, without the context of CUDA and the workspace of cuBLAS, which the tiny model has already allocated.

Predicted: the four parts of the formula, and the temporary buffers of one layer. With activation checkpointing, the
activations are the inputs of all layers, 4 bytes for each number, and those stored by the one layer that is being
recomputed.

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
"""Parts of the formula."""
TINY_BATCH = (2, 8)
"""Texts and tokens of the tiny batch."""


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
    """Return the bytes that exercise 10's formula predicts, under the keys of ``training_memory``, plus ``buffers``.

    Args:
        shape: configuration of the encoder.
        method: ``full``, ``lora`` or ``head``.
        n_total: number of all parameters.
        n_train: number of trainable parameters.
        batch: texts of a micro-batch.
        seq: tokens per text.
        checkpointing: whether activation checkpointing is used.
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
    """Return the bytes of the temporary buffers of one layer, in addition to what is stored.

    If the body is trained, they are needed when the backward pass begins: the gradients before and after the activation
    function of the feed-forward part, 2 * 4 B S F. (The attention scores have larger ones, but by then everything that
    the feed-forward part of the layer had stored is free.)

    If it is frozen, nothing is stored, so these buffers are all that the forward pass holds at once. The peak can be at
    two places. In the attention's dropout: the embeddings, the layer's input, queries, keys and values, and the scores
    before and after it with a mask of one byte. In the activation function: the embeddings, inputs of the layer and of
    its feed-forward part, both sides of the function, and the scores, which transformers returns at the end of the
    layer.
    """
    one = 4 * batch * seq * shape.hidden_size
    between = 4 * batch * seq * getattr(shape, "intermediate_size", 4 * shape.hidden_size)
    scores = 4 * batch * shape.num_attention_heads * seq**2
    if differentiated:
        return 2 * between
    return max(5 * one + 2.25 * scores, 3 * one + 2 * between + scores)


def formula(config: FineTune) -> Functions:
    """Return the exercises' functions; with ``--mine`` your ``training_memory``, if it is started."""
    try:
        return functions(config, {"strategy": ("training_memory",)})
    except NothingStarted:
        return functions()


def shape_of(model: str) -> Any:
    """Return the configuration of an encoder; BERT-base's is built in."""
    return BertConfig() if model == BERT_BASE else pretrained(AutoConfig, model)


def build(shape: Any, config: FineTune, hardware: Hardware, checkpointing: bool) -> Classifier:
    """Build an encoder of this shape as the formula describes it, adapted by the method."""
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
        # the older name gives a warning; a version without the newer name gives none
        enable = getattr(bert, "activation_checkpointing_enable", None) or bert.gradient_checkpointing_enable
        enable()
        # transformers makes the embeddings require gradients, which only the re-entrant kind of checkpointing needs:
        # with it, a frozen body would be differentiated for nothing (BERT-base, head alone: 2.5 times the time)
        bert.disable_input_require_grads()
    return model.train()


def step(model: Classifier, batch: int, seq: int) -> None:
    """Run a forward and a backward pass on random words."""
    ids = torch.randint(0, model.config.vocab_size, (batch, seq), device=model.device)
    model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=ids[:, 0] % 2).loss.backward()


def begin(model: Classifier) -> torch.optim.Optimizer:
    """Create the optimizer's moments and the gradients."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-5, fused=True)
    step(model, *TINY_BATCH)
    optimizer.step()
    return optimizer


def measure(config: FineTune, checkpointing: bool, rehearsal: bool = False) -> dict[str, Any]:
    """Run a training step, and measure its memory.

    Args:
        config: method, encoder (its shape), ``batch_size`` texts of ``max_length`` tokens, device.
        checkpointing: whether activation checkpointing is used.
        rehearsal: on a CPU, only run the step, without measuring.

    Returns:
        ``measured_bytes`` (None for a rehearsal on a CPU), ``predicted`` (a dictionary of bytes), ``formula_bytes``
        (the prediction of exercise 10 alone, without buffers), and the machine.

    Raises:
        RecipeError: this system does not report peak resident memory.
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
