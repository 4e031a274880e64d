"""Fine-tuning with the Trainer of transformers, on the texts and the split of the recipe."""

import tempfile
import time
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, set_seed

from solutions.recipes.compare.tfidf import figures
from solutions.recipes.config import FineTune
from solutions.recipes.finetune import prepare_data, versions
from solutions.recipes.functions import functions
from solutions.recipes.hardware import find_hardware, processor
from solutions.recipes.model import load_tokenizer, pretrained
from solutions.recipes.trainer import Rows, build_trainer, rows_of
from solutions.recipes.training import EVALUATION_BATCH, tokenise


def with_trainer(config: FineTune) -> dict[str, Any]:
    """Fine-tune all weights for one epoch with the Trainer, and measure the accuracy.

    Args:
        config: data, encoder, learning rate, batch size and seed; method, head and epochs do not matter here.

    Returns:
        The result of a run of the recipe, as far as it applies.
    """
    hardware, data = find_hardware(config), prepare_data(config, functions())
    tokenizer = load_tokenizer(config.model)
    set_seed(config.seed)  # the head is drawn before the Trainer sets the seed itself
    options = {"dtype": torch.float32, "num_labels": len(data.label_names)}
    model = pretrained(AutoModelForSequenceClassification, config.model, **options).to(hardware.device)
    parts = (tokenise(tokenizer, part, config.max_length) for part in (data.train, data.validation, data.test))
    train, validation, test = (rows_of(part.tokens, part.labels.tolist()) for part in parts)
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(
            model, tokenizer, train, config, hardware, folder, learning_rate=config.learning_rate, seed=config.seed,
            per_device_eval_batch_size=EVALUATION_BATCH,
        )  # fmt: skip
        started, cpu_started = time.perf_counter(), time.process_time()
        trainer.train()
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started

        def accuracy(rows: Rows) -> dict[str, float]:
            said = trainer.predict(rows)
            return figures(float((said.predictions.argmax(-1) == said.label_ids).mean()), len(rows))

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
