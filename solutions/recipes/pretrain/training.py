"""Pre-training, step by step: the loop of training.py, with other batches and a regular look at examples."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from course.text import say
from solutions.recipes.functions import Functions
from solutions.recipes.hardware import Hardware
from solutions.recipes.journal import Journal
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.data import FINAL, Batches, ends, to
from solutions.recipes.pretrain.model import LanguageModel
from solutions.recipes.training import OnStep, Saving, Trained, Training, ahead

MASKED = (
    "this movie was absolutely [MASK].",
    "the acting is [MASK] and the plot makes no sense.",
    "i [MASK] every minute of this film.",
    "the capital of france is [MASK].",
)
"""Sentences for every look; reviews do not teach the last one."""
BEGUN = ("the film", "i was", "the actors")
"""Prompts for a causal model; each look samples with the same random numbers."""
BEST = 5
"""Number of guesses per [MASK]."""
WRITTEN, TEMPERATURE, TOP_K = 24, 0.8, 40
"""Number of sampled tokens, and the sampling parameters."""

LARGEST, SAME_LOSS = 500.0, 1e-2
"""A perplexity is checked against the mean loss if the loss is below the first number; the second is the tolerance."""

Example = dict[str, Any]
"""``{"text": ..., "guesses": [[token, probability], ...]}``, or ``{"prompt": ..., "text": ...}``."""


@dataclass(frozen=True)
class Rows:
    """The number of texts from which training.py counts its epochs."""

    tokens: list[list[int]]


class Predictions(Journal):
    """A journal whose steps count predicted tokens, where fine-tuning counts texts."""

    def write(self, **line: Any) -> None:
        """Add a line."""
        super().write(**{"predictions" if name == "texts" else name: value for name, value in line.items()})


class PreTraining(Training):
    """A pre-training in progress. In place of an epoch, it has the steps between two evaluations."""

    def __init__(
        self,
        model: LanguageModel,
        batches: Batches,
        config: PreTrain,
        hardware: Hardware,
        taken: Functions,
        on_step: OnStep,
        on_look: Callable[[int, dict[str, float], list[Example]], None],
        saving: Saving | None,
        journal: Journal,
    ) -> None:
        """Build optimizer and schedule; nothing is trained yet.

        Args:
            model: is trained in place.
            batches: makes them.
            config: settings of the run.
            hardware: device and precision.
            taken: the exercises' functions.
            on_step: called after every optimizer step, with its number of tokens.
            on_look: called after every look with step, figures and examples.
            saving: where and how often to save; None saves nothing.
            journal: log of the training.
        """
        rows: Any = Rows(batches.corpus.training)
        super().__init__(model, rows, config, hardware, taken, on_step, None, saving, journal)  # type: ignore[arg-type]
        self.batches, self.on_look = batches, on_look
        self.steps_per_epoch = config.interval
        self.all_tokens = config.steps * config.batch_size * self._length()
        self.examples: list[Example] = []

    def _length(self) -> float:
        """Approximate number of tokens per row of a batch."""
        batch = self.batches.training(0)
        mask = batch.get("attention_mask", torch.ones_like(batch["input_ids"]))
        return float(mask.sum()) / len(mask)

    def run(self) -> Trained:
        """Look before the first step, and evaluate on all blocks, as at the end; then train."""
        if not self.at.step and not self.at.validations:
            measured, before = self._measure(), self._measured_at_length()
            self.journal.write(step=0, epoch=-1, validation=measured, before=before, examples=self.examples)
        return super().run()

    def _batches(self) -> Iterator[dict[str, Tensor]]:
        """Yield the batches until the next look."""
        at, accumulate = self.at, self.config.accumulate
        last = min(at.step - at.step_in_epoch + self.steps_per_epoch, self.steps)
        device = self.hardware.device
        made = map(self.batches.training, range(at.step * accumulate, last * accumulate))
        for batch in ahead(made, device, self.taken):
            at.positions += batch["input_ids"].numel()
            at.tokens += int(batch["attention_mask"].sum()) if "attention_mask" in batch else batch["input_ids"].numel()
            yield to(batch, device)

    def _measured_at_length(self) -> dict[str, float]:
        """Return the long evaluation before the first step, with the same masks as the one at the end."""
        return evaluate(self.model, self.batches, FINAL * self.config.evaluation_blocks, self.hardware, self.taken)

    def _measure(self) -> dict[str, float]:
        """Return loss and perplexity, and show examples."""
        measured = evaluate(self.model, self.batches, self.config.evaluation_blocks, self.hardware, self.taken)
        self.examples = look(self.model, self.config, self.batches.tokenizer, self.taken)
        self.at.validations.append(measured)
        self.on_look(self.at.step, measured, self.examples)
        return measured

    def _note(self, measured: dict[str, float]) -> None:
        at = self.at
        self.journal.write(
            step=at.step, epoch=at.epoch - 1, training_loss=at.losses[-1], validation=measured, examples=self.examples
        )


def evaluate(
    model: LanguageModel, batches: Batches, n_blocks: int, hardware: Hardware, taken: Functions
) -> dict[str, float]:
    """Evaluate on the evaluation texts, by exercise-2's ``perplexity``.

    Returns:
        ``loss``, the mean; ``perplexity``, e to its power; ``standard_error`` of the loss (another sample of as many
        tokens would move it by about that); ``accuracy`` of the most likely token; ``n`` tokens asked; with sentence
        pairs also ``next_accuracy``.
    """
    was_training = model.training
    losses: list[Tensor] = []
    right: list[Tensor] = []
    next_right: list[Tensor] = []
    """One number or truth value per token or pair, by batch; read at the end, since each read waits for a GPU."""
    stays = hardware.device.type == "cuda" and "objectives.perplexity" not in taken.yours

    def answers() -> Iterator[tuple[Tensor, Tensor]]:
        for batch in batches.evaluation(n_blocks):
            batch = to(batch, hardware.device)
            output, labels = model(**batch), batch["labels"]
            losses.append(torch.nn.functional.cross_entropy(output.logits, labels, reduction="none"))
            right.append(output.logits.argmax(-1) == labels)
            if output.next_logits is not None:
                next_right.append(output.next_logits.argmax(-1) == batch["next_labels"])
            asked = output.logits, labels  # (N, V) numbers are slow to copy, and slow to process on a CPU
            logits, labels = asked if stays else (one.cpu() for one in asked)
            yield logits[None], labels[None]

    model.eval()
    with torch.no_grad():
        perplexity = float(taken.objectives.perplexity(answers()))
    model.train(was_training)
    every = [one.cpu().double() for one in losses]
    n = sum(map(len, every))
    total, squares = (sum(float(one.sum()) for one in some) for some in (every, [one.square() for one in every]))
    loss = total / n
    if loss < LARGEST and not (perplexity > 0 and abs(math.log(perplexity) - loss) < SAME_LOSS):
        message = say(
            "perplexity returned {perplexity:g}, but the mean loss is {loss:.4f}: the perplexity "
            "must be e to the power of the mean loss",
            perplexity=perplexity,
            loss=loss,
        )
        raise taken.broken_promise(message, "objectives")
    spread = math.sqrt(max(0.0, squares / n - loss**2) / n)
    measured = {"loss": loss, "perplexity": perplexity, "standard_error": spread}
    measured |= {"accuracy": share(right), "n": n}
    return measured | ({"next_accuracy": share(next_right)} if next_right else {})


def share(answers: list[Tensor]) -> float:
    """Return the share of true values."""
    return int(torch.cat(answers).sum()) / sum(map(len, answers))


def look(model: LanguageModel, config: PreTrain, tokenizer: PreTrainedTokenizerBase, taken: Functions) -> list[Example]:
    """Return the model's answers for the example sentences."""
    was_training = model.training
    model.eval()
    if config.objective == "mlm":
        room = getattr(model.network.config, "max_position_embeddings", None) or math.inf
        asked = [(text, tokenizer(text.replace("[MASK]", str(tokenizer.mask_token)))["input_ids"]) for text in MASKED]
        found = [guesses(model, text, ids, tokenizer, taken) for text, ids in asked if len(ids) <= room]
    else:
        found = [go_on(model, prompt, config, tokenizer, taken) for prompt in BEGUN]
    model.train(was_training)
    return found


def guesses(
    model: LanguageModel, text: str, ids: list[int], tokenizer: PreTrainedTokenizerBase, taken: Functions
) -> Example:
    """Return the best guesses for the [MASK] of a sentence, by exercise-2's ``fill_mask_topk``."""
    row = torch.tensor(ids)
    best = taken.objectives.fill_mask_topk(model.everywhere(row[None]), row, tokenizer.mask_token_id, k=BEST)
    named = [[tokenizer.decode([int(token)]).strip(), float(share)] for token, share in best[0]]
    return {"text": text, "guesses": named}


def go_on(
    model: LanguageModel, prompt: str, config: PreTrain, tokenizer: PreTrainedTokenizerBase, taken: Functions
) -> Example:
    """Continue a prompt, by exercise-1's ``generate``."""
    begin, end = ends(tokenizer)
    ids = [begin, *tokenizer(prompt, add_special_tokens=False)["input_ids"]]
    written = taken.basics.generate(
        lambda ids: model.everywhere(torch.as_tensor(ids)[:, -config.block :])[-1], ids, WRITTEN, eos_id=end,
        do_sample=True, temperature=TEMPERATURE, top_k=min(TOP_K, len(tokenizer)),
        generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    found = tokenizer.decode(torch.as_tensor(written).flatten().tolist(), skip_special_tokens=True)
    return {"prompt": prompt, "text": found.strip()}
