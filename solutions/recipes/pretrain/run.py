"""One pre-training run: texts, vocabulary, model; train, measure, save, reload, report."""

import json
import shutil
import time
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from safetensors import SafetensorError
from transformers import PreTrainedTokenizerBase

from course.text import mark, say
from solutions.recipes import journal, pictures
from solutions.recipes.display import describe_mine, describe_steps, progress
from solutions.recipes.errors import RecipeFault
from solutions.recipes.files import cannot_write, write_json
from solutions.recipes.finetune import SAME_LOGITS, describe_training, ending_gently, versions
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware, describe, find_hardware, processor
from solutions.recipes.model import demand_known_words, fingerprint, quietly
from solutions.recipes.preflight import CHECKPOINT, EXERCISES, PRE_TRAINED, RESULT
from solutions.recipes.pretrain import display as pretrain_display
from solutions.recipes.pretrain import preflight as pretrain_preflight
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.data import (
    FINAL,
    Batches,
    Corpus,
    find_texts,
    prepare_corpus,
    to,
    unigram_logs,
    unigram_loss,
)
from solutions.recipes.pretrain.model import LanguageModel, build, load_tokenizer, reload, train_tokenizer
from solutions.recipes.pretrain.preflight import SETTINGS
from solutions.recipes.pretrain.training import Predictions, PreTraining, evaluate
from solutions.recipes.saving import Outputs, prepare_folder
from solutions.recipes.training import Saving, Step, Trained

PARTLY = ".model"
"""Temporary folder of transformers' files, before they are moved to their place."""
FREE = ("device", "threads", "mine", "start")
"""Settings that can differ when a run is resumed; instead of ``start``, the weights are compared."""


def used(config: PreTrain) -> dict[str, tuple[str, ...]]:
    """Return the functions that a run takes from each exercise."""
    causal = config.objective == "clm"
    masked = ("mask_tokens", "mlm_loss", *(("make_nsp_pairs",) if config.nsp else ()), "fill_mask_topk")
    names = {
        "basics": ("pad_batch", "count_parameters", *(("generate",) if causal else ())),
        "objectives": (*(("clm_loss",) if causal else masked), "perplexity"),
        "optimization": ("decay_groups", "warmup_linear"),
        "training": ("train_epoch",),
        "evaluation": ("group_split",),
        "strategy": ("chunk_for_mlm",),
    }
    return {slug: names[slug] for slug in EXERCISES if slug in names}


def pretrain(
    config: PreTrain,
    out: Path,
    console: Console,
    overwrite: bool = False,
    resume: bool = False,
    tensorboard: bool = False,
    save_every: float = 60.0,
) -> dict[str, Any]:
    """Train, measure, save and reload.

    Args:
        config: settings of the run.
        out: a folder for the model, in the format of transformers, and the result.
        console: for the progress bar and the examples.
        overwrite: whether to replace a finished or unfinished run in the folder.
        resume: whether to continue the unfinished run in the folder.
        tensorboard: whether to write events for TensorBoard too.
        save_every: seconds between two checkpoints; 0 saves after every step.

    Returns:
        The content of ``result.json``.

    Raises:
        RecipeError: the request cannot be carried out.
        StudentError: a file given as ``mine`` does not do what it should.
        RecipeFault: the reloaded model does not answer like the trained one.
        Interrupted: the training was interrupted; a checkpoint is saved.
    """
    started = time.perf_counter()
    pretrain_preflight.check(config, out, overwrite, resume, tensorboard)
    quietly()
    hardware, taken = find_hardware(config), functions(config, used(config))
    with console.status(say("reading and splitting the texts")):
        ready = prepare(config, hardware, taken, out, overwrite, resume)
    console.print(pretrain_display.describe_start(config, ready.corpus, describe(hardware)), highlight=False)
    if taken.yours:
        console.print(describe_mine(taken), highlight=False, markup=False)

    identity = {name: value for name, value in config.plain().items() if name not in FREE}
    identity |= {mark("texts"): ready.corpus.digest(), mark("initial weights"): ready.base}
    identity |= {mark("your files"): taken.hashes()}
    saving = Saving(out / CHECKPOINT, identity, save_every, resume)
    if not resume:
        write_json(out / SETTINGS, {"schema": "course/pretrain-config/v1", **config.plain()})
    trained, tokens = train_safely(ready, saving, tensorboard, console)

    with console.status(say("evaluating, saving, and checking the saved model")), taken.blame():
        final = evaluate(ready.model, ready.batches, FINAL * config.evaluation_blocks, hardware, taken)
        save_model(ready, out)
        difference = asked_again(ready, out)
        drawn = draw(out)
        described = describe_run(ready)
    looks = [line for line in journal.read(out) if "examples" in line]
    result = {
        "schema": PRE_TRAINED,
        **described,
        "evaluation": final,
        "evaluation_before": looks[0].get("before"),
        "unigram_loss": ready.unigram,
        "evaluations": [{"step": line["step"], **line["validation"], "examples": line["examples"]} for line in looks],
        "logit_difference_after_reload": difference,
        "pictures": drawn,
        "pictures_missing": None if drawn else pictures.INSTALL_PLOTS,
        **describe_cost(trained, tokens),
        "total_seconds": time.perf_counter() - started,
    }
    write_json(out / RESULT, result)
    (out / CHECKPOINT).unlink(missing_ok=True)
    return json.loads(json.dumps(result))


@dataclass(frozen=True)
class Ready:
    """Everything that training and evaluation need."""

    config: PreTrain
    hardware: Hardware
    taken: Functions
    tokenizer: PreTrainedTokenizerBase
    corpus: Corpus
    batches: Batches
    model: LanguageModel
    base: str
    """Fingerprint of the weights before training."""
    fresh: list[str]
    """Weights that were missing from a loaded model."""
    unigram: float
    """Evaluation loss of a model that knows only the frequency of every token."""


def prepare(config: PreTrain, hardware: Hardware, taken: Functions, out: Path, overwrite: bool, resume: bool) -> Ready:
    """Split the texts, load or learn the vocabulary, load or create the model."""
    with taken.blame():
        try:
            parts = find_texts(config, taken)
        except ValueError as error:
            raise taken.broken_promise(str(error), "evaluation") from error
    tokenizer: PreTrainedTokenizerBase
    learned = False
    if not config.from_scratch:
        tokenizer = load_tokenizer(str(config.start), config.objective)
    elif resume and (out / "tokenizer.json").exists():
        tokenizer = load_tokenizer(str(out), config.objective)
    else:
        tokenizer = train_tokenizer(config, parts.train.texts)
        learned = True
    with taken.blame():
        corpus = prepare_corpus(config, parts, tokenizer, taken)
        batches = Batches(config, corpus, tokenizer, taken)
    if not config.from_scratch:
        demand_known_words(tokenizer, corpus.training, str(config.start))
    causal = config.objective == "clm"
    torch.manual_seed(config.seed)  # new weights are drawn from the global generator
    model, fresh = build(config, tokenizer, hardware, taken, unigram_logs(corpus, tokenizer, causal))
    unigram = unigram_loss(corpus, tokenizer, causal)
    prepare_folder(out, overwrite, resume, PRE_TRAINED)  # nothing can be refused any more: an earlier run can go
    if learned:
        for name in ("model.safetensors", "config.json"):  # of an earlier run, with another vocabulary
            (out / name).unlink(missing_ok=True)
        move_in(out, tokenizer)
    return Ready(
        config, hardware, taken, tokenizer, corpus, batches, model, fingerprint(model.network), fresh, unigram
    )  # fmt: skip


def train_safely(ready: Ready, saving: Saving, tensorboard: bool, console: Console) -> tuple[Trained, int]:
    """Train with a progress bar; the first Ctrl-C ends training after the current step, with a checkpoint.

    Returns:
        The result of the training, and the number of tokens read.
    """
    with ready.taken.blame(), progress(console, mark("tokens")) as on_step:
        seen = 0

        def told(step: Step) -> None:
            nonlocal seen
            on_step(replace(step, texts=under_way.at.tokens - seen))
            seen = under_way.at.tokens

        def shown(step: int, measured: dict[str, float], examples: list[dict[str, Any]]) -> None:
            words = pretrain_display.describe_look(step, ready.config.steps, measured, examples, console.width)
            console.print(words, highlight=False, markup=False, soft_wrap=True)

        under_way = PreTraining(
            ready.model,
            ready.batches,
            ready.config,
            ready.hardware,
            ready.taken,
            told,
            shown,
            saving,
            Predictions(None),
        )
        under_way.resume()
        at = under_way.at
        seen = at.tokens
        under_way.journal = Predictions(saving.path.parent, at.step, at.epoch, tensorboard)
        console.print(describe_steps(at.step, under_way.steps), highlight=False)
        try:
            with ending_gently(under_way):
                return under_way.run(), under_way.at.tokens
        finally:
            under_way.journal.close()


def save_model(ready: Ready, out: Path) -> None:
    """Write weights, configuration and tokenizer in transformers' format."""
    move_in(out, ready.tokenizer, ready.model.network)


def move_in(out: Path, *parts: Any) -> None:
    """Let transformers write into a temporary folder, then move the files to their place, each atomically.

    Raises:
        RecipeError: they cannot be written, for example because the disk is full.
    """
    partly = out / PARTLY
    try:
        shutil.rmtree(partly, ignore_errors=True)
        partly.mkdir()
        for part in parts:
            part.save_pretrained(partly)
        for file in sorted(partly.iterdir()):
            file.replace(out / file.name)
    except (OSError, SafetensorError) as error:
        raise cannot_write(out, error) from error
    finally:
        shutil.rmtree(partly, ignore_errors=True)


@torch.no_grad()
def asked_again(ready: Ready, out: Path) -> float:
    """Return the largest difference between the logits of the trained model and of the saved one in transformers.

    Raises:
        RecipeFault: the difference is too large.
    """
    batch = next(iter(ready.batches.evaluation(1)))
    fresh = LanguageModel(reload(out, ready.config.objective), ready.config, ready.hardware, ready.taken)
    fresh.nsp = False  # the class for pairs is different
    fresh.to(ready.hardware.device).eval()
    trained = ready.model.eval()
    one, two = (model(**to(batch, ready.hardware.device)).logits for model in (trained, fresh))
    difference = (one - two).abs().max().item()
    if not difference <= SAME_LOGITS[ready.hardware.precision] * max(1.0, one.abs().max().item()):
        raise RecipeFault(
            say(
                "reloaded from {out}, the model's output has changed: its logits are off by {difference:.2g}",
                out=out,
                difference=difference,
            )
        )
    return difference


def draw(out: Path) -> list[str]:
    """Plot the losses, if matplotlib is installed."""
    if find_spec("matplotlib") is None:
        return []
    from matplotlib.figure import Figure  # no pyplot: nothing global, no window

    figure = pictures.curves(Figure, journal.read(out), Outputs(("token",)))
    pictures.write_atomically(out / "curves.png", pictures.png(figure))
    return ["curves.png"]


def describe_run(ready: Ready) -> dict[str, Any]:
    """Return the settings, the data and the machine of a run."""
    config, hardware, corpus, taken = ready.config, ready.hardware, ready.corpus, ready.taken
    counted = taken.basics.count_parameters(ready.model.network)
    return {
        "objective": config.objective,
        "from": config.start,
        "nsp": config.nsp,
        "model_class": type(ready.model.network).__name__,
        "fresh_weights": ready.fresh,
        "vocabulary": len(ready.tokenizer),
        "parameters": {name: int(number) for name, number in counted.items()},
        "data": {
            "name": config.data,
            **corpus.counts,
            "texts_read": corpus.texts,
            "training_blocks": len(corpus.training),
            "training_tokens": corpus.tokens,
            "evaluation_blocks": len(corpus.evaluation),
        },
        "device": str(hardware.device),
        "processor": processor(hardware.device),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "seed": config.seed,
        "config": config.plain(),
        "mine": {"yours": list(taken.yours), "reference": list(taken.reference), "files": taken.hashes()},
        "versions": versions(),
    }


def describe_cost(trained: Trained, tokens: int) -> dict[str, Any]:
    """Return the course and the cost of the training."""
    told = describe_training(trained)
    names = ("training_loss", "steps", "seconds", "cpu_seconds", "peak_memory", "padding_share", "interruptions")
    return {name: told[name] for name in names if name in told} | {
        "tokens": tokens,
        "tokens_per_second": tokens / trained.seconds,
    }
