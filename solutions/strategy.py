"""Choosing a strategy. Lesson: `course read strategy`.

TODO: the letters of the shapes, and the sources.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def training_memory(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 2.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> training_memory(torch.tensor([1.0, 2.0])).tolist()
    [2.0, 4.0]
    """
    return 2 * values


def choose_objective(output: str, has_source: bool) -> str:
    """Say which pre-training prepares a model for a task, by what comes out of it and not by what it is called.

    ==================  ====================================  ============  ==============
    output              what the model writes                 no source     with a source
    ==================  ====================================  ============  ==============
    ``"label"``         one label for the whole text          mlm           mlm
    ``"token_labels"``  one label for every token             mlm           mlm
    ``"span"``          where an answer begins and ends       mlm           mlm
    ``"free_text"``     new text                              clm           seq2seq or clm
    ==================  ====================================  ============  ==============

    A label, tags and a span are read off a text that is all there, so a model that looks in both directions is right.
    New text comes into being from left to right. If there is a source (an article to summarise, a sentence to
    translate), an encoder-decoder reads it in both directions and then writes; a decoder alone can do it too.

    Args:
        output: one of the four words above.
        has_source: whether the output is made from a second text that the model is handed.

    Returns:
        ``"mlm"``, ``"clm"`` or ``"seq2seq"``. Where two are right, which one is your choice.

    Raises:
        ValueError: an output that is none of the four (the grader takes any other exception as well).

    >>> choose_objective("span", has_source=True), choose_objective("free_text", has_source=False)
    ('mlm', 'clm')
    """
    if output in ("label", "token_labels", "span"):
        return "mlm"
    if output == "free_text":
        return "seq2seq" if has_source else "clm"
    raise ValueError(f"nothing is known of the output {output!r}")


def choose_strategy(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 4.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> choose_strategy(torch.tensor([1.0, 2.0])).tolist()
    [4.0, 8.0]
    """
    return 4 * values


def recommend_hparams(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 5.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> recommend_hparams(torch.tensor([1.0, 2.0])).tolist()
    [5.0, 10.0]
    """
    return 5 * values


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    """Measure how badly a vocabulary fits the words of a domain.

    Args:
        words: W words as they occur in a text; a word that occurs twice counts twice. Not changed.
        tokenize: cuts a word into its pieces. How pieces are marked differs from tokenizer to tokenizer: BERT writes
            ``##`` in front of those that continue a word, others mark the first piece, or nothing.
        unk: the piece that stands for what the vocabulary cannot write, by this tokenizer's name for it.

    Returns:
        ``pieces_per_word``, the mean number of pieces per word; ``split_rate``, the share of words with more than one
        piece (unknown pieces are pieces too); ``unk_rate``, the share of words with at least one unknown piece. Both
        shares are from 0 to 1. All three are 0 if there are no words. More keys do no harm.

    >>> pieces = {"heart": ["heart"], "myocardial": ["my", "##oca", "##rdial"], "糖": ["[UNK]"], "the": ["the"]}
    >>> fragmentation(["the", "myocardial", "糖", "heart"], pieces.get)
    {'pieces_per_word': 1.5, 'split_rate': 0.25, 'unk_rate': 0.25}
    """
    cut = [tokenize(word) for word in words]
    n_words = max(1, len(cut))
    return {
        "pieces_per_word": sum(len(pieces) for pieces in cut) / n_words,
        "split_rate": sum(len(pieces) > 1 for pieces in cut) / n_words,
        "unk_rate": sum(unk in pieces for pieces in cut) / n_words,
    }


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    """Give new words a row in an embedding matrix: the mean of the rows of the pieces that they were cut into before.

    Args:
        weight: (V, C), the old embeddings; neither changed nor shared with the result.
        pieces: for each of the n new words the ids (0 to V - 1) of its old pieces, at least one, in their order. A
            piece that occurs twice in a word counts twice. Not changed.

    Returns:
        (V + n, C). The first V rows are the old ones, so that every old id still means what it meant; row V + i belongs
        to new word i.

    >>> extend_embedding(torch.tensor([[1.0, 0.0], [3.0, 4.0], [0.0, 6.0]]), [[0, 1], [2]])[3:].tolist()
    [[2.0, 2.0], [0.0, 6.0]]
    """
    extended = weight.new_empty(len(weight) + len(pieces), weight.shape[1])
    extended[: len(weight)] = weight
    for row, ids in enumerate(pieces, start=len(weight)):
        extended[row] = weight[ids].mean(0)
    return extended


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    """Cut the texts of a domain into blocks for continued pre-training, without wasting any.

    All documents are joined into one long row of ids, with one ``sep_id`` after each of them (the last one too). That
    row is cut into pieces of ``block - 2`` ids, and each piece becomes ``[CLS] piece [SEP]``.

    Args:
        docs: ids of each document, without special tokens and not empty; not changed.
        block: ids per block, [CLS] and [SEP] included; at least 3.
        cls_id: id of [CLS].
        sep_id: id of [SEP].

    Returns:
        The blocks, in the order of the text; a list of lists or of 1-D tensors. All of them have ``block`` ids, save
        the last one, which holds the rest and is shorter. A rest below half a block is dropped, a longer one is kept;
        whether [CLS] and [SEP] count towards that half is your choice. No documents make no blocks.

    >>> chunk_for_mlm([[11, 12, 13, 14, 15], [21, 22]], block=6, cls_id=1, sep_id=2)
    [[1, 11, 12, 13, 14, 2], [1, 15, 2, 21, 22, 2]]
    """
    row = [token for doc in docs for token in (*doc, sep_id)]
    pieces = [row[start : start + block - 2] for start in range(0, len(row), block - 2)]
    if pieces and len(pieces[-1]) < block / 2 - 1:
        pieces.pop()
    return [[cls_id, *piece, sep_id] for piece in pieces]


def domain_plan(
    pieces_per_word: float,
    n_unlabeled: int,
    n_labeled: int,
    domain_model: bool,
    needs_relations: bool = False,
) -> set[str]:
    """Choose what to do about a domain that pre-training has not seen.

    ================  =====================================  =========================  ==========================
    action            what it is                             called for                 ruled out
    ================  =====================================  =========================  ==========================
    ``domain_model``  begin with a model of the domain       there is one               there is none
    ``dapt``          go on pre-training on texts of it      10,000 texts or more, and  there is no text without
                                                             no domain model            labels
    ``extend_vocab``  new rows for its words                 2 pieces per word or       at most 1.25 pieces per
                                                             more, no domain model,     word
                                                             some text to train them
    ``knowledge``     bring in a knowledge graph             ``needs_relations``        otherwise
    ``peft``          train few parameters (LoRA, ...)       fewer than 1,000 labelled  never
                                                             examples: this or the next
    ``augment``       make more of the labelled examples     see ``peft``; both is      5,000 labelled examples
                                                             right too                  or more
    ================  =====================================  =========================  ==========================

    What is neither called for nor ruled out is your choice. The limits are those of this course; no law has them.

    Args:
        pieces_per_word: as ``fragmentation`` measures it, of the general model, on words of the domain.
        n_unlabeled: texts of the domain without labels.
        n_labeled: labelled examples of the task.
        domain_model: whether a model that was pre-trained on this domain, with a vocabulary of its own, may be used.
        needs_relations: whether the task hangs on how the things of the domain are related (a disease, its causes).

    Returns:
        The actions, a set of the words above (the grader takes any collection of them).

    >>> sorted(domain_plan(2.4, n_unlabeled=50_000, n_labeled=300, domain_model=False))
    ['augment', 'dapt', 'extend_vocab', 'peft']
    """
    plan = set()
    if domain_model:
        plan.add("domain_model")
    elif n_unlabeled >= 10_000:
        plan.add("dapt")
    if pieces_per_word >= 2 and not domain_model and n_unlabeled > 0:
        plan.add("extend_vocab")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1000:
        plan |= {"peft", "augment"}
    return plan


def strategy_reasons(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 10.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> strategy_reasons(torch.tensor([1.0, 2.0])).tolist()
    [10.0, 20.0]
    """
    return 10 * values
