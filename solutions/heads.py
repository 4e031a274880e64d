"""Heads: what comes between an encoder and a prediction, and how padding gets into it. Lesson: `course read heads`.

Dimensions: B texts in the batch, T token positions, C width of the encoder, N states of an encoder (its embeddings and
its layers, so 13 for BERT-base).

A batch is padded to its longest text. The mask says which positions are real: 1 for a token, 0 for padding, as
returned by a transformers tokenizer (int64). An encoder outputs hidden states at the PAD positions too, and they look
like any others. Two things must never affect a prediction: the content of the PAD positions and their number. Hidden
states and masks are never modified.

Everything here takes the hidden states as the encoder returns them: ``last_hidden_state``, or the tuple
``hidden_states`` where several layers are needed.

Sources:
    heads for BERT, a comparison    a blog on the CommonLit Readability competition (Kaggle, 2021)
    max pooling, convolutions       Kim 2014, https://arxiv.org/abs/1408.5882
    LSTM                            Hochreiter and Schmidhuber 1997
    [CLS] of the last four layers   Devlin et al. 2018, https://arxiv.org/abs/1810.04805, section 5.3
    weighted mix of all layers      Peters et al. 2018 (ELMo), https://arxiv.org/abs/1802.05365, equation 1
    attention pooling               Yang et al. 2016, https://aclanthology.org/N16-1174, section 2.2
    generalised mean                Radenovic et al. 2018, https://arxiv.org/abs/1711.02512, section 3.2
    two directions                  Graves and Schmidhuber 2005, https://doi.org/10.1016/j.neunet.2005.06.042
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Average the real tokens of each text.

    Neither ``hidden`` nor ``mask`` is modified, and the gradient reaches only the real tokens.

    Args:
        hidden: (B, T, C)
        mask: (B, T), 1 or True for a real token, 0 or False for padding; bool, integer or float. The real tokens need
            not be adjacent. For a text without real tokens, the result is finite.

    Returns:
        (B, C), in each row the sum over the real tokens divided by their number.

    >>> hidden = torch.tensor([[[1.0, 10.0], [3.0, 30.0], [99.0, 99.0]]])
    >>> mean_pool(hidden, torch.tensor([[1, 1, 0]])).tolist()
    [[2.0, 20.0]]
    """
    weights = mask.to(hidden.dtype).unsqueeze(-1)  # (B, T, 1)
    total = (hidden * weights).sum(dim=1)  # (B, C)
    count = weights.sum(dim=1).clamp(min=1)  # (B, 1); for an empty text, 0 / 1 = 0 instead of 0 / 0 = nan
    return total / count


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Take the largest value of each feature over the real tokens of each text.

    This holds however negative the values are: a text whose values are all negative has a negative maximum, and padding
    never wins against a real value. Works in float32, float16 and bfloat16; ``hidden`` is not modified, and the
    gradient reaches the largest values.

    Args:
        hidden: (B, T, C)
        mask: (B, T), 1 or True for a real token, 0 or False for padding; bool, integer or float. Every text has a real
            token; the real tokens need not be adjacent.

    Returns:
        (B, C), the values, not their positions.

    >>> hidden = torch.tensor([[[-1.0, -20.0], [-3.0, -10.0], [0.0, 0.0]]])
    >>> max_pool(hidden, torch.tensor([[1, 1, 0]])).tolist()
    [[-1.0, -10.0]]
    """
    lowest = torch.finfo(hidden.dtype).min  # no constant works for every dtype: the lowest float16 is -65504
    silenced = hidden.masked_fill(mask.unsqueeze(-1) == 0, lowest)  # (B, T, C)
    return silenced.amax(dim=1)


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Concatenate both poolings: what a text is like on average, and what stands out in it.

    Args:
        hidden: (B, T, C)
        mask: (B, T), as for `max_pool`. Neither ``hidden`` nor ``mask`` is modified; the gradient reaches ``hidden``.

    Returns:
        (B, 2C), first the C means, then the C maxima; both over the real tokens only.

    >>> hidden = torch.tensor([[[1.0, 10.0], [3.0, 30.0], [99.0, 99.0]]])
    >>> mean_max_pool(hidden, torch.tensor([[1, 1, 0]])).tolist()
    [[2.0, 20.0, 3.0, 30.0]]
    """
    average, largest = mean_pool(hidden, mask), max_pool(hidden, mask)
    return torch.cat([average, largest], dim=-1)


class ConvHead(nn.Module):
    """One score per text from its n-grams: a convolution, a second one with a single output channel, and a maximum.

    A window of a convolution covers ``kernel`` neighbouring tokens, so the order of the words matters. At the end of a
    text, a window reaches into the padding. To keep the score independent of it, padding is set to zero before EACH
    convolution (after the first one it is no longer zero: a convolution over zeros outputs its bias), and windows that
    begin after the text are left out of the maximum.

    The number and kind of layers are your choice, as long as these rules hold for texts of any length, down to one
    token:

    - neither the content nor the number of the PAD positions changes a score;
    - with a kernel of 2 or more, the order of the words matters; the position of a passage in a text does not matter,
      as long as the passage has the same neighbours and is not at either end of the text;
    - a larger kernel means more trainable parameters, and so do more channels;
    - every parameter gets a gradient, and so do the real tokens, so that the encoder learns too;
    - texts do not affect each other (if they do so only in training mode, as with batch normalisation, the grader only
      makes a remark);
    - ``hidden_states`` and ``mask`` are not modified.

    >>> head = ConvHead(hidden=6, channels=4)
    >>> head(torch.ones(3, 1, 6), torch.ones(3, 1, dtype=torch.long)).shape
    torch.Size([3, 1])
    """

    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        """Build the head.

        Args:
            hidden: C, the width of the encoder.
            channels: number of n-gram features.
            kernel: tokens in a window.
        """
        super().__init__()
        self.ngrams = nn.Conv1d(hidden, channels, kernel)
        self.scores = nn.Conv1d(channels, 1, kernel)
        self.reach = kernel - 1  # how far a window looks ahead

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        """Score the texts.

        Args:
            hidden_states: (B, T, C)
            mask: (B, T), 1 for a real token, 0 for padding, which is on the right. Every text has a real token.

        Returns:
            (B, 1), without an activation at the end: a score may be any number.
        """
        padding = mask.unsqueeze(1) == 0  # (B, 1, T)
        tokens = hidden_states.transpose(1, 2).masked_fill(padding, 0)  # (B, C, T)
        features = F.relu(self.ngrams(F.pad(tokens, (0, self.reach))))  # (B, channels, T); window t begins at token t
        features = features.masked_fill(padding, 0)
        scores = self.scores(F.pad(features, (0, self.reach)))  # (B, 1, T)
        return scores.masked_fill(padding, torch.finfo(scores.dtype).min).amax(dim=2)


class LSTMHead(nn.Module):
    """One score per text: an LSTM reads it word by word, and a linear layer scores the state at the last REAL token.

    Whether it has one direction or two, and one layer or more, is your choice, as long as these rules hold:

    - neither the content nor the number of the PAD positions changes a score;
    - the first and the last real token both affect the score;
    - the order of the words matters, and each word is read in the context of the words before it;
    - the order of the texts does not matter: each text gets the score that it would get in any other row;
    - the score is bounded however large the hidden states are, since the state of an LSTM is bounded;
    - ``hidden_states`` and ``mask`` are not modified.

    A gradient should reach the hidden states, so that the encoder learns too; if none does, the grader only makes a
    remark.

    >>> head = LSTMHead(hidden=6)
    >>> head(torch.ones(3, 5, 6), torch.ones(3, 5, dtype=torch.long)).shape
    torch.Size([3, 1])
    """

    def __init__(self, hidden: int, units: int | None = None) -> None:
        """Build the head.

        Args:
            hidden: C, the width of the encoder.
            units: width of the LSTM's state; None means C. A different width means a different number of weights.
        """
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.regressor = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        """Score the texts.

        Args:
            hidden_states: (B, T, C)
            mask: (B, T), 1 for a real token, 0 for padding, which is on the right. Every text has a real token.

        Returns:
            (B, 1), without an activation at the end: a score may be any number.
        """
        states, _ = self.lstm(hidden_states)  # (B, T, units); state t has read the tokens up to t, and nothing after it
        last = (mask != 0).sum(dim=1) - 1  # (B,)
        rows = torch.arange(len(last), device=last.device)
        return self.regressor(states[rows, last])


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    """Concatenate the [CLS] states of the last layers.

    Lower layers encode more of the surface form, upper layers more of the meaning; the next linear layer can weight
    them.

    Args:
        hidden_states: N tensors (B, T, C): the embeddings first, then the layers from the lowest to the last. [CLS] is
            the first token. The tensors are not modified, and the gradient reaches those that are used.
        n_last: number of layers, from 1 to N - 1; the embeddings do not count as a layer.

    Returns:
        (B, n_last * C), one block of C numbers per layer, the last layer first. (The grader also accepts the opposite
        order of the blocks: the order makes no difference to the linear layer that follows.)

    >>> states = tuple(torch.full((1, 3, 2), float(layer)) for layer in range(5))
    >>> cls_concat(states, n_last=3).tolist()
    [[4.0, 4.0, 3.0, 3.0, 2.0, 2.0]]
    """
    blocks = [hidden_states[-layer][:, 0] for layer in range(1, n_last + 1)]
    return torch.cat(blocks, dim=-1)


class LayerMix(nn.Module):
    """A weighted average over the states of an encoder, with learned weights: one number per state.

    It starts as the plain average. Whatever values training gives to the parameters (positive, negative or zero), the
    weights are positive and sum to 1. They are the same for all texts, tokens and features.

    >>> mix = LayerMix(n_states=3)
    >>> states = tuple(torch.full((1, 1, 2), float(layer)) for layer in (1, 2, 6))
    >>> mix(states).tolist()
    [[[3.0, 3.0]]]
    >>> sum(parameter.numel() for parameter in mix.parameters() if parameter.requires_grad)
    3
    """

    def __init__(self, n_states: int) -> None:
        """Build the mix.

        Args:
            n_states: N, the number of tensors that `forward` gets; exactly N values are trained.
        """
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        """Mix the states.

        Args:
            hidden_states: N tensors (B, T, C): the embeddings and all layers; not modified.

        Returns:
            (B, T, C)
        """
        weights = self.logits.softmax(dim=0)  # (N,); equal logits, equal weights
        return torch.einsum("n,nbtc->btc", weights, torch.stack(tuple(hidden_states)))


class AttentionPool(nn.Module):
    """A weighted average of the real tokens of a text, in which each token determines its own weight.

    A small network (one linear layer is enough) computes a score for each token from the token's own state alone,
    whatever its position. A softmax over the real tokens turns the scores into weights. The average is taken over the
    hidden states themselves. So these rules hold, whatever the values of the parameters:

    - neither the content nor the number of the PAD positions changes the result: PAD has weight 0;
    - each feature stays within its range over the real tokens; for a text of one token, the result is that token's
      state, in training mode too;
    - the weights depend on the tokens, not on their order;
    - every weight matrix and the real tokens get a gradient; ``hidden_states`` is not modified.

    >>> pool = AttentionPool(hidden=2)
    >>> pool(torch.tensor([[[1.0, 2.0], [9.0, 9.0]]]), torch.tensor([[1, 0]])).tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, hidden: int) -> None:
        """Build the pool.

        Args:
            hidden: C, the width of the encoder.
        """
        super().__init__()
        self.inner = nn.Linear(hidden, hidden)
        self.outer = nn.Linear(hidden, 1, bias=False)  # a bias would shift all scores alike, which softmax forgets

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        """Pool the texts.

        Args:
            hidden_states: (B, T, C)
            mask: (B, T), 1 for a real token, 0 for padding. Every text has a real token.

        Returns:
            (B, C)
        """
        scores = self.outer(torch.tanh(self.inner(hidden_states))).squeeze(-1)  # (B, T)
        weights = scores.masked_fill(mask == 0, float("-inf")).softmax(dim=1)  # (B, T), zero where PAD is
        return torch.einsum("bt,btc->bc", weights, hidden_states)


# --- bonus ---


class GeMPool(nn.Module):
    """The generalised mean over the real tokens: the p-th root of the mean of p-th powers, with a learned p.

    With p = 1 it is the mean; the larger p is, the closer it comes to the maximum. There is one p for all features, and
    it is trained with the rest of the model, which may also move it below 1. Powers of negative numbers are of no use
    here, so values below ``eps`` are clamped to ``eps``.

    Neither the content nor the number of the PAD positions changes the result, and the inputs are not modified.

    >>> pool = GeMPool(p=2.0)
    >>> pool(torch.tensor([[[1.0], [7.0], [99.0]]]), torch.tensor([[1, 1, 0]])).tolist()
    [[5.0]]
    """

    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        """Build the pool.

        Args:
            p: initial value of the exponent, above 0; it is the module's only parameter, a single number.
            eps: lower bound of the values.
        """
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        """Pool the texts.

        Args:
            hidden_states: (B, T, C)
            mask: (B, T), 1 or True for a real token, 0 or False for padding; bool, integer or float. The real tokens
                need not be adjacent. Every text has a real token.

        Returns:
            (B, C)
        """
        powers = hidden_states.clamp(min=self.eps) ** self.p
        powers = powers.masked_fill(mask.unsqueeze(-1) == 0, 0)
        n_tokens = (mask != 0).sum(dim=1, keepdim=True)  # (B, 1)
        return (powers.sum(dim=1) / n_tokens) ** (1 / self.p)


class BiLSTMHead(nn.Module):
    """One score per text from an LSTM that reads it in both directions, and a linear layer over the two final states.

    One direction reads from the first real token to the last, the other from the last real token to the first. The
    score is a linear function of the two final states (``h_n`` of ``torch.nn.LSTM``), each taken after the last word
    that its direction reads, with nothing between the states and the linear layer. Each direction has one layer, built
    like ``torch.nn.LSTM``, with 4 * units * (C + units + 2) parameters; the linear layer has 2 * units + 1.

    - neither the content nor the number of the PAD positions changes a score;
    - the first and the last word of a long text matter most, each for one direction; the middle hardly matters, since
      it is far from both ends;
    - each text gets the score that it would get in any other row of the batch;
    - every parameter gets a gradient, and ``hidden_states`` and ``mask`` are not modified.

    >>> head = BiLSTMHead(hidden=6, units=4)
    >>> head(torch.ones(3, 5, 6), torch.ones(3, 5, dtype=torch.long)).shape
    torch.Size([3, 1])
    """

    def __init__(self, hidden: int, units: int | None = None) -> None:
        """Build the head.

        Args:
            hidden: C, the width of the encoder.
            units: width of the state of one direction; None means C.
        """
        super().__init__()
        size = hidden if units is None else units
        self.readers = nn.LSTM(hidden, size, batch_first=True, bidirectional=True)
        self.line = nn.Linear(2 * size, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        """Score the texts.

        Args:
            hidden_states: (B, T, C)
            mask: (B, T), 1 for a real token, 0 for padding, which is on the right. Every text has a real token.

        Returns:
            (B, 1), without an activation at the end: a score may be any number.
        """
        lengths = (mask != 0).sum(dim=1).cpu()  # packing wants them there
        packed = nn.utils.rnn.pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.readers(packed)  # (2, B, units): each direction where it ends, in the order of the batch
        return self.line(torch.cat([ends[0], ends[1]], dim=1))


class KernelsHead(nn.Module):
    """One score per text from n-grams of several sizes: parallel convolutions, the maximum of each, and a linear layer.

    For every kernel, there is a convolution over the tokens with ``channels`` features and a bias, followed by ReLU
    and, for each feature, the maximum over the windows of the text (Kim 2014). The maxima of all kernels are
    concatenated and go through one linear layer with a bias, and through nothing else. So the number of trainable
    parameters is the sum of channels * (C * k + 1) over the kernels k, plus channels * (number of kernels) + 1 for the
    linear layer.

    - a text may be shorter than a kernel, down to one token: zeros fill the rest of the window. In a longer text,
      windows that reach beyond its beginning or end may be filled with zeros too, or left out;
    - neither the content nor the number of the PAD positions changes a score;
    - within a window, the order of the words matters; neither the position of a passage in a text nor how often it
      occurs matters, as long as the passage has the same neighbours and is not at either end of the text;
    - every parameter and the real tokens get a gradient; ``hidden_states`` and ``mask`` are not modified.

    >>> head = KernelsHead(hidden=6, channels=4)
    >>> head(torch.ones(3, 1, 6), torch.ones(3, 1, dtype=torch.long)).shape
    torch.Size([3, 1])
    """

    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        """Build the head.

        Args:
            hidden: C, the width of the encoder.
            channels: features per kernel.
            kernels: tokens in a window, one entry per convolution; equal entries get separate convolutions.
        """
        super().__init__()
        self.branches = nn.ModuleList(nn.Conv1d(hidden, channels, kernel) for kernel in kernels)
        self.line = nn.Linear(channels * len(kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        """Score the texts.

        Args:
            hidden_states: (B, T, C)
            mask: (B, T), 1 for a real token, 0 for padding, which is on the right. Every text has a real token.

        Returns:
            (B, 1), without an activation at the end: a score may be any number.
        """
        behind = mask.unsqueeze(1) == 0  # (B, 1, T)
        words = hidden_states.transpose(1, 2).masked_fill(behind, 0)  # (B, C, T)
        strongest = []
        for branch in self.branches:
            answers = F.relu(branch(F.pad(words, (0, branch.kernel_size[0] - 1))))  # window t begins at token t
            strongest.append(answers.masked_fill(behind, 0).amax(dim=2))  # after ReLU a zero can win from nobody
        return self.line(torch.cat(strongest, dim=1))
