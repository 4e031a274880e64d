"""From tokens to labels: what a library does around the model. Lesson: `course read basics`.

Dimensions: B rows in a batch, L length of its longest row, T tokens so far, C classes, V vocabulary size. A *row* is
the list of token ids of one text, special tokens included; [CLS] opens it and [SEP] closes it, as in BERT.

No function modifies its arguments, except for `set_trainable`.

Sources:
    Transformer     Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
    BERT            Devlin et al. 2018, https://arxiv.org/abs/1810.04805, section 3
    top-k sampling  Fan et al. 2018, https://arxiv.org/abs/1805.04833
    top-p sampling  Holtzman et al. 2020, https://arxiv.org/abs/1904.09751, section 3.1
    the library     Wolf et al. 2019, https://arxiv.org/abs/1910.03771
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    """Pad rows of different lengths into one rectangular batch.

    A row longer than ``max_length`` is cut first: its first ``max_length`` - 1 ids stay, and so does its very last one,
    the closing [SEP]. Then every row is padded on the right to the length of the longest row in THIS batch, and no
    further. The caller's lists stay as they are.

    Args:
        seqs: B rows of ids, none of them empty.
        pad_id: the id to pad with. A text may contain this id as an ordinary token (GPT-2 pads with its end token).
        max_length: longest row allowed, at least 2; None for no limit.

    Returns:
        ``input_ids``, integers (B, L), and ``attention_mask`` (B, L): 1 at the row's own ids, 0 at padding.

    >>> batch = pad_batch([[101, 7, 8, 102], [101, 102]])
    >>> batch["input_ids"].tolist(), torch.as_tensor(batch["attention_mask"]).int().tolist()
    ([[101, 7, 8, 102], [101, 102, 0, 0]], [[1, 1, 1, 1], [1, 1, 0, 0]])
    """
    # TODO: about nine lines. Cut the rows that are too long, find the longest length that remains, pad ids and mask.
    raise NotImplementedError("pad_batch")


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    """Encode one text, or a pair of texts, as BERT expects them: [CLS] A [SEP], or [CLS] A [SEP] B [SEP].

    If the row would be too long, the texts are cut before the special tokens are added, so that all of these survive.
    One id at a time is removed from the end of whichever text is longer at that moment. If both are equally long,
    either may be cut. The caller's lists stay as they are.

    Args:
        a: ids of the first text, without special tokens.
        b: ids of the second text, or None if there is only one. An empty list is a second text: its [SEP] is added.
        cls_id: id of [CLS].
        sep_id: id of [SEP], which closes each text.
        max_length: the largest length allowed for the whole row; greater than the number of its special tokens.

    Returns:
        Three lists of the same length: ``input_ids``; ``token_type_ids``, 0 for [CLS] A [SEP] and 1 for B [SEP];
        ``attention_mask``, all 1, since nothing is padded yet.

    >>> row = encode_pair([7, 8], [9], cls_id=101, sep_id=102, max_length=16)
    >>> [int(token) for token in row["input_ids"]], [int(segment) for segment in row["token_type_ids"]]
    ([101, 7, 8, 102, 9, 102], [0, 0, 0, 0, 1, 1])
    """
    # TODO: about twelve lines. Copy both texts, cut the longer one until everything fits, then build ids, segments and
    # mask.
    raise NotImplementedError("encode_pair")


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    """Count the parameters of a BERT encoder, from its sizes alone.

    The embeddings from three tables (words, positions, segments) are summed and passed through a LayerNorm. Every layer
    has self-attention (query, key, value, output) and a feed-forward block (up, down), each followed by a LayerNorm.
    The pooler is one linear layer on top. Every linear layer has a bias, every LayerNorm a weight and a bias.

    Args:
        vocab: rows of the word table.
        hidden: width of the model.
        layers: number of layers.
        ffn: inner width of the feed-forward block; not always four times the width.
        max_pos: rows of the position table.
        segments: rows of the segment table.
        pooler: whether the model has a pooler.

    Returns:
        The number of parameters, as ``sum(p.numel() for p in BertModel(config).parameters())`` gives it.

    >>> f"{int(bert_param_count()):,}"
    '109,482,240'
    """
    # TODO: about six lines. Count the embeddings, one layer, the pooler; then add up.
    raise NotImplementedError("bert_param_count")


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    """Turn the raw outputs of a classifier into labels with a probability, as a sentiment pipeline does.

    Args:
        logits: (B, C), any finite numbers, large ones too.
        id2label: the label of every class index, in any order. No other label may be returned.

    Returns:
        For every row, ``{"label": ..., "score": ...}``: the most likely label and its softmax probability, as a plain
        number. (A one-element tensor is accepted with a remark.)

    >>> label_scores(torch.tensor([[0.0, 0.0, 1.0986123]]), {0: "a", 1: "b", 2: "c"})[0]["label"]
    'c'
    >>> (answer,) = label_scores(torch.tensor([[0.0, 1.0986123]]), {0: "NEGATIVE", 1: "POSITIVE"})
    >>> answer["label"], round(float(answer["score"]), 4)
    ('POSITIVE', 0.75)
    """
    # TODO: about four lines. Turn each row into probabilities, take the largest, look up its label.
    raise NotImplementedError("label_scores")


def generate(
    next_logits: Callable[[Tensor], Tensor],
    prompt: list[int],
    max_new_tokens: int,
    eos_id: int | None = None,
    do_sample: bool = False,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> list[int]:
    """Continue a prompt token by token; the choice of each token depends on all tokens before it.

    Without sampling, the most likely token is taken; ``temperature``, ``top_k`` and ``generator`` then have no effect.
    With sampling, the token is drawn from softmax(logits / temperature); with ``top_k``, only the k most likely tokens
    can be drawn (if several are tied for the last place, you may keep any or all of them), and their probabilities are
    renormalised to sum to one.

    Args:
        next_logits: the model. Takes the ids so far, int64 (1, T), and returns the logits (V,) for the next token.
        prompt: ids to start from, at least one. The list stays as it is.
        max_new_tokens: maximum number of tokens to add, 0 for none; the prompt does not count.
        eos_id: generation stops after this id has been GENERATED (in the prompt, it has no effect); any id, 0 included.
        do_sample: draw instead of taking the most likely token.
        temperature: above 0; below 1 sharpens the distribution, above 1 flattens it.
        top_k: from 1 to V; None for no restriction.
        generator: source of all random numbers, so equal seeds give equal texts, and each call with the same generator
            makes new draws. None means torch's global generator.

    Returns:
        The prompt and the new tokens, the end token included if it was generated.

    >>> counting = lambda ids: 9.0 * nn.functional.one_hot((ids[0, -1].long() + 1) % 5, 5)
    >>> torch.as_tensor(generate(counting, [1, 2], max_new_tokens=4)).flatten().tolist()
    [1, 2, 3, 4, 0, 1]
    >>> torch.as_tensor(generate(counting, [1, 2], max_new_tokens=4, eos_id=4)).flatten().tolist()
    [1, 2, 3, 4]
    """
    # TODO: about fifteen lines. Call the model, take the most likely token or draw one, append it, stop after the end
    # token.
    raise NotImplementedError("generate")


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Group tagged tokens into named entities, as a pipeline with ``aggregation_strategy="simple"`` does.

    A token tagged B starts an entity. A token tagged I continues the entity of the token before it in the list if that
    token has the same type, and starts one otherwise (some corpora tag all entities with I only). A token tagged O
    belongs to no entity.

    Args:
        tokens: one dictionary per token, in text order: ``entity`` ("B-PER", "I-PER", ..., or "O"; a type may contain
            hyphens itself, such as "EVENT-SPORT" in "B-EVENT-SPORT"), ``score``, ``start`` and ``end`` (its position
            in the text), and ``word``, the token as the tokenizer writes it ("##ert").
        text: the text that ``start`` and ``end`` refer to.

    Returns:
        One dictionary per entity, in text order: ``entity_group`` (its type, "PER"), ``score`` (the mean over its
        tokens), ``word`` (as it is in the text; spaces do not matter), ``start`` and ``end`` (its position in the
        text). A word rebuilt from its pieces, which may be in lower case, is accepted with a remark, since transformers
        does that.

    >>> tags = [("B-PER", "Mar", 0, 3), ("I-PER", "##len", 3, 6), ("O", "left", 7, 11), ("B-LOC", "Oslo", 12, 16)]
    >>> tokens = [dict(zip(("entity", "word", "start", "end"), tag, strict=True), score=0.5) for tag in tags]
    >>> groups = aggregate_simple(tokens, "Marlen left Oslo")
    >>> [(group["entity_group"], group["word"].replace(" ", "")) for group in groups]
    [('PER', 'Marlen'), ('LOC', 'Oslo')]
    """
    # TODO: about twenty lines. Go through the tokens, start or continue an entity, then make a dictionary for each
    # entity.
    raise NotImplementedError("aggregate_simple")


def count_parameters(model: nn.Module) -> dict[str, int]:
    """Count the parameters of a model.

    A tensor that several modules share (such as a word table that is also the output layer) exists once and counts
    once.
    Buffers, such as the running averages of a BatchNorm, are not parameters.

    Args:
        model: any model; its parameters may be frozen or not, and of different dtypes.

    Returns:
        ``total``: number of elements in all parameters; ``trainable``: number of elements in those that require a
        gradient; ``bytes``: memory of all parameters.

    >>> layer = nn.Linear(3, 2)
    >>> layer.bias.requires_grad_(False).shape
    torch.Size([2])
    >>> counts = count_parameters(layer)
    >>> [int(counts[key]) for key in ("total", "trainable", "bytes")]
    [8, 6, 32]
    """
    # TODO: about six lines. Go over the parameters once and add up three things.
    raise NotImplementedError("count_parameters")


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    """Choose which parameters fine-tuning trains.

    ``model.bert`` has three parts: ``embeddings``, ``encoder.layer`` (the list of layers, the last of them on top), and
    ``pooler``. Everything outside ``model.bert`` is the head, whatever it is called.

    Every call sets ``requires_grad`` of all parameters, whatever it was before. Nothing else changes: training and
    evaluation mode stay as they are.

    Args:
        model: a BERT with a head.
        mode: "full" trains everything, "head" only the head (features stay as pre-trained), "top" the head, the pooler
            and the top layers.
        n_top: how many layers mode "top" trains, from 0 (all layers are frozen) to the number of layers. The other
            modes ignore it.

    Raises:
        ValueError: there is no such mode, or ``mode`` is "top" and ``n_top`` is negative or larger than the number of
            layers. Which parameters are trainable after such an error is your choice.
    """
    # TODO: about a dozen lines. Reject a mode or a number of layers that does not exist, then freeze or unfreeze part
    # by part.
    raise NotImplementedError("set_trainable")


# --- bonus ---


def nucleus(logits: Tensor, p: float) -> Tensor:
    """Restrict sampling to the nucleus: the smallest set of tokens whose total probability reaches p (top-p).

    Tokens are kept from the most likely one downwards, until their softmax probabilities add up to p or more; the token
    that brings the sum to p is the last one kept. At least one token is always kept. Among equally likely tokens at the
    cutoff, only as many are kept as are needed; which ones is up to you.

    Args:
        logits: (V,), or (B, V) where every row is a separate distribution. They stay as they are.
        p: from 0 (only the most likely token is kept) to 1 (all are kept).

    Returns:
        The logits in the same shape and order, with -inf for every token outside the nucleus.

    Raises:
        ValueError: ``p`` is below 0 or above 1.

    >>> probabilities = torch.tensor([0.2, 0.4, 0.1, 0.3])
    >>> nucleus(probabilities.log(), p=0.6).softmax(dim=-1).mul(7).round().tolist()
    [0.0, 4.0, 0.0, 3.0]
    """
    # TODO: about nine lines. Reject an invalid p, sort the probabilities, add them up, and set to -inf every logit
    # after p is reached.
    raise NotImplementedError("nucleus")


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Group tagged tokens into entities word by word, as a pipeline with ``aggregation_strategy="first"`` does.

    The first token of a word decides: its tag and its score become those of the whole word, whatever the model predicts
    for the other pieces. Then words are grouped into entities by the rules of ``aggregate_simple``.

    Args:
        tokens: as for ``aggregate_simple``. A token whose ``word`` begins with "##" is another piece of the word before
            it; every other token starts a word, punctuation included. The list and its dictionaries stay as they are.
        text: the text that ``start`` and ``end`` refer to.

    Returns:
        One dictionary per entity, as from ``aggregate_simple``; ``score`` is the mean over its words, and ``word``,
        ``start`` and ``end`` cover all pieces of these words.

    >>> tags = [("B-PER", "Mar", 0, 3), ("O", "##len", 3, 6), ("O", "left", 7, 11), ("B-LOC", "Oslo", 12, 16)]
    >>> tokens = [dict(zip(("entity", "word", "start", "end"), tag, strict=True), score=0.5) for tag in tags]
    >>> groups = aggregate_first(tokens, "Marlen left Oslo")
    >>> [(group["entity_group"], group["word"].replace(" ", "")) for group in groups]
    [('PER', 'Marlen'), ('LOC', 'Oslo')]
    """
    # TODO: about eight lines. Join the pieces of each word, keeping tag and score of the first; then group words into
    # entities.
    raise NotImplementedError("aggregate_first")
