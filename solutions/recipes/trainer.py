"""The Trainer of transformers with its defaults, to compare speed (bench.py) and accuracy (compare) with."""

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
    """Return N examples from their token ids and labels."""
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
