"""What a language model is asked while it reads: the tasks of pre-training. Lesson: `course read objectives`.

Two kinds of model, two questions. BERT gets a text with holes and is asked for what was there (masked language
modelling, MLM); GPT gets the beginning of a text and is asked for the next token (causal language modelling, CLM). The
text itself holds the answers, so nobody has to label anything.

Dimensions: B texts in a batch, T positions, V size of the vocabulary. In attention a query position looks at a key
position; there are T of either.

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
    """Make a riddle of a text: hide some of its tokens, and note what they were.

    Every ordinary token is SELECTED with probability p, independently of all others. The selected ones are to be
    predicted, and each of them meets one of three fates, by a second throw of the dice:

    - with probability 0.8 it becomes [MASK],
    - with probability 0.1 it becomes a random token, drawn from the whole vocabulary (which may happen to be itself),
    - with probability 0.1 it stays as it is. It is predicted all the same.

    So with p = 0.15 the model sees a [MASK] at 12 % of the places. The other two fates keep it from trusting every
    token that is no [MASK]: in fine-tuning there will be none.

    Args:
        input_ids: (B, T) int64; not changed.
        special_mask: (B, T) bool, True at [CLS], [SEP] and [PAD], which are neither selected nor changed.
        mask_id: id of [MASK].
        vocab_size: V; ids run from 0 to V - 1. Whoever draws random tokens may leave out special ones.
        p: share of the ordinary tokens that is selected; 0 selects none, 1 all.
        generator: gives all random numbers, so that equal seeds make equal riddles, and one generator makes a new
            riddle in every call. None means torch's global generator.

    Returns:
        The corrupted ids and the labels, both (B, T) int64. A label is the ORIGINAL id where a token was selected, and
        -100 (``IGNORED``) everywhere else.

    >>> ids = torch.tensor([[101, 7, 8, 9, 102]])
    >>> special = torch.tensor([[True, False, False, False, True]])
    >>> corrupted, labels = mask_tokens(ids, special, mask_id=103, vocab_size=200, p=1.0)
    >>> labels.tolist(), int(corrupted[0, 0]), int(corrupted[0, -1])
    ([[-100, 7, 8, 9, -100]], 101, 102)
    """
    # TODO: about eleven lines. Throw dice for who is selected, note the labels, throw again for the three fates.
    raise NotImplementedError("mask_tokens")


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Ask for what was hidden: the mean of -log P(original token | corrupted text) over the labelled positions.

    Every labelled position of the batch has the same weight, whichever text it stands in. All others have none: their
    logits change neither the loss nor, by a gradient, the model.

    Args:
        logits: (B, T, V); position t speaks about the token at position t itself.
        labels: (B, T) int64, -100 (``IGNORED``) where nothing is asked.

    Returns:
        A tensor without dimensions, on the graph of the logits. A batch may well have no label at all (one text in
        forty of 23 ordinary tokens has none): then it is 0, not NaN, and can still be sent backward.

    Logits may be huge, and the loss stays finite: take the logarithm of a softmax in one step.

    >>> logits = torch.zeros(1, 3, 50)  # knows nothing: every token has the probability 1/50
    >>> round(mlm_loss(logits, torch.tensor([[-100, 7, -100]])).item(), 4), round(torch.tensor(50.0).log().item(), 4)
    (3.912, 3.912)
    """
    # TODO: about three lines. Add up the cross entropy of the labelled positions, count them, divide.
    raise NotImplementedError("mlm_loss")


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """Ask for what comes next: the mean of -log P(token at t + 1 | tokens up to t) over all real next tokens.

    The text is its own label, moved by one place: position t predicts the token at t + 1. So n tokens hold n - 1
    questions, all answered in one pass; nobody predicts the first token, and the last position has nothing to predict.

    Args:
        logits: (B, T, V), T at least 2.
        input_ids: (B, T) int64
        attention_mask: (B, T), 1 where there is a token and 0 where there is padding, which stands on the right. None
            means that all are tokens. Only the mask tells: the id of the padding may be a token as well.

    Returns:
        A tensor without dimensions, on the graph of the logits. Padding is never a target, and every target of the
        batch has the same weight, whichever text it stands in.

    You may call `mlm_loss`. If yours is not finished, these checks bring a working one.

    >>> ids = torch.tensor([[3, 1, 2]])
    >>> sure = 100 * F.one_hot(torch.tensor([[1, 2, 0]]), 5).float()  # says 1 after 3, and 2 after 1
    >>> bool(clm_loss(sure, ids) < 1e-6)
    True
    """
    # TODO: about four lines. Pair every position with the token after it, drop padding, average.
    raise NotImplementedError("clm_loss")


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    """Say who may look at whom; here lies the difference between BERT and GPT.

    Bidirectional (MLM): every position sees the whole text, so a hole can be filled from both sides. Causal (CLM): a
    position sees itself and what came before; whoever saw the next token would not have to predict it. Padding is
    visible to nobody, in either mode.

    Args:
        attention_mask: (B, T), 1 where there is a token and 0 where there is padding, on the right or on the left.
        causal: whether later positions are hidden.

    Returns:
        (B, T, T) bool; [b, i, j] is True if query i may look at key j. (Mind the convention: for
        ``nn.MultiheadAttention`` True means "hidden", for ``F.scaled_dot_product_attention`` it means "visible". Other
        dtypes with 1 and 0 are accepted and remarked upon: added to scores or given to torch, they mean something
        else.) The rows of queries that are padding themselves are up to you, since nobody reads them.

    >>> torch.as_tensor(attention_visibility(torch.tensor([[1, 1, 0]]), causal=True))[0, :2].int().tolist()
    [[1, 0, 0], [1, 1, 0]]
    """
    # TODO: about five lines. Spread the keys over all queries; where causal, leave out what comes later.
    raise NotImplementedError("attention_visibility")


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    """Make questions of the second kind that BERT was asked: does this sentence follow that one?

    For every pair a coin is tossed. Heads: two sentences that follow each other in one document. Tails: a sentence, and
    another one from ANOTHER document, since in its own it might be a true continuation. Documents and places are drawn
    at random.

    Args:
        documents: at least two, none of them empty, each a list of sentences in their order; at least one has two
            sentences or more. A document of one sentence holds no consecutive pair, but may stand in one that is not.
        n_pairs: how many pairs to make.
        rng: gives all random numbers.

    Returns:
        ``n_pairs`` triples (first sentence, second sentence, label), some half of them with each label: 0
        (``IS_NEXT``) if the second follows the first, 1 (``NOT_NEXT``) if it comes from elsewhere, as in transformers.

    >>> documents = [["The cat sat down.", "It purred."], ["I love pizza."]]
    >>> pairs = list(make_nsp_pairs(documents, 100, random.Random(0)))
    >>> len(pairs), {(first, second) for first, second, label in pairs if label == IS_NEXT}
    (100, {('The cat sat down.', 'It purred.')})
    """
    # TODO: about twelve lines. Draw a document and a place, toss a coin, add the sentence that it asks for.
    raise NotImplementedError("make_nsp_pairs")


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    """Let a masked language model guess: the k most probable tokens for every [MASK] of a text.

    Args:
        logits: (T, V), what the model says at every position of ONE text.
        input_ids: (T,) int64
        mask_id: id of [MASK]; it may occur several times, or not at all.
        k: guesses per [MASK], at most V.

    Returns:
        A list per [MASK], in the order of the text, each with k pairs (token id, probability), most probable first:
        plain ints and floats, ready to be printed. (Tensors of one number are accepted and remarked upon.)
        The probabilities are those among all V tokens, so k of them add up to less than 1. Without a [MASK]: [].

    >>> logits = torch.tensor([[0.0, 0.0, 0.0], [1.0, 3.0, 2.0]])
    >>> (guesses,) = fill_mask_topk(logits, torch.tensor([0, 2]), mask_id=2, k=2)
    >>> [(int(token), round(float(probability), 3)) for token, probability in guesses]
    [(1, 0.665), (2, 0.245)]
    """
    # TODO: about four lines. Find the masks, turn their rows into probabilities, take the k largest.
    raise NotImplementedError("fill_mask_topk")


# --- bonus ---


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    """Choose what to hide word by word: all tokens of a word are selected, or none of them.

    The share is counted in tokens: ``budget`` = p times the number of ordinary tokens, rounded to a whole number
    (halves either way), and at least 1. Words come up in random order, every order being equally likely. A word is
    selected if all its tokens still fit into the budget; one that does not fit is passed over, and a shorter one that
    comes up later may still be selected. If no word fits, none is selected.

    Args:
        word_ids: for each of T tokens the number of its word in its text, as ``word_ids()`` of a fast tokenizer gives
            it, or None for a special token, which is never selected. Neighbours with the same number are one word. In a
            pair of texts the numbers begin at 0 again behind the [SEP], so the same number may return: another word.
        p: share of the ordinary tokens to select; above 0, at most 1.
        rng: gives all random numbers.

    Returns:
        T times True (selected) or False, as a list or as a tensor.

    >>> word_ids = [None, 0, 1, 1, 1, 2, None]  # [CLS] the hem ##ing ##way novel [SEP]
    >>> selected = list(map(bool, whole_word_mask(word_ids, 0.6, random.Random(0))))
    >>> sum(selected[2:5]) in (0, 3), sum(selected) <= 3, selected[0], selected[6]
    (True, True, False, False)
    """
    # TODO: about eighteen lines. Collect the places of every word, shuffle the words, take those that still fit.
    raise NotImplementedError("whole_word_mask")


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Say between how many equally likely tokens a model hesitates: e to the power of its mean loss over a corpus.

    The mean is one over all labelled tokens of the corpus. It is neither a mean of the batches' means nor one of their
    perplexities: a token counts the same whether its batch is large or small.

    Args:
        batches: may be a generator, which can be read only once. Pairs (logits, labels) of any sizes: (B, T, V), where
            position t speaks about the label at t, and (B, T) int64, -100 (``IGNORED``) where nothing is asked. Some
            batches may hold no label at all. Logits may be huge.

    Returns:
        A number from 1 upwards, computed in float64: up to a mean loss of 709 it is finite, far beyond that ``inf``
        (e to that power is no number of 64 bits any more). It is no error that a model is hopeless.

    Raises:
        ValueError: the whole corpus has no label.

    >>> knows_nothing = torch.zeros(2, 3, 50)
    >>> labels = torch.tensor([[1, 2, -100], [3, -100, -100]])
    >>> round(float(perplexity([(knows_nothing, labels)])), 3)
    50.0
    """
    # TODO: about eight lines. Add up losses and labelled tokens over all batches; divide once, then exponentiate once.
    raise NotImplementedError("perplexity")
