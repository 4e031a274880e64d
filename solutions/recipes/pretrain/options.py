"""The options of ``pretrain``, in groups, as its help shows them."""

from functools import partial

import click

from solutions.recipes import options
from solutions.recipes.options import FILE, FOLDER, HOW_TO_RUN, OPTIMIZER, RUN, TRAINING, WHAT, Function, decorated
from solutions.recipes.pretrain.config import EVALUATIONS, LEARNING_RATES, OBJECTIVES, PreTrain

SHAPE = "The model, if it starts from scratch"
FOR_SCRATCH = ("vocab_size", "layers", "width", "heads")
"""Options that only a model from scratch looks at."""
option = partial(options.option, of=PreTrain)

OPTIONS = (
    option(WHAT, "--out", type=FOLDER, required=True, help="Folder for the run."),
    option(WHAT, "--objective", type=click.Choice(OBJECTIVES), help="Fill in hidden tokens, or predict the next one."),
    option(
        WHAT, "--from", "start", default=None, metavar="MODEL",
        help="scratch, embedded, a folder, or a hub id. If not given: embedded; for clm and --nsp: scratch.",
    ),
    option(WHAT, "--nsp", is_flag=True, help="mlm from scratch: ask which sentence follows, too."),
    option(WHAT, "--data", help="imdb, rotten-tomatoes, a .csv file, or a .txt file with a text in each line."),
    option(WHAT, "--text-column", metavar="NAME", help="Of the CSV file."),
    option(WHAT, "--label-column", metavar="NAME", help="Of the CSV file; only the split looks at it."),
    option(
        WHAT, "--mine", type=FILE, is_flag=False, flag_value="", metavar="[WORKSPACE]",
        help="Train with your own exercises; what you have not started comes from the reference.",
    ),
    option(SHAPE, "--vocab-size", type=int, help="Word pieces."),
    option(SHAPE, "--layers", type=int, help="One above the other."),
    option(SHAPE, "--width", type=int, help="Numbers per token."),
    option(SHAPE, "--heads", type=int, help="Of attention, per layer."),
    option(TRAINING, "--steps", type=int, help="Optimizer steps."),
    option(TRAINING, "--batch-size", type=int, help="Blocks per optimizer step."),
    option(TRAINING, "--block", type=int, help="Tokens in a block."),
    option(TRAINING, "--accumulate", type=int, help="Micro-batches that a batch is cut into."),
    option(TRAINING, "--mask-share", type=float, help="mlm: part of the tokens to be predicted."),
    option(TRAINING, "--limit", type=int, help="Keep only so many texts, for a quick look."),
    option(
        TRAINING, "--evaluate-every", type=int, metavar="STEPS",
        help=f"Evaluation loss and examples so often; {EVALUATIONS} times if not given.",
    ),
    option(TRAINING, "--evaluation-blocks", type=int, help="Blocks to evaluate on; 8 times as many at the end."),
    option(
        OPTIMIZER, "--learning-rate", "--lr", type=float,
        help=f"Peak rate. If not given: {LEARNING_RATES[True]:g} from scratch, else {LEARNING_RATES[False]:g}.",
    ),
    option(OPTIMIZER, "--warmup-share", type=float, help="Part of the steps in which the rate rises."),
    option(OPTIMIZER, "--weight-decay", type=float, help="On matrices only."),
    option(OPTIMIZER, "--max-gradient-norm", type=float, help="Longer gradients are clipped."),
    option(RUN, "--seed", type=int, help="The evaluation texts do not depend on it."),
    *HOW_TO_RUN,
)  # fmt: skip


def pretrain_options(function: Function) -> Function:
    """Put all of them on a command, in this order."""
    return decorated(function, OPTIONS)
