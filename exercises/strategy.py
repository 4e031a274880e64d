"""What to train, how, and with how much memory: choices that can be calculated. Lesson: `course read strategy`.

Dimensions: B examples in a micro-batch, S tokens per text, H width of the model, V vocabulary size.
Everything is float32, and the optimizer is AdamW. 1 GiB is 2**30 bytes, 1 MB is 1,000,000 bytes.

Sources:
    bytes per parameter    https://huggingface.co/docs/transformers/model_memory_anatomy
    stored activations     Korthikanti et al. 2022, https://arxiv.org/abs/2205.05198, section 4
    continued pre-training Gururangan et al. 2020, https://arxiv.org/abs/2004.10964
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil  # noqa: F401  (for your use)

import torch
from torch import Tensor


def training_memory(
    n_total: int,
    n_train: int,
    batch: int,
    seq: int,
    hidden: int,
    layers: int,
    heads: int,
    act_per_token: int = 66,
) -> dict[str, float]:
    """Estimate the GPU memory of a training step, part by part, for float32, AdamW and standard attention.

    ===============  ================================================================================
    ``weights``      4 bytes for every parameter, trained or not
    ``grads``        4 bytes for every trained parameter
    ``optimizer``    8 bytes for every trained parameter: Adam's two moments
    ``activations``  ``layers * (act_per_token * B * S * H  +  9 * B * heads * S**2)``: what the
                     forward pass stores for the backward pass
    ``total``        the sum of these four
    ===============  ================================================================================

    Args:
        n_total: parameters of the model, including those added for training.
        n_train: how many of them are trained.
        batch: B
        seq: S
        hidden: H
        layers: number of encoder layers.
        heads: attention heads per layer.
        act_per_token: bytes that each layer stores per token and hidden unit: 66 for full fine-tuning; 48 for LoRA on
            query and value, 42 for LoRA without dropout; 0 if the body is frozen and only a head is trained. With 0, no
            layer stores anything, not even its attention scores.

    Returns:
        A dictionary with the five keys of the table; the values are in bytes.

    >>> parts = training_memory(100, 30, batch=2, seq=3, hidden=5, layers=1, heads=1)
    >>> [parts[name] for name in ("weights", "grads", "optimizer", "activations", "total")]
    [400, 120, 240, 2142, 2902]
    """
    # TODO: about eight lines. Four parts, then their sum; mind the frozen body.
    raise NotImplementedError("training_memory")


def choose_objective(output: str, has_source: bool) -> str:
    """Choose the pre-training objective for a task by the task's output, not by its name.

    ==================  ====================================  ============  ==============
    output              what the model writes                 no source     with a source
    ==================  ====================================  ============  ==============
    ``"label"``         one label for the whole text          mlm           mlm
    ``"token_labels"``  one label for every token             mlm           mlm
    ``"span"``          where an answer begins and ends       mlm           mlm
    ``"free_text"``     new text                              clm           seq2seq or clm
    ==================  ====================================  ============  ==============

    Labels, tags and spans are predicted from a complete text, so a bidirectional model is right. New text is
    written from left to right. If there is a source (an article to summarise, a sentence to translate), an
    encoder-decoder reads it in both directions and then writes; a decoder alone can do it too.

    Args:
        output: one of the four words above.
        has_source: whether the output is based on a second text that is given to the model.

    Returns:
        ``"mlm"``, ``"clm"`` or ``"seq2seq"``. Where two are right, either one passes.

    Raises:
        ValueError: an unknown output (the grader accepts any other exception as well).

    >>> choose_objective("span", has_source=True), choose_objective("free_text", has_source=False)
    ('mlm', 'clm')
    """
    # TODO: about five lines. Look at the output first, then at whether there is a source.
    raise NotImplementedError("choose_objective")


# --- given: a situation, a plan, and what a plan costs ---

METHODS = ("full", "lora", "head")
"""All parameters; LoRA of rank 8 on query and value, plus the head; the head alone."""
LORA_RANK = 8
ACT_PER_TOKEN = {"full": 66, "lora": 48, "head": 0}
USABLE = 0.9
"""Share of a GPU's memory that a plan may use; the rest is for what `training_memory` leaves out."""


@dataclass(frozen=True)
class Scenario:
    """What you have and what you need. By default, the model is BERT-base with two classes."""

    n_train: int = 20_000
    """Labelled examples of one task."""
    gpu_gib: float = 16.0
    """Memory of the GPU in GiB."""
    n_tasks: int = 1
    """Tasks to be served at the same time, each with its own model or adapter."""
    hours: float = 24.0
    """Time for training one task. It is always enough for one epoch."""
    storage_mb: float = 10_000.0
    """Storage for the files of all tasks, in MB."""
    n_params: int = 109_483_778
    hidden: int = 768
    layers: int = 12
    heads: int = 12
    seq: int = 128
    """Tokens per text."""
    target_batch: int = 32
    """Examples per optimizer step."""
    examples_per_s: float = 60.0
    """Training speed; the same for every method."""
    head_params: int = 1_538
    """Parameters of the head; they are part of ``n_params``."""


@dataclass(frozen=True)
class Plan:
    """What you decide to do."""

    method: str
    """One of ``METHODS``."""
    micro_batch: int
    """Examples per forward pass."""
    accum: int
    """Micro-batches per optimizer step."""
    epochs: int = 3
    augment: bool = False
    early_stopping: bool = True
    reason: str = ""
    """In your own words; it is not graded."""


def n_lora(s: Scenario) -> int:
    """Parameters of the LoRA factors: two matrices for the query and two for the value in every layer."""
    return s.layers * 2 * LORA_RANK * (s.hidden + s.hidden)


def n_trained(s: Scenario, method: str) -> int:
    """Number of parameters that a method trains."""
    return {"full": s.n_params, "lora": n_lora(s) + s.head_params, "head": s.head_params}[method]


def mem(s: Scenario, method: str, batch: int) -> float:
    """Bytes that training takes with this micro-batch, according to your `training_memory`.

    If your `training_memory` is not right yet, `choose_strategy` and `strategy_reasons` are graded with a correct one.
    """
    n_total = s.n_params + (n_lora(s) if method == "lora" else 0)
    size = s.seq, s.hidden, s.layers, s.heads
    return training_memory(n_total, n_trained(s, method), batch, *size, ACT_PER_TOKEN[method])["total"]


def fits(s: Scenario, method: str, batch: int) -> bool:
    """Whether training fits into the usable part of the GPU."""
    return mem(s, method, batch) <= USABLE * s.gpu_gib * 2**30


def store(s: Scenario, method: str) -> float:
    """MB on disk for all tasks: a full model per task, or one shared body plus the trained part per task."""
    if method == "full":
        return 4 * s.n_params * s.n_tasks / 1e6
    return (4 * s.n_params + 4 * n_trained(s, method) * s.n_tasks) / 1e6


def ok_store(s: Scenario, method: str) -> bool:
    """Whether the files of all tasks fit into storage."""
    return store(s, method) <= s.storage_mb


# --- your decisions ---


def choose_strategy(s: Scenario) -> Plan:
    """Decide how to fine-tune in a given situation.

    - With 5,000 examples or more and a single task, train the full model if memory and storage allow it. With fewer
      than 1,000 examples, train only LoRA or the head, augment the data and stop early, however many tasks there are.
      In all other cases, the method is your choice.
    - If your first choice of method does not fit into memory (`fits`) or storage (`ok_store`), choose one that fits
      into both.
    - The micro-batch is between 1 and the target batch. ``micro_batch * accum`` is at least the target batch and
      exceeds it by less than one micro-batch.
    - Plan 3 epochs; 2 to 5 pass as well. All epochs together must fit into the given hours: an epoch takes
      ``n_train / examples_per_s`` seconds. If 3 do not fit, plan fewer; a single epoch is allowed even if it takes
      longer.
    - A larger GPU must not lead to fewer trained parameters.

    Args:
        s: the situation.

    Returns:
        A plan. The size of the micro-batch is your choice within these limits; a large one keeps the GPU busy. With
        1,000 examples or more, augmentation and early stopping are also your choice. ``reason`` is always your choice.

    Raises:
        ValueError: none of the methods that these rules allow fits, not even with a micro-batch of 1.

    >>> choose_strategy(Scenario(n_train=100_000, gpu_gib=16.0, hours=72.0)).method
    'full'
    >>> plan = choose_strategy(Scenario(n_train=500, gpu_gib=8.0))
    >>> plan.method in ("lora", "head"), plan.augment, plan.early_stopping
    (True, True, True)
    """
    # TODO: about fifteen lines. Go through the methods, best first; find the largest micro-batch that fits; then
    # accumulation and epochs.
    raise NotImplementedError("choose_strategy")


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    """Recommend hyperparameters to start from.

    Args:
        method: ``"full"``, ``"lora"`` or ``"head"``.
        n_train: labelled examples.
        per_step_batch: the largest micro-batch that fits into memory.
        target_batch: examples per optimizer step to aim for.

    Returns:
        A dictionary with these keys, and others if you like:

        - ``lr``: 1e-5 to 5e-5 for the full model, 1e-4 to 3e-4 for LoRA, 1e-4 to 1e-3 for a head alone.
        - ``micro_batch``: from 1 to ``per_step_batch``, and no more than ``target_batch``.
        - ``accum``: micro-batches per optimizer step. ``micro_batch * accum`` is at least half of ``target_batch``, and
          less than ``target_batch`` plus one micro-batch.
        - ``epochs``: 2 to 5.
        - ``total_steps``: optimizer steps over all epochs. Whether an incomplete last step of an epoch counts is your
          choice.
        - ``warmup_steps``: a whole number, about a tenth of the steps (5% to 15%; any, for fewer than 10 steps).
        - ``weight_decay``: 0.01 to 0.1.
        - ``decay_exclude``: substrings of parameter names. The name of every bias and every LayerNorm parameter of BERT
          contains at least one of them, letter for letter (case matters); the name of a weight matrix, including those
          of the embeddings, contains none.

    >>> settings = recommend_hparams("lora", n_train=5_000, per_step_batch=8)
    >>> settings["micro_batch"] * settings["accum"], 1e-4 <= settings["lr"] <= 3e-4
    (32, True)
    """
    # TODO: about fifteen lines. First the batch, then the epochs, then the steps that follow from both.
    raise NotImplementedError("recommend_hparams")


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    """Measure how badly a vocabulary fits the words of a domain.

    Args:
        words: W words as they occur in a text; a repeated word counts each time. Not modified.
        tokenize: cuts a word into its pieces. How pieces are marked depends on the tokenizer: BERT writes ``##`` before
            those that continue a word; others mark the first piece, or none.
        unk: how this tokenizer writes an unknown piece.

    Returns:
        ``pieces_per_word``, the mean number of pieces per word; ``split_rate``, the share of words with more than one
        piece (unknown pieces are pieces too); ``unk_rate``, the share of words with at least one unknown piece. Both
        shares are between 0 and 1. All three are 0 if there are no words. Extra keys are allowed.

    >>> pieces = {"heart": ["heart"], "myocardial": ["my", "##oca", "##rdial"], "糖": ["[UNK]"], "the": ["the"]}
    >>> fragmentation(["the", "myocardial", "糖", "heart"], pieces.get)
    {'pieces_per_word': 1.5, 'split_rate': 0.25, 'unk_rate': 0.25}
    """
    # TODO: about six lines. Cut every word once, then count three times; mind the empty list.
    raise NotImplementedError("fragmentation")


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    """Add a row to an embedding matrix for each new word: the mean of the rows of its old pieces.

    Args:
        weight: (V, H), the old embeddings. They are not modified and share no memory with the result.
        pieces: for each of the n new words, the ids (0 to V - 1) of its old pieces, in order, at least one per word. A
            piece that occurs twice in a word counts twice. Not modified.

    Returns:
        (V + n, H). The first V rows are the old ones, so every old id keeps its meaning; row V + i belongs to new word
        i.

    >>> extend_embedding(torch.tensor([[1.0, 0.0], [3.0, 4.0], [0.0, 6.0]]), [[0, 1], [2]])[3:].tolist()
    [[2.0, 2.0], [0.0, 6.0]]
    """
    # TODO: about five lines. Make room for all rows, copy the old ones, average the pieces for each new one.
    raise NotImplementedError("extend_embedding")


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    """Cut the texts of a domain into blocks for continued pre-training, without wasting text.

    All documents are joined into one long sequence of ids, with one ``sep_id`` after each (including the last). The
    sequence is cut into pieces of ``block - 2`` ids, and each piece becomes ``[CLS] piece [SEP]``.

    Args:
        docs: token ids of each document, without special tokens. No document is empty. Not modified.
        block: ids per block, including [CLS] and [SEP]; at least 3.
        cls_id: id of [CLS].
        sep_id: id of [SEP].

    Returns:
        The blocks, in the order of the text; a list of lists or of 1-D tensors. All of them have ``block`` ids, except
        the last one, which may hold a shorter remainder. A remainder shorter than half a block is dropped, even if
        it is the only piece; a longer one is kept. Whether [CLS] and [SEP] count towards that half, and what happens to
        a remainder of exactly half a block, is your choice. Without documents, there are no blocks.

    >>> chunk_for_mlm([[11, 12, 13], [21, 22, 23, 24, 25, 26]], block=8, cls_id=1, sep_id=2)
    [[1, 11, 12, 13, 2, 21, 22, 2], [1, 23, 24, 25, 26, 2, 2]]
    """
    # TODO: about five lines. Join the documents, cut the sequence, check the last piece, add the special tokens to
    # each.
    raise NotImplementedError("chunk_for_mlm")


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    """Choose what to do about a domain that pre-training has not seen.

    ================  =====================================  =========================  ==========================
    action            what it is                             required if                ruled out if
    ================  =====================================  =========================  ==========================
    ``domain_model``  start from a model of the domain       there is one               there is none
    ``dapt``          continue pre-training on its texts     10,000 texts or more, and  there is no unlabelled
                                                             no domain model            text
    ``extend_vocab``  new rows for its words                 2 pieces per word or       at most 1.25 pieces per
                                                             more, no domain model,     word
                                                             some text to train them
    ``knowledge``     add a knowledge graph                  ``needs_relations``        otherwise
    ``peft``          train few parameters (LoRA, ...)       fewer than 1,000 labelled  never
                                                             examples (or ``augment``)
    ``augment``       augment the labelled examples          fewer than 1,000 labelled  5,000 labelled examples
                                                             examples (or ``peft``)     or more
    ================  =====================================  =========================  ==========================

    With fewer than 1,000 labelled examples, ``peft`` or ``augment`` is enough; both are right too.
    What is neither required nor ruled out is your choice. The limits are conventions of this course.

    Args:
        pieces_per_word: as measured by ``fragmentation``, for the general model on words of the domain.
        n_unlabeled: unlabelled texts of the domain.
        n_labeled: labelled examples of the task.
        domain_model: whether a model pre-trained on this domain, with its own vocabulary, is available.
        needs_relations: whether the task depends on relations in the domain (such as between a disease and its causes).

    Returns:
        The actions: a set of the words above (the grader accepts any collection of them).

    >>> plan = domain_plan(2.4, n_unlabeled=50_000, n_labeled=300, domain_model=False)
    >>> "dapt" in plan and "extend_vocab" in plan, "peft" in plan or "augment" in plan
    (True, True)
    """
    # TODO: about eleven lines. One condition per action; collect the actions.
    raise NotImplementedError("domain_plan")


def strategy_reasons(s: Scenario) -> set[str]:
    """Calculate which reasons for or against full fine-tuning are true in a given situation.

    =================  ==================================================================
    ``"memory"``       full fine-tuning does not fit, not even with a micro-batch of 1
    ``"storage"``      full copies for all tasks exceed the storage
    ``"overfitting"``  fewer than 1,000 examples
    ``"data_rich"``    5,000 examples or more
    ``"many_tasks"``   5 tasks or more
    =================  ==================================================================

    Args:
        s: the situation.

    Returns:
        The names of all true reasons, in a set or a list.

    >>> sorted(strategy_reasons(Scenario(n_train=2_000, gpu_gib=16.0, n_tasks=20, storage_mb=1_000.0)))
    ['many_tasks', 'storage']
    """
    # TODO: about eight lines. Five conditions, each true or false; return the names of the true ones.
    raise NotImplementedError("strategy_reasons")


# --- bonus ---


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    """Find the plans that no other plan beats.

    A plan beats (dominates) another one if it costs no more in any respect, and less in at least one. Two plans with
    exactly the same costs do not beat each other.

    Args:
        costs: the costs of each plan, for example memory, storage and time: one or more numbers, equally many for
            every plan. Lower is better. Not modified.

    Returns:
        The indices of the plans that are not beaten, in ascending order.

    >>> pareto_front([(8, 400, 3), (5, 400, 4), (5, 30, 4), (3, 30, 6), (4, 30, 7)])
    [0, 2, 3]
    """
    # TODO: about five lines. Define when one plan beats another; keep the indices of those that no other plan beats.
    raise NotImplementedError("pareto_front")
