"""The options of ``pretrain``, in the groups that its help shows."""

from functools import partial

import click

from course.text import mark
from solutions.recipes import options
from solutions.recipes.options import (
    FOLDER,
    HOW_TO_RUN,
    MINE,
    OPTIMIZER,
    RUN,
    TRAINING,
    WHAT,
    Function,
    decorated,
)
from solutions.recipes.pretrain.config import EVALUATIONS, LEARNING_RATES, OBJECTIVES, PreTrain

SHAPE = mark("Model, if trained from scratch")
FOR_SCRATCH = ("vocab_size", "layers", "width", "heads")
"""Options that only a model from scratch uses."""
option = partial(options.option, of=PreTrain)

OPTIONS = (
    option(WHAT, "--out", type=FOLDER, required=True, help="Folder for the run."),
    option(WHAT, "--objective", type=click.Choice(OBJECTIVES), help="Fill in masked tokens or predict the next one."),
    option(
        WHAT, "--from", "start", default=None, metavar="MODEL",
        help="scratch, embedded, a folder, or a hub id (default: embedded; for clm and --nsp: scratch).",
    ),
    option(WHAT, "--nsp", is_flag=True, help="mlm from scratch: also predict which sentence follows."),
    option(WHAT, "--data", help="imdb, rotten-tomatoes, a .csv file, or a .txt file with one text per line."),
    option(WHAT, "--text-column", metavar="NAME", help="Text column of the CSV file."),
    option(WHAT, "--label-column", metavar="NAME", help="Label column of the CSV file; only the split uses it."),
    option(WHAT, "--mine", **MINE),
    option(
        SHAPE, "--vocab-size", type=int,
        help="Number of word pieces; lower case, without the accents of Latin letters.",
    ),
    option(SHAPE, "--layers", type=int, help="Number of layers."),
    option(SHAPE, "--width", type=int, help="Hidden size."),
    option(SHAPE, "--heads", type=int, help="Attention heads per layer."),
    option(TRAINING, "--steps", type=int, help="Number of optimizer steps."),
    option(TRAINING, "--batch-size", type=int, help="Blocks per optimizer step."),
    option(TRAINING, "--block", type=int, help="Tokens per block."),
    option(TRAINING, "--accumulate", type=int, help="Micro-batches per batch."),
    option(TRAINING, "--mask-share", type=float, help="mlm: share of tokens to predict."),
    option(TRAINING, "--limit", type=int, help="Use only this many texts, for a quick look."),
    option(
        TRAINING, "--evaluate-every", type=int, metavar="STEPS",
        help="Steps between evaluations with examples (default: {count} evaluations in all).",
        values={"count": EVALUATIONS},
    ),
    option(
        TRAINING, "--evaluation-blocks", type=int,
        help="Blocks per evaluation; 8 times as many before training and at the end.",
    ),
    option(
        OPTIMIZER, "--learning-rate", "--lr", type=float,
        help="Peak learning rate (default: {scratch:g} from scratch, else {other:g}).",
        values={"scratch": LEARNING_RATES[True], "other": LEARNING_RATES[False]},
    ),
    option(OPTIMIZER, "--warmup-share", type=float, help="Share of the steps used for warmup."),
    option(OPTIMIZER, "--weight-decay", type=float, help="Weight decay, on matrices only."),
    option(OPTIMIZER, "--max-gradient-norm", type=float, help="Gradients with a larger norm are clipped."),
    option(RUN, "--seed", type=int, help="Random seed; the evaluation texts do not depend on it."),
    *HOW_TO_RUN,
)  # fmt: skip


def pretrain_options(function: Function) -> Function:
    """Add all options to a command, in this order."""
    return decorated(function, OPTIONS)
