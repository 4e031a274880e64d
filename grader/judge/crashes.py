"""Explains frequent error messages of torch and Python in a sentence, shown with the traceback of a crashed check.

A sentence says what the message states and where to look; it does not guess what was meant. The first pattern found in
``Type: message`` decides; its groups fill the gaps of the sentence. ``tests/test_explanations.py`` provokes each of
these messages with the installed torch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.text import translated

ARGUMENTS = "arguments-do-not-fit"
MAX_GROUP = 80
"""Characters of a group that are quoted in a sentence."""


@dataclass(frozen=True)
class Sentence:
    """The explanation of one kind of crash."""

    id: str
    pattern: str
    text: str
    """The sentence; it can quote the pattern's groups: {0}, {1}, …"""
    unquoted: str = ""
    """Sentence to use if quoting is not allowed; if it is empty, a sentence with gaps is then left out."""


SENTENCES = (
    # --- shapes ---
    Sentence(
        "classes-not-on-axis-1",
        r"xpected target size \[(.*?)\], got \[(.*?)\]",
        "cross_entropy takes axis 1 of the scores as the class axis: these scores need targets of shape [{0}], "
        "but the targets have shape [{1}]. If the class axis comes last, as in (B, T, V), either flatten both "
        "to (B*T, V) and (B*T), or move the last axis to position 1.",
        "cross_entropy takes axis 1 of the scores as the class axis; the targets must have the "
        "shape of the scores without that axis. If the class axis comes last, as in (B, T, V), "
        "either flatten both to (B*T, V) and (B*T), or move the last axis to position 1.",
    ),
    Sentence(
        "batch-sizes-differ",
        r"xpected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        "The loss got {0} rows of scores and {1} targets, but there must be one target per row. Print both "
        "shapes just before the call: were both shifted, flattened or indexed in the same way?",
        "The number of rows of scores and the number of targets differ, but there must be one target per row. Print "
        "both shapes just before the call: were both shifted, flattened or indexed in the same way?",
    ),
    Sentence(
        "target-out-of-bounds",
        r"Target (-?\d+) is out of bounds",
        "A target of cross_entropy is {0}, which is not a valid class: targets run from 0 to the number of "
        "classes minus 1, or equal ignore_index. Which values can your targets have, and which axis of the "
        "scores is the class axis?",
        "A target of cross_entropy is not a valid class: targets run from 0 to the number of classes minus 1, or equal "
        "ignore_index. Which values can your targets have, and which axis of the scores is the class axis?",
    ),
    Sentence(
        "matrix-shapes-do-not-fit",
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "A matrix product sums over the last axis of the first factor ({1} here) and the first axis of the second "
        "({2} here), so these must be equal. nn.Linear(a, b) takes inputs whose last axis is a, and stores its "
        "weight as (b, a). Write down the shape of each factor: which axes do you want to sum over?",
        "A matrix product sums over the last axis of the first factor and the first axis of the second, so these must "
        "be equal. nn.Linear(a, b) takes inputs whose last axis is a, and stores its weight as (b, a). Write down the "
        "shape of each factor: which axes do you want to sum over?",
    ),
    Sentence(
        "matrix-shapes-do-not-fit",
        r"Expected size for first two dimensions of batch2 tensor to be: \[(.*?)\] but got: \[(.*?)\]",
        "In a batched matrix product, the shape of the second factor must begin with [{0}] (the batch size, then "
        "the number of columns of the first factor), but it begins with [{1}]. Does one factor need its last two "
        "axes transposed, or is an axis in the wrong position?",
        "In a batched matrix product, the shape of the second factor must begin with the batch size and the number of "
        "columns of the first factor. Does one factor need its last two axes transposed, or is an axis in the wrong "
        "position?",
    ),
    Sentence(
        "sizes-do-not-broadcast",
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        "The two tensors are combined element by element, but on axis {2} one tensor has size {0} and the other "
        "has size {1}. Shapes are aligned from the last axis; two sizes may differ only if one of them is 1. "
        "Print both shapes: is an axis missing (unsqueeze, keepdim=True) or in the wrong position?",
        "Two tensors of different shapes are combined element by element. Shapes are aligned from the last axis; two "
        "sizes may differ only if one of them is 1. Print both shapes: is an axis missing (unsqueeze, keepdim=True) "
        "or in the wrong position?",
    ),
    Sentence(
        "sizes-do-not-broadcast",
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton dimension"
        r" (\d+)",
        "This line expands a tensor or assigns it to part of another tensor. The target has {0} elements on axis "
        "{2}, but your tensor has {1} there; only an axis of size 1 can be expanded. Print both shapes.",
        "This line expands a tensor or assigns it to part of another tensor, and their sizes differ; only an axis of "
        "size 1 can be expanded. Print both shapes.",
    ),
    Sentence(
        "shape-does-not-hold-the-elements",
        r"shape '\[(.*?)\]' is invalid for input of size (\d+)",
        "view and reshape keep the number of elements: {1} elements cannot have the shape [{0}]. Print the shape "
        "of the input; -1 may stand for one size that follows from the others.",
        "view and reshape keep the number of elements. Print the shape of the input; -1 may stand for one size that "
        "follows from the others.",
    ),
    Sentence(
        "view-needs-contiguous",
        r"view size is not compatible with input tensor's size and stride",
        "view needs a contiguous tensor, and a tensor is often no longer contiguous after transpose, permute or "
        "slicing. .reshape(...) copies the data if necessary. If you use it, check that the axes are in the order "
        "that you want: reshape does not swap them.",
    ),
    Sentence(
        "cat-sizes-differ",
        r"Sizes of tensors must match except in dimension (\d+)\. Expected size (\d+) but got size (\d+)",
        "torch.cat joins along one axis (here {0}), and all other axes must have equal sizes; it found {1} and "
        "{2}. Which axis do you want to join along?",
        "torch.cat joins along one axis, and all other axes must have equal sizes. Which axis do you want to join "
        "along?",
    ),
    Sentence(
        "stack-sizes-differ",
        r"stack expects each tensor to be equal size, but got \[(.*?)\] at entry \d+ and \[(.*?)\]",
        "torch.stack joins tensors of the same shape along a new axis; these have shapes [{0}] and [{1}]. Pad texts of "
        "different lengths first.",
        "torch.stack joins tensors of the same shape along a new axis; these have different shapes. Pad texts of "
        "different lengths first.",
    ),
    Sentence(
        "rows-of-different-length",
        r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)",
        "A nested list becomes a tensor only if all its rows have the same length; here one row has {0} "
        "elements and another has {2}. Rows of different lengths must be padded first.",
        "A nested list becomes a tensor only if all its rows have the same length. Rows of different lengths must be "
        "padded first.",
    ),
    Sentence(
        "no-such-axis",
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        "Axis {2} does not exist: the axes of this tensor run from {0} to {1}. Print its shape at this point.",
        "The tensor has fewer axes than this line expects. Print its shape at this point.",
    ),
    Sentence(
        "number-of-axes-differs",
        r"(must have (?:the )?same number of dimensions|number of dimensions in the tensor input does not match)",
        "Two shapes, or a shape and a permutation, must have the same number of axes here. Print the shapes: "
        "where do you need unsqueeze or keepdim=True?",
    ),
    Sentence(
        "einsum-sizes-differ",
        r"einsum\(\): subscript (\w) has size (\d+) for operand \d+ which does not broadcast with previously seen"
        r" size (\d+)",
        "In this einsum the letter {0} stands for axes of different sizes, {1} and {2}. Write the shape of each "
        "factor below its letters.",
        "In this einsum one letter stands for axes of different sizes. Write the shape of each factor below its "
        "letters.",
    ),
    Sentence(
        "nothing-to-work-on",
        r"(expects a non-empty TensorList|(?:max|min)\(\) (?:arg|iterable argument) is (?:an )?empty|expected a"
        r" non-empty list)",
        "A list is empty, but at least one element is needed. Does a condition filter out "
        "everything, is nothing ever added, or has a Python generator already been used up?",
    ),
    Sentence(
        "too-many-indices",
        r"too many indices for tensor of dimension (\d+)",
        "The tensor has {0} axes, but you use more indices than that. Print its shape: is the batch axis missing, "
        "or has an axis been reduced already?",
        "You use more indices than the tensor has axes. Print its shape: is the batch axis missing, or has an axis "
        "been reduced already?",
    ),
    Sentence(
        "shapes-of-loss-differ",
        r"Target size \(torch\.Size\(\[(.*?)\]\)\) must be the same as input size \(torch\.Size\(\[(.*?)\]\)\)",
        "This loss compares element by element, so both shapes must be equal: the targets have shape [{0}], "
        "the scores [{1}].",
        "This loss compares element by element, so the targets and the scores must have the same shape.",
    ),
    Sentence(
        "wrong-width-for-layer",
        r"(Given normalized_shape|input\.size\(-1\) must be equal to input_size|to have \d+ channels, but got \d+)",
        "The width of the input is not what the layer expects. LayerNorm, Linear and LSTM use the last axis; "
        "Conv1d takes (batch, channels, positions), so its channels are axis 1. Print the shape of the input.",
    ),
    Sentence(
        "shorter-than-kernel",
        r"Kernel size can't be greater than actual input size",
        "The text is shorter than the convolution kernel. A padding of (kernel size - 1) / 2 on both sides "
        "keeps the length; is the position axis the last one?",
    ),
    # --- indices ---
    Sentence(
        "id-outside-the-table",
        r"IndexError: index out of range in self",
        "An embedding (or index_select) was asked for a row that it does not have. Ids run from 0 to "
        "num_embeddings - 1; print the smallest and the largest of your ids, and the size of the table. Typical "
        "causes are -100 in a label, a position beyond the maximum and a token type above 1.",
    ),
    Sentence(
        "index-out-of-bounds",
        r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        "Index {0} was used on axis {1}, which has {2} elements, counted from 0. Is it the right axis?",
        "An index lies beyond the end of its axis; indices are counted from 0. Is it the right axis?",
    ),
    Sentence(
        "mask-of-another-shape",
        r"The shape of the mask \[(.*?)\] at index \d+ does not match the shape of the indexed tensor \[(.*?)\]",
        "A boolean mask of shape [{0}] selects from a tensor of shape [{1}], but its axes must match the first "
        "axes of that tensor. Which axes is the mask meant for?",
        "A boolean mask indexes a tensor, but the first axes of the tensor do not match the shape of the mask. "
        "Which axes is the mask meant for?",
    ),
    Sentence(
        "selected-count-differs",
        r"shape mismatch: value tensor of shape \[(.*?)\] cannot be broadcast to indexing result of shape \[(.*?)\]",
        "The number of values must equal the number of selected positions: there are {1} positions, but values "
        "of shape [{0}].",
        "The number of values must equal the number of selected positions.",
    ),
    Sentence(
        "tensor-as-list-index",
        r"only integer tensors of a single element can be converted to an index",
        "A list can be indexed by a single integer, not by a tensor with several elements. Should the list be a "
        "tensor (torch.tensor(...), torch.stack(...)), or the index a plain number (.item(), .tolist())?",
    ),
    Sentence(
        "index-dtype",
        r"(tensors used as indices must be long, int, byte or bool|Expected tensor for argument #1 'indices')",
        "Ids and indices must be integers (torch.long), or booleans that select positions; this tensor has a "
        "different dtype. Where did its dtype change?",
    ),
    # --- dtypes and devices ---
    Sentence(
        "targets-not-long",
        r"expected target dtype to be Long or Byte, but got (\w+)",
        "Targets of cross_entropy are class indices, dtype torch.long; here they are {0}.",
        "Targets of cross_entropy are class indices, dtype torch.long; here they have another dtype.",
    ),
    Sentence(
        "one-hot-needs-long",
        r"one_hot is only applicable to index tensor",
        "torch.nn.functional.one_hot takes class numbers only in dtype torch.long (int64); yours have another dtype. "
        "Which dtypes can your function be given, and how do you convert them?",
    ),
    Sentence(
        "dtypes-differ",
        r"(must have the same dtype|to have (?:the )?same dtype|expected scalar type \w+ but found \w+)",
        "Both factors of a product must have the same dtype. New torch tensors are float32, numpy arrays float64, "
        "ids long: print the dtype of both. A tensor that you create yourself can take its dtype from another one: "
        "torch.zeros(n, dtype=x.dtype), or .to(x.dtype).",
    ),
    Sentence(
        "result-does-not-fit-dtype",
        r"result type (\w+) can't be cast to the desired output type (\w+)",
        "The result is {0}, but the target tensor is {1}: an in-place operation cannot change the dtype, and a "
        "loss on binary labels needs float labels. Convert first (.float()), or create a new tensor.",
        "The dtype of the result differs from that of the target tensor: an in-place operation cannot change the "
        "dtype, and a loss on binary labels needs float labels. Convert first (.float()), or create a new tensor.",
    ),
    Sentence(
        "needs-floating-point",
        r"(could not infer output dtype\. Input dtype must be either|Only Tensors of floating point and complex dtype"
        r"|_impl\" not implemented for '(?:Long|Int|Bool)')",
        "This operation needs floating-point numbers, but got integers or booleans. Convert first (.float()), or "
        "check why these are integers.",
    ),
    Sentence(
        "needs-booleans",
        r"(only supports boolean masks|\"bitwise_\w+\" not implemented for '\w+'|operator\.invert\) is only"
        r" implemented)",
        "&, |, ~ and masked_fill need booleans. Turn a mask of numbers into booleans with a comparison: mask == 1, "
        "or mask.bool().",
    ),
    Sentence(
        "devices-differ",
        r"(is not on the expected device|xpected all tensors to be on the same device)",
        "The tensors are on different devices. A tensor that you create yourself is on the CPU unless you say "
        "otherwise: torch.zeros(n, device=x.device).",
    ),
    # --- gradients ---
    Sentence(
        "leaf-changed-in-place",
        r"a (?:view of a )?leaf Variable that requires grad is being used in an in-place operation",
        "A parameter with requires_grad=True is being changed in place (+=, x[...] =, .zero_() and the like). "
        "If the change is not part of the computation, put it under torch.no_grad(); if it is, create a new "
        "tensor.",
    ),
    Sentence(
        "nothing-requires-grad",
        r"element 0 of tensors does not require grad",
        "backward() starts at a value that depends on no parameter with requires_grad=True. Trace it back: "
        "requires_grad=False on all parameters, torch.no_grad(), .detach(), .item(), .data, argmax and "
        "torch.tensor(...) of results all cut the graph.",
    ),
    Sentence(
        "backward-twice",
        r"Trying to backward through the graph a second time",
        "backward() ran a second time through a graph that the first call had already freed. Each loss needs its "
        "own forward pass; to keep a running total of losses, add plain numbers (.item() or .detach()).",
    ),
    Sentence(
        "changed-before-backward",
        r"one of the variables needed for gradient computation has been modified by an inplace operation",
        "backward() needs a value that was overwritten after the forward pass had used it (+=, x[...] =, "
        "masked_fill_, relu_, an optimizer step). Create a new tensor instead: x = x + y, torch.where, "
        "masked_fill without the underscore.",
    ),
    Sentence(
        "backward-needs-a-number",
        r"grad can be implicitly created only for scalar outputs",
        "backward() without an argument needs a single number, but this tensor has several elements. Which number "
        "should be the loss (their mean or their sum, for example), and where does your code compute it?",
    ),
    Sentence(
        "numpy-of-a-gradient",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "numpy has no gradients: call .detach() before .numpy(). If a gradient has to flow, "
        "use torch operations instead.",
    ),
    Sentence(
        "not-a-parameter",
        r"cannot assign '.*?' (?:object )?(?:as|to) parameter '(.*?)'",
        "`{0}` is a registered parameter of the module, so only an nn.Parameter (or None) may replace it. Do you "
        "want to change its values (under torch.no_grad(): .copy_(...)), or replace it (nn.Parameter(...))?",
        "The attribute is a registered parameter of the module, so only an nn.Parameter (or None) may replace it. Do "
        "you want to change its values (under torch.no_grad(): .copy_(...)), or replace it (nn.Parameter(...))?",
    ),
    Sentence(
        "super-init-missing",
        r"cannot assign (?:module|parameters?) before Module\.__init__\(\) call",
        "nn.Module sets up its registries in __init__, and this class assigned a submodule or parameter before "
        "that ran: call super().__init__() first.",
    ),
    Sentence(
        "empty-parameter-list",
        r"optimizer got an empty parameter list",
        "The optimizer got no parameters. A Python generator can be iterated over only once, and a filter may "
        "exclude everything: make a list of what you pass and print its length.",
    ),
    Sentence(
        "optimizer-wants-leaves",
        r"can't optimize a non-leaf Tensor",
        "An optimizer needs leaf parameters, but this tensor was computed from others (a product, .to(...), a "
        "slice). Pass the nn.Parameter itself.",
    ),
    # --- one value or several ---
    Sentence(
        "not-one-element",
        r"(only one element tensors can be converted to Python scalars|with (\d+) elements cannot be converted to"
        r" Scalar)",
        ".item(), float(), int() and torch.tensor([...]) with tensors in the list work only with one-element "
        "tensors; this one has several elements. Reduce it first (sum, mean, an index), or join tensors with "
        "torch.stack or torch.cat.",
    ),
    Sentence(
        "truth-of-many",
        r"(Boolean value of Tensor with more than one value is ambiguous|truth value of an array with more than one)",
        "if, and/or/not, min() and max() each need a single truth value, but this is a whole tensor. Do you need "
        ".any(), .all(), torch.equal, or the elementwise &, | and torch.where?",
    ),
    Sentence(
        "lengths-not-sorted",
        r"`lengths` array must be sorted in decreasing order",
        "pack_padded_sequence expects the longest text first by default. enforce_sorted=False sorts for you and "
        "restores the order; if you sort yourself, you must also restore it yourself.",
    ),
    Sentence(
        "length-zero",
        r"Length of all samples has to be greater than 0",
        "A text of length 0 cannot be packed. How do you count lengths, and can a row of the mask be all zeros?",
    ),
    Sentence(
        "state-does-not-fit",
        r"Error\(s\) in loading state_dict for (\w+)",
        "The names or shapes in the saved state do not match the {0} you are loading it into; the message lists them. "
        "Compare the keys of both: is a prefix missing, or has part of the model not been added yet? strict=False "
        "ignores missing and unexpected names, not shapes.",
        "The names or shapes in the saved state do not match the module you are loading it into. Compare the keys of "
        "both: is a prefix missing, or has part of the model not been added yet? strict=False ignores missing and "
        "unexpected names, not shapes.",
    ),
    Sentence(
        "probabilities-not-valid",
        r"(p_in >= 0 && p_in <= 1|probability tensor contains either|all elements of input should be between 0 and 1)",
        "Probabilities are numbers from 0 to 1, without NaN; these are not. Are they scores that still need a softmax "
        "or sigmoid, or was something divided by 0?",
    ),
    Sentence(
        "top-k-too-large",
        r"selected index k out of range",
        "topk was asked for more elements than the axis has. Print the shape: which axis contains the candidates?",
    ),
    # --- Python ---
    Sentence(
        "none-in-place-of-a-value",
        r"('NoneType' object (?:has no attribute|is not)|non-iterable NoneType|unsupported operand .*'NoneType'"
        r"|must be Tensor, not NoneType)",
        "A value is None here. A function without a return statement returns None, and so do methods that work in "
        "place (list.append, list.sort); .grad is None before the first backward(). Which line produced the None?",
    ),
    Sentence(
        "count-to-unpack",
        r"(?:too many|not enough) values to unpack \(expected (?:at least )?(\d+)",
        "The left side has {0} names, but the right side has a different number of values. For shapes: print how "
        "many axes the tensor has; for a function: what does it return?",
        "The number of names on the left side differs from the number of values on the right side. For shapes: "
        "print how many axes the tensor has; for a function: what does it return?",
    ),
    Sentence(
        ARGUMENTS,
        r"got an unexpected keyword argument '(.*?)'",
        "The function that you call has no parameter `{0}`. Compare the call with the function's signature: is "
        "the name misspelt, or is it a different function (or version) from the one you expect?",
        "The function that you call has no parameter of this name. Compare the call with the function's signature: is "
        "the name misspelt, or is it a different function (or version) from the one you expect?",
    ),
    Sentence(
        ARGUMENTS,
        r"(missing \d+ required (?:positional|keyword-only) arguments?|takes (?:from )?\d+ (?:to \d+ )?positional"
        r" arguments? but)",
        "The number of arguments in the call does not match the function's signature. Compare the two; in a "
        "method, the first parameter is self.",
    ),
    Sentence(
        ARGUMENTS,
        r"(received an invalid combination of arguments|argument '\w+' \(position \d+\) must be)",
        "A torch function was called with arguments of the wrong type; the message says which types it got. "
        "Often one is a number instead of a tensor, or a float instead of an int.",
    ),
    Sentence(
        "no-such-attribute",
        r"AttributeError: '(\w+)' object has no attribute '(.*?)'",
        "The object is a {0}, which has no attribute `{1}`. Is the name spelt correctly, and is this the object you "
        "think it is? print(model) shows the names of its parts; they differ between architectures.",
        "The object has no attribute of this name. Is the name spelt correctly, and is this the object you think it "
        "is? print(model) shows the names of its parts; they differ between architectures.",
    ),
    Sentence(
        "no-such-attribute",
        r"AttributeError: module '(.*?)' has no attribute '(.*?)'",
        "The module {0} has no attribute `{1}`. Is the name misspelt, or is it in a different module?",
        "The module has no attribute of this name. Is the name misspelt, or is it in a different module?",
    ),
    Sentence(
        "nothing-to-draw-from",
        r"empty range (?:for|in) rand|Cannot choose from an empty sequence|expects 'from' to be less than 'to'",
        "There is nothing to sample from: the range or the list is empty. For which input is it empty, and "
        "what should happen then?",
    ),
    Sentence(
        "draws-more-than-there-is",
        r"Sample larger than population|cannot sample n_sample",
        "You sample more items without replacement than there are. For which input are there too few?",
    ),
    Sentence(
        "no-axis-to-loop-over",
        r"iteration over a 0-d tensor|len\(\) of a 0-d tensor",
        "The tensor is a single number without an axis, so there is nothing to loop over. squeeze() removes "
        "every axis of size 1, including the one you need when there is exactly one item.",
    ),
    Sentence(
        "zip-of-different-lengths",
        r"zip\(\) argument (\d+) is (longer|shorter) than",
        "zip(..., strict=True) got sequences of different lengths: argument {0} does not match the ones "
        "before it. Print all their lengths: which length is wrong, and for which input?",
        "zip(..., strict=True) got sequences of different lengths. Print all their lengths: which length is wrong, "
        "and for which input?",
    ),
    Sentence(
        "not-a-number-in-the-text",
        r"invalid literal for int\(\)|could not convert string to float",
        "A string could not be converted to a number. Print the string: is it the field, or the part of the name, "
        "that you meant to convert?",
    ),
    Sentence(
        "not-in-the-list",
        r"is not in (?:list|tuple|deque)|list\.remove\(x\): x not in list|substring not found",
        "The value was not found. Which inputs do not contain it, and what should happen then?",
    ),
    Sentence(
        "iterator-used-up",
        r"^StopIteration",
        "next() was called on an iterator that is exhausted. You can iterate over a Python generator only once.",
    ),
    Sentence(
        "no-chance-anywhere",
        r"sum of probabilities <= 0",
        "torch.multinomial got a row of zeros, so there is nothing to sample. Which step removed the last "
        "positive probability?",
    ),
    Sentence(
        "out-of-range-of-the-dtype",
        r"cannot be converted to type \S+ without overflow",
        "The number does not fit into this dtype: the largest float16 is 65504. torch.finfo(x.dtype) gives the "
        "limits of each dtype.",
    ),
    Sentence(
        "condition-not-boolean",
        r"where expected condition to be a boolean tensor",
        "torch.where needs a boolean tensor as its condition. Turn a mask of numbers into booleans with a "
        "comparison or with .bool().",
    ),
    Sentence(
        "index-of-the-wrong-type",
        r"(list|tuple|string) indices must be integers or slices, not (\w+)",
        "You index a {0} with a {1}, but the index must be an integer. Is the object a list where you expect a "
        "dictionary, or the index a float where you expect an int?",
        "The index of a list, a tuple or a string must be an integer. Is the object a list where you expect a "
        "dictionary, or the index a float where you expect an int?",
    ),
    Sentence(
        "not-a-whole-number",
        r"'(\w+)' object cannot be interpreted as an integer",
        "An integer is needed, but this is a {0}. The operator / always returns a float; int() returns an "
        "integer, and so does // between integers.",
        "An integer is needed here. The operator / always returns a float; int() returns an integer, and so does // "
        "between integers.",
    ),
    Sentence(
        "no-length",
        r"object of type '(\w+)' has no len\(\)",
        "len() was called on a {0}, which has no length. A Python generator has no length either; turn it into a "
        "list with list(...) first.",
        "len() was called on an object that has no length. A Python generator has no length either; turn it into a "
        "list with list(...) first.",
    ),
    Sentence(
        "not-comparable",
        r"not supported between instances of '(\w+)' and '(\w+)'",
        "A {0} and a {1} cannot be compared or sorted. Which of the two has an unexpected type?",
        "Two objects of these types cannot be compared or sorted. Which of the two has an unexpected type?",
    ),
    Sentence(
        "not-hashable",
        r"unhashable type: '(\w+)'|cannot use '(\w+)' as a",
        "Dictionary keys and set members must be hashable; lists and dictionaries are not. Turn the list "
        "into a tuple with tuple(...).",
    ),
    Sentence(
        "text-and-number-joined",
        r"can only concatenate (\w+) \(not \"(\w+)\"\) to",
        "+ joins a {0} only to another {0}; here the other operand is a {1}.",
        "+ joins a string only to a string, and a list only to a list; here the other operand has another type.",
    ),
    Sentence(
        "not-a-tensor",
        r"new\(\): invalid data type|Could not infer dtype of (?!NoneType)",
        "torch.tensor needs numbers, but its argument is, or contains, something else.",
    ),
    Sentence(
        "none-in-place-of-a-value",
        r"Could not infer dtype of NoneType",
        "A value is None here, where torch.tensor needs a number. Which line produced it?",
    ),
    Sentence(
        "parameter-in-two-groups",
        r"some parameters appear in more than one parameter group",
        "The optimizer got the same parameter in two groups. Which of your rules puts it into both?",
    ),
    Sentence(
        "needs-floating-point",
        r"only Tensors of floating point",
        "Only floating-point tensors can require grad, but this one contains integers or booleans.",
    ),
    Sentence(
        "dot-in-a-module-name",
        r"(?:module|buffer|parameter) name can't contain \"\.\"|name can\\'t contain",
        "The name of a module, a parameter or a buffer must not contain a dot: dots separate the levels in "
        "named_modules(). Replace the dots, or register the object on the submodule that it belongs to, under the "
        "last part of the name.",
    ),
    Sentence(
        "nothing-to-reduce",
        r"Expected reduction dim|mean requires at least one data point",
        "You reduce an empty tensor or list, for example with max or mean. For which input is it empty?",
    ),
    Sentence(
        "tensor-as-key",
        r"KeyError: tensor\(",
        "The key is a tensor. A dictionary finds a tensor only if it is the very same object, so convert it to a plain "
        "number first: `.item()` for one number, `.tolist()` for several.",
    ),
    Sentence(
        "no-such-key",
        r"KeyError: (.*)",
        "The dictionary has no key {0}. Print its keys: do they have a prefix, are they numbers instead of "
        "strings, or does this key exist only sometimes?",
        "The dictionary does not have the requested key. Print its keys: do they have a prefix, are they "
        "numbers instead of strings, or does this key exist only sometimes?",
    ),
    Sentence(
        "list-index-out-of-range",
        r"IndexError: (?:(?:list|tuple|string|pop)\b|index -?\d+ is out of range$)",
        "The index is beyond the end of a list, a tuple, a string or a ModuleList. Print its length; can it be empty?",
    ),
    Sentence(
        "only-in-a-notebook",
        r"NameError: name '(get_ipython|display)' is not defined",
        "`{0}` exists only in a notebook. Delete this line, or hand in the notebook itself (.ipynb).",
    ),
    Sentence(
        "name-not-defined",
        r"NameError: name '(.*?)' is not defined",
        "`{0}` is not defined here: is it misspelt, not imported in this file, or defined inside another function?",
        "The name is not defined here: is it misspelt, not imported in this file, or defined inside another function?",
    ),
    Sentence(
        "used-before-assignment",
        r"UnboundLocalError: .*?variable '(.*?)'",
        "`{0}` is assigned in this function, so it is a local variable, but it was read before any assignment "
        "ran: was an `if` condition false, or did a loop body never run?",
        "The variable is assigned in this function, so it is a local variable, but it was read before any assignment "
        "ran: was an `if` condition false, or did a loop body never run?",
    ),
    Sentence(
        "not-in-the-sandbox",
        r"^(?:FileNotFoundError|PermissionError|IsADirectoryError|ConnectionError|gaierror|URLError"
        r"|LocalEntryNotFoundError"
        r"|OfflineModeIsEnabled|OSError: (?:We couldn't connect|Can't load|.* is not a local folder))",
        "Your code is graded in a sandbox: no network, no Hugging Face Hub, no child processes, and no files "
        "except those it writes itself. Everything that a function needs is passed as an argument.",
    ),
    Sentence(
        "module-not-found",
        r"ModuleNotFoundError: No module named '(.*?)'",
        "`{0}` is not installed here, or it is another of your files: only this one file is graded.",
        "The module is not installed here, or it is another of your files: only this one file is graded.",
    ),
    Sentence("division-by-zero", r"ZeroDivisionError", "You divide a number by 0. Which count can be zero here?"),
    Sentence(
        "too-large-for-a-float",
        r"OverflowError: (?:math range error|\(34, |int too large to convert to float)",
        "A number is too large for a Python float: the largest is about 1.8e308. math.exp(710) "
        "is larger than that, and raises an error where torch.exp returns inf. Print the "
        "values that this line uses: can you get the same result without such a large number, "
        "or does this case need special treatment?",
    ),
    Sentence(
        "starts-the-debugger",
        r"^BdbQuit|^EOFError: .*\(Pdb\)",
        "breakpoint() and pdb.set_trace() start the debugger, and while your file is graded, nobody is there to answer "
        "it. Remove the call.",
    ),
    Sentence(
        "asks-for-input",
        r"^EOFError: EOF when reading",
        "input() asks a person, and while your file is graded, nobody is there to answer. Remove the call: everything "
        "that a function needs is passed as an argument.",
    ),
    Sentence(
        "ends-the-program",
        r"^SystemExit",
        "exit(), quit() and sys.exit() end the whole program, so nothing is returned. Remove the call; to refuse an "
        "input, raise an exception such as ValueError.",
    ),
    Sentence(
        "endless-recursion",
        r"RecursionError",
        "A function calls itself endlessly, directly or through others. Which condition should stop it, and "
        "does this condition ever become true?",
    ),
    Sentence(
        "own-assertion",
        r"AssertionError",
        "An assertion failed; the traceback shows which one. If it is your own, it has caught a bug.",
    ),
    Sentence(
        "wrong-operands",
        r"unsupported operand type\(s\) for (\S+): '(\w+(?:\.\w+)?)' and '(\w+(?:\.\w+)?)'",
        "{0} does not work between objects of type {1} and {2}. Which of the two has an unexpected type?",
        "The operator does not work between objects of these two types. Which of the two has an unexpected type?",
    ),
    Sentence(
        "not-callable",
        r"'(\w+)' object is not callable",
        "You call an object of type {0} as if it were a function. Do you use one name for two things, or is an "
        "operator missing before the parenthesis?",
        "You call an object that is not a function. Do you use one name for two things, or is an operator missing "
        "before the parenthesis?",
    ),
    Sentence(
        "changed-while-iterating",
        r"(dictionary|Set|OrderedDict|deque) (?:changed size|keys changed|mutated) during iteration",
        "Do not change the size of a collection while you iterate over it: iterate over a copy, made with "
        "list(...). This also applies if you replace modules while you iterate over named_modules().",
    ),
)  # fmt: skip


def explain(kind: str, message: str, quoting: bool = True) -> tuple[str, str] | None:
    """Explain an exception.

    Args:
        kind: name of its type.
        message: its message.
        quoting: True if the sentence may quote from the message.

    Returns:
        An id and the sentence; None if the message is not in the table, or can be explained only by quoting.
    """
    words = f"{kind}: {message}"
    for sentence in SENTENCES:
        if found := re.search(sentence.pattern, words):
            if not quoting and "{" in sentence.text:
                return (sentence.id, translated(sentence.unquoted)) if sentence.unquoted else None
            quoted = ((group or "")[:MAX_GROUP] for group in found.groups())
            return sentence.id, translated(sentence.text).format(*quoted)
    return None
