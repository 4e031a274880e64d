"""Pre-training objectives: what a language model has to predict. Lesson: `course read objectives`.

Two kinds of model, two objectives. BERT gets a text with masked tokens and predicts the originals (masked language
modelling, MLM); GPT gets the beginning of a text and predicts the next token (causal language modelling, CLM). The text
itself contains the targets, so no labelling is needed.

Dimensions: B texts in a batch, T positions, V vocabulary size. In attention, query positions attend to key positions;
there are T of each.

No function modifies its arguments.

Sources:
    MLM, 80/10/10, next sentence prediction    Devlin et al. 2018, https://arxiv.org/abs/1810.04805, section 3.1
    masks drawn anew in every epoch            Liu et al. 2019, https://arxiv.org/abs/1907.11692, section 4.1
    CLM                                        Radford et al. 2018, "Improving Language Understanding by Generative
                                               Pre-Training", section 3.1
    whole-word masking                         the README and create_pretraining_data.py of
                                               https://github.com/google-research/bert (2019)
    perplexity                                 Jelinek et al. 1977, https://doi.org/10.1121/1.2016299
"""

import random
from collections.abc import Iterable

import torch
import torch.nn.functional as F  # noqa: F401  (for your use)
from torch import Tensor

IGNORED = -100
"""The label of a position that has no loss; ``torch.nn.functional.cross_entropy`` skips it by default."""

IS_NEXT, NOT_NEXT = 0, 1
"""Labels of sentence pairs, as transformers numbers them: 0 means that the second sentence follows the first."""


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Corrupt a text for masked language modelling, and return the labels to predict.

    Every ordinary token is SELECTED with probability p, independently of all others. The selected tokens are predicted.
    A second random draw decides between three cases:

    - with probability 0.8 the token becomes [MASK],
    - with probability 0.1 it becomes a random token, any of the V ids with the same probability (the token itself
      included; you may leave out the special ones),
    - with probability 0.1 it stays unchanged, but is still predicted.

    So with p = 0.15 the model sees a [MASK] at 12% of the positions. The other two cases keep it from trusting every
    token that is not [MASK]: in fine-tuning there is no [MASK].

    Args:
        input_ids: (B, T) int64
        special_mask: (B, T) bool, True at [CLS], [SEP] and [PAD], which are neither selected nor changed.
        mask_id: id of [MASK].
        vocab_size: V; ids run from 0 to V - 1.
        p: share of the ordinary tokens that is selected; 0 selects none, 1 all.
        generator: source of all random numbers, so equal seeds give equal results, and each call with the same
            generator makes a new draw. None means torch's global generator.

    Returns:
        The corrupted ids and the labels, both (B, T) int64. A label is the ORIGINAL id where a token was selected, and
        -100 (``IGNORED``) everywhere else.

    >>> ids = torch.tensor([[101, 7, 8, 9, 102]])
    >>> special = torch.tensor([[True, False, False, False, True]])
    >>> corrupted, labels = mask_tokens(ids, special, mask_id=103, vocab_size=200, p=1.0)
    >>> labels.tolist(), int(corrupted[0, 0]), int(corrupted[0, -1])
    ([[-100, 7, 8, 9, -100]], 101, 102)
    """
    # TODO: about eleven lines. Draw which tokens are selected, set the labels, draw again for the three cases.
    raise NotImplementedError("mask_tokens")


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """MLM loss: the mean of -log P(original token | corrupted text) over the labelled positions.

    Every labelled position of the batch has the same weight, whichever text it belongs to. All others are ignored:
    their logits affect neither the loss nor the gradients.

    Args:
        logits: (B, T, V); position t predicts the token at position t itself.
        labels: (B, T) int64, -100 (``IGNORED``) where nothing is predicted.

    Returns:
        A scalar tensor attached to the graph of the logits. A batch can have no label at all: with p = 0.15, this
        happens to about one in 40 texts of 23 ordinary tokens. Then the loss is 0, not NaN, and backward still works.
        (A newly created zero that supports backward is accepted with a remark.)

    Logits may be huge, but the loss must stay finite: compute the log-softmax in one step.

    >>> logits = torch.zeros(1, 3, 50)  # knows nothing: every token has the probability 1/50
    >>> round(mlm_loss(logits, torch.tensor([[-100, 7, -100]])).item(), 4), round(torch.tensor(50.0).log().item(), 4)
    (3.912, 3.912)
    """
    # TODO: about three lines. Sum the cross-entropy over the labelled positions, count them, divide.
    raise NotImplementedError("mlm_loss")


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """CLM loss: the mean of -log P(token at t + 1 | tokens up to t) over all next tokens that are not padding.

    The labels are the text itself, shifted by one: position t predicts the token at t + 1. So n tokens give n - 1
    predictions, all in one pass; the first token is not predicted, and the last position has nothing to predict.

    Args:
        logits: (B, T, V), T at least 2.
        input_ids: (B, T) int64
        attention_mask: (B, T), 1 where there is a token and 0 where there is padding, which is on the right. None means
            that there is no padding. Only the mask identifies padding: the padding id may be a real token as well.

    Returns:
        A scalar tensor attached to the graph of the logits. Padding is never a target, and every target of the batch
        has the same weight, whichever text it belongs to.

    You may call ``mlm_loss``. If yours is not finished, the checks provide a working one.

    >>> ids = torch.tensor([[3, 1, 2]])
    >>> sure = 100 * F.one_hot(torch.tensor([[1, 2, 0]]), 5).float()  # says 1 after 3, and 2 after 1
    >>> bool(clm_loss(sure, ids) < 1e-6)
    True
    """
    # TODO: about four lines. Pair every position with the next token, ignore padding, average.
    raise NotImplementedError("clm_loss")


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    """Build the attention mask: which position may attend to which. It is the difference between BERT and GPT.

    Bidirectional (MLM): every position sees the whole text, so a [MASK] is predicted from both sides. Causal (CLM): a
    position sees itself and earlier positions; a model that saw the next token would not have to predict it. Padding is
    never visible, in either mode.

    Args:
        attention_mask: (B, T), 1 where there is a token and 0 where there is padding, on the right or on the left.
        causal: whether later positions are hidden.

    Returns:
        (B, T, T) bool; [b, i, j] is True if query i may attend to key j. (Mind the convention: for
        ``nn.MultiheadAttention`` True means "hidden", for ``F.scaled_dot_product_attention`` it means "visible". Other
        dtypes with 1 and 0 are accepted with a remark: added to scores or given to torch, they mean something else.)
        Rows of queries that are padding may hold anything, since they are never used.

    >>> torch.as_tensor(attention_visibility(torch.tensor([[1, 1, 0]]), causal=True))[0, :2].int().tolist()
    [[1, 0, 0], [1, 1, 0]]
    """
    # TODO: about five lines. Expand the keys to all queries; if causal, hide later positions.
    raise NotImplementedError("attention_visibility")


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    """Make sentence pairs for BERT's second objective, next sentence prediction: does B follow A?

    For every pair, one of the two labels is drawn, each with probability 1/2. IsNext: two consecutive sentences of one
    document. NotNext: a sentence and one from ANOTHER document, since one from the same document might be a
    true continuation. Documents and positions are drawn at random.

    Args:
        documents: at least two, none of them empty, each a list of sentences in order. At least one document has two or
            more sentences. A document of one sentence has no consecutive pair, but may be used in a NotNext pair.
        n_pairs: number of pairs to make.
        rng: source of all random numbers.

    Returns:
        ``n_pairs`` triples (first sentence, second sentence, label), about half of them with each label: 0
        (``IS_NEXT``) if the second follows the first, 1 (``NOT_NEXT``) if it does not, as in transformers.

    >>> documents = [["The cat sat down.", "It purred."], ["I love pizza."]]
    >>> pairs = list(make_nsp_pairs(documents, 100, random.Random(0)))
    >>> len(pairs), {(first, second) for first, second, label in pairs if label == IS_NEXT}
    (100, {('The cat sat down.', 'It purred.')})
    """
    # TODO: about twelve lines. Draw a label, then a document and a position, and add the second sentence that the label
    # requires.
    raise NotImplementedError("make_nsp_pairs")


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    """Return the k most probable tokens for every [MASK] of a text.

    Args:
        logits: (T, V), the model's output for ONE text.
        input_ids: (T,) int64
        mask_id: id of [MASK]; it may occur several times, or not at all.
        k: predictions per [MASK], from 1 to V.

    Returns:
        A list per [MASK], in the order of the text, each with k pairs (token id, probability), most probable first:
        plain ints and floats. (Tensors with one element are accepted with a remark.) The probabilities are over all V
        tokens, so fewer than V of them sum to less than 1. Without a [MASK]: [].

    >>> logits = torch.tensor([[0.0, 0.0, 0.0], [1.0, 3.0, 2.0]])
    >>> (guesses,) = fill_mask_topk(logits, torch.tensor([0, 2]), mask_id=2, k=2)
    >>> [(int(token), round(float(probability), 3)) for token, probability in guesses]
    [(1, 0.665), (2, 0.245)]
    """
    # TODO: about four lines. Find the masks, turn their rows into probabilities, take the k largest.
    raise NotImplementedError("fill_mask_topk")


# --- bonus ---


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    """Select tokens to mask word by word: all tokens of a word are selected, or none of them.

    The share is counted in tokens: ``budget`` = p times the number of ordinary tokens, rounded to a whole number
    (halves either way), and at least 1. Words are considered in random order; every order is equally likely. A word is
    selected if all its tokens still fit into the budget; one that does not fit is skipped, and a shorter one later in
    the order may still be selected. If no word fits, none is selected.

    Args:
        word_ids: for each of T tokens the index of its word in its text, as ``word_ids()`` of a fast tokenizer returns
            it, or None for a special token, which is never selected. Adjacent tokens with the same index form one word.
            In a pair of texts, the indices start at 0 again after the [SEP], so the same index can mean another word.
        p: share of the ordinary tokens to select; above 0, at most 1.
        rng: source of all random numbers.

    Returns:
        T booleans, True where a token is selected, as a list or a tensor.

    >>> word_ids = [None, 0, 1, 1, 1, 2, None]  # [CLS] the hem ##ing ##way novel [SEP]
    >>> selected = list(map(bool, whole_word_mask(word_ids, 0.6, random.Random(0))))
    >>> sum(selected[2:5]) in (0, 3), sum(selected) <= 3, selected[0], selected[6]
    (True, True, False, False)
    """
    # TODO: about eighteen lines. Collect the positions of every word, shuffle the words, take those that still fit.
    raise NotImplementedError("whole_word_mask")


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Perplexity of a model: e to the power of its mean loss over a corpus.

    It is the number of equally likely tokens that would give the same loss. The mean is over all labelled tokens of the
    corpus, not over the means or perplexities of batches: a token counts the same whether its batch is large or small.

    Args:
        batches: pairs (logits, labels) of any sizes; may be a generator, which can be read only once. The logits are
            (B, T, V) and may be huge; position t predicts the label at t. The labels are (B, T) int64, -100
            (``IGNORED``) where nothing is predicted. Some batches may have no label at all.

    Returns:
        A number of at least 1, computed in float64: finite up to a mean loss of 709, and ``inf`` far beyond that, where
        float64 overflows. A hopeless model is not an error.

    Raises:
        ValueError: there is no label in the whole corpus.

    >>> knows_nothing = torch.zeros(2, 3, 50)
    >>> labels = torch.tensor([[1, 2, -100], [3, -100, -100]])
    >>> round(float(perplexity([(knows_nothing, labels)])), 3)
    50.0
    """
    # TODO: about eight lines. Add up losses and labelled tokens over all batches; divide once, then exponentiate once.
    raise NotImplementedError("perplexity")
