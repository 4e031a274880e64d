"""The Trainer of transformers with its defaults, as a yardstick for speed (bench.py) and accuracy (compare)."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn
from transformers import PreTrainedTokenizerBase

from solutions.recipes.config import FineTune
from solutions.recipes.hardware import Hardware

Rows = list[dict[str, Any]]
"""Examples as the Trainer takes them: ``input_ids`` and ``labels``."""


def rows_of(tokens: Sequence[list[int]], labels: Sequence[Any]) -> Rows:
    """Return examples from token ids and labels."""
    return [{"input_ids": row, "labels": label} for row, label in zip(tokens, labels, strict=True)]


def build_trainer(
    model: nn.Module,
    tokenizer: PreTrainedTokenizerBase,
    training: Rows,
    config: FineTune,
    hardware: Hardware,
    folder: Path | str,
    callbacks: Sequence[Any] = (),
    **options: Any,
) -> Any:
    """Return a Trainer for one epoch: all weights, default settings, texts of similar length in a batch.

    Args:
        model: a classifier of transformers.
        tokenizer: pads the batches.
        training: the examples.
        config: its batch size is used.
        hardware: where to compute, and in which precision.
        folder: the output folder; nothing is saved there.
        callbacks: callbacks of transformers.
        options: further arguments of ``TrainingArguments``.
    """
    from transformers import DataCollatorWithPadding, PrinterCallback, Trainer, TrainingArguments

    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=config.batch_size,
        num_train_epochs=1,
        train_sampling_strategy="group_by_length",
        bf16=hardware.bf16,
        use_cpu=hardware.device.type == "cpu",
        dataloader_pin_memory=hardware.device.type != "cpu",
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        **options,
    )
    collator = DataCollatorWithPadding(tokenizer)
    trainer = Trainer(model, arguments, train_dataset=training, data_collator=collator, callbacks=list(callbacks))
    trainer.remove_callback(PrinterCallback)
    return trainer


def with_the_trainer(config: FineTune) -> dict[str, Any]:
    """Fine-tune with the Trainer on the recipe's own split, and measure the accuracy.

    Args:
        config: data, encoder, learning rate, batch size and seed; method and head do not matter here.

    Returns:
        The result of a run of the recipe, as far as it applies.
    """
    import time

    import torch
    from transformers import AutoModelForSequenceClassification, set_seed

    from solutions.recipes.finetune import prepare_data, versions
    from solutions.recipes.functions import functions
    from solutions.recipes.hardware import find_hardware, processor
    from solutions.recipes.model import load_tokenizer, pretrained
    from solutions.recipes.training import ONLY_IDS

    hardware, data = find_hardware(config), prepare_data(config, functions())
    tokenizer = load_tokenizer(config.model)
    set_seed(config.seed)  # the head is drawn before the Trainer sets the seed itself
    options = {"dtype": torch.float32, "num_labels": len(data.label_names)}
    model = pretrained(AutoModelForSequenceClassification, config.model, **options).to(hardware.device)
    train, validation, test = (
        rows_of(
            tokenizer(part.texts, truncation=True, max_length=config.max_length, **ONLY_IDS)["input_ids"], part.labels
        )
        for part in (data.train, data.validation, data.test)
    )
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(
            model, tokenizer, train, config, hardware, folder, learning_rate=config.learning_rate, seed=config.seed,
            per_device_eval_batch_size=64,
        )  # fmt: skip
        started, cpu_started = time.perf_counter(), time.process_time()
        trainer.train()
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started

        def accuracy(rows: Rows) -> dict[str, float]:
            said = trainer.predict(rows)
            right = float((said.predictions.argmax(-1) == said.label_ids).mean())
            return {"accuracy": right, "standard_error": (right * (1 - right) / len(rows)) ** 0.5, "n": len(rows)}

        measured = {"validation": accuracy(validation), "test": accuracy(test)}
    n = sum(parameter.numel() for parameter in model.parameters())
    return {
        **measured,
        "parameters": {"trainable": n, "total": n, "trainable_ratio": 1.0},
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "texts": {name: data.counts[name] for name in ("train", "validation", "test")},
        "device": str(hardware.device),
        "processor": processor(hardware.device),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "versions": versions(),
    }
