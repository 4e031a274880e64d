"""What the frequent messages of torch and Python mean: a sentence for each, beside the traceback of a crashed check.

A sentence says what the message states and where to look; it does not guess what was meant. The first pattern that is
found in ``Type: message`` speaks; its groups fill the gaps of the sentence. ``tests/test_explanations.py`` provokes
each of these messages with the torch that is installed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.text import translated

ARGUMENTS = "arguments-do-not-fit"
MAX_GROUP = 80
"""Longest piece of a message that is quoted in a sentence."""


@dataclass(frozen=True)
class Sentence:
    """One kind of crash."""

    id: str
    pattern: str
    text: str
    """May quote the pattern's groups: {0}, {1}, …"""
    unquoted: str = ""
    """What is said instead where nothing may be quoted; without it the gaps hold an ellipsis."""


SENTENCES = (
    # --- shapes ---
    Sentence(
        "classes-not-on-axis-1",
        r"xpected target size \[(.*?)\], got \[(.*?)\]",
        "cross_entropy reads axis 1 of the scores as the classes: these scores fit targets of shape [{0}], the "
        "targets have [{1}]. With the classes last, as in (B, T, V), either flatten both, to (B*T, V) and (B*T), or "
        "move the last axis to place 1.",
    ),
    Sentence(
        "batch-sizes-differ",
        r"xpected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        "The loss got {0} rows of scores and {1} targets; there must be one target per row. Print both shapes just "
        "before: were both shifted, flattened or selected in the same way?",
    ),
    Sentence(
        "target-out-of-bounds",
        r"Target (-?\d+) is out of bounds",
        "A target of cross_entropy is {0}, and that is no class: targets run from 0 to the number of scores minus 1, "
        "or equal ignore_index. Which values may your targets have, and on which axis do the classes lie?",
    ),
    Sentence(
        "matrix-shapes-do-not-fit",
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "A matrix product sums over the last axis of the first factor ({1} here) and the first of the second ({2} "
        "here), so these must be equal. nn.Linear(a, b) takes inputs whose last axis is a, and keeps its weight as "
        "(b, a). Write down the shape of each factor: which axes do you want to sum over?",
    ),
    Sentence(
        "matrix-shapes-do-not-fit",
        r"Expected size for first two dimensions of batch2 tensor to be: \[(.*?)\] but got: \[(.*?)\]",
        "In a batch of matrix products the second factor must begin with [{0}]: as many matrices as the first has, "
        "and as many rows as the first has columns. It begins with [{1}]. Is one of them to be transposed (the last "
        "two axes), or has an axis moved?",
    ),
    Sentence(
        "sizes-do-not-broadcast",
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        "The two tensors meet element by element, and on axis {2} one has {0} and the other {1}. Shapes are aligned "
        "from the last axis; an axis may differ only where one of them has size 1. Print both shapes: where is an "
        "axis missing (unsqueeze, keepdim=True) or in another place?",
    ),
    Sentence(
        "sizes-do-not-broadcast",
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton dimension"
        r" (\d+)",
        "A tensor is to be spread over, or written into, a place whose axis {2} has {0} elements, but it has {1} "
        "there; only an axis of size 1 can be spread. Print the shape of what you write and of the place it goes to.",
    ),
    Sentence(
        "shape-does-not-hold-the-elements",
        r"shape '\[(.*?)\]' is invalid for input of size (\d+)",
        "view and reshape keep the number of elements: {1} of them do not make the shape [{0}]. Print the shape of "
        "the input; -1 may stand for one size that follows from the others.",
    ),
    Sentence(
        "view-needs-contiguous",
        r"view size is not compatible with input tensor's size and stride",
        "view only relabels memory that lies in the right order, and after transpose, permute or a slice it does not. "
        ".reshape(...) copies where needed. Then look whether the axes stand in the order that you want: reshape "
        "does not exchange them.",
    ),
    Sentence(
        "cat-sizes-differ",
        r"Sizes of tensors must match except in dimension (\d+)\. Expected size (\d+) but got size (\d+)",
        "torch.cat joins along one axis (here {0}) and wants all others equal; it found {1} and {2}. Which axis do "
        "you want to join along?",
    ),
    Sentence(
        "stack-sizes-differ",
        r"stack expects each tensor to be equal size, but got \[(.*?)\] at entry \d+ and \[(.*?)\]",
        "torch.stack makes a new axis out of tensors of one and the same shape; these have [{0}] and [{1}]. Texts of "
        "different lengths have to be padded first.",
    ),
    Sentence(
        "rows-of-different-length",
        r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)",
        "A nested list becomes a tensor only if its rows are equally long; here one has {0} and another {2}. Rows of "
        "different lengths have to be padded first.",
    ),
    Sentence(
        "no-such-axis",
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        "Axis {2} was asked for, and the axes of this tensor run from {0} to {1}. Print its shape at this point.",
    ),
    Sentence(
        "number-of-axes-differs",
        r"(must have (?:the )?same number of dimensions|number of dimensions in the tensor input does not match)",
        "Two shapes, or a shape and an order of axes, must have the same number of axes here. Print the shapes: where "
        "does unsqueeze, or an axis kept by keepdim=True, belong?",
    ),
    Sentence(
        "einsum-sizes-differ",
        r"einsum\(\): subscript (\w) has size (\d+) for operand \d+ which does not broadcast with previously seen"
        r" size (\d+)",
        "In this einsum the letter {0} stands for axes of {1} and of {2} elements. Write the shape of each factor "
        "below its letters.",
    ),
    Sentence(
        "nothing-to-work-on",
        r"(expects a non-empty TensorList|(?:max|min)\(\) (?:arg|iterable argument) is (?:an )?empty|expected a"
        r" non-empty list)",
        "A list is empty where at least one element is needed. Which condition lets nothing through?",
    ),
    Sentence(
        "too-many-indices",
        r"too many indices for tensor of dimension (\d+)",
        "The tensor has {0} axes, and more were indexed. Print its shape: is the batch axis gone, or was an axis "
        "reduced before?",
    ),
    Sentence(
        "shapes-of-loss-differ",
        r"Target size \(torch\.Size\(\[(.*?)\]\)\) must be the same as input size \(torch\.Size\(\[(.*?)\]\)\)",
        "This loss compares element by element and wants equal shapes; targets have [{0}], scores [{1}].",
    ),
    Sentence(
        "wrong-width-for-layer",
        r"(Given normalized_shape|input\.size\(-1\) must be equal to input_size|to have \d+ channels, but got \d+)",
        "A layer was built for one width and got another. LayerNorm, Linear and LSTM look at the last axis; Conv1d "
        "wants (batch, channels, positions), so its channels are axis 1. Print the shape that goes in.",
    ),
    Sentence(
        "shorter-than-kernel",
        r"Kernel size can't be greater than actual input size",
        "The text is shorter than the window of the convolution. A padding of (kernel size - 1) / 2 on both sides "
        "keeps the length; is the axis of positions the last one?",
    ),
    # --- indices ---
    Sentence(
        "id-outside-the-table",
        r"IndexError: index out of range in self",
        "An embedding (or index_select) was asked for a row that it does not have. Ids run from 0 to num_embeddings - "
        "1; print the smallest and the largest of yours, and the size of the table. -100 in a label, a position "
        "beyond the maximum and a token type above 1 are such ids.",
    ),
    Sentence(
        "index-out-of-bounds",
        r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        "Index {0} was used on axis {1}, which has {2} elements, counted from 0. Is it the right axis?",
    ),
    Sentence(
        "mask-of-another-shape",
        r"The shape of the mask \[(.*?)\] at index \d+ does not match the shape of the indexed tensor \[(.*?)\]",
        "A boolean mask of shape [{0}] selects from a tensor of shape [{1}]; its axes must be the first axes of that "
        "tensor. Which axis is the mask about?",
    ),
    Sentence(
        "selected-count-differs",
        r"shape mismatch: value tensor of shape \[(.*?)\] cannot be broadcast to indexing result of shape \[(.*?)\]",
        "As many values must be written as places are selected: {1} places, values of shape [{0}].",
    ),
    Sentence(
        "tensor-as-list-index",
        r"only integer tensors of a single element can be converted to an index",
        "A list can be indexed by one whole number, not by a tensor of several. Is one of the two meant to be a "
        "tensor (torch.tensor(...), torch.stack(...)), or the index a number (.item(), .tolist())?",
    ),
    Sentence(
        "index-dtype",
        r"(tensors used as indices must be long, int, byte or bool|Expected tensor for argument #1 'indices')",
        "Ids and indices are whole numbers (torch.long), or booleans that select; here came another dtype. Where did "
        "it change?",
    ),
    # --- dtypes and devices ---
    Sentence(
        "targets-not-long",
        r"expected target dtype to be Long or Byte, but got (\w+)",
        "Targets of cross_entropy are class numbers, dtype torch.long; here they are {0}.",
    ),
    Sentence(
        "dtypes-differ",
        r"(must have the same dtype|to have (?:the )?same dtype|expected scalar type \w+ but found \w+)",
        "Both factors of a product need one dtype. New tensors of torch are float32, numpy's numbers float64, ids "
        "long: print the dtype of both. A tensor that you make yourself can follow another one: torch.zeros(n, "
        "dtype=x.dtype), or .to(x.dtype).",
    ),
    Sentence(
        "result-does-not-fit-dtype",
        r"result type (\w+) can't be cast to the desired output type (\w+)",
        "The result is {0}, and the place for it holds {1}: an in-place operation cannot change the dtype, and a loss "
        "on yes/no labels wants them as floats. Convert first (.float()), or make a new tensor.",
    ),
    Sentence(
        "needs-floating-point",
        r"(could not infer output dtype\. Input dtype must be either|Only Tensors of floating point and complex dtype"
        r"|_impl\" not implemented for '(?:Long|Int|Bool)')",
        "This operation works on floating point numbers, and here are whole numbers or booleans. Convert first "
        "(.float()), or look why these are whole numbers.",
    ),
    Sentence(
        "needs-booleans",
        r"(only supports boolean masks|\"bitwise_\w+\" not implemented for '\w+'|operator\.invert\) is only"
        r" implemented)",
        "&, |, ~ and masked_fill want booleans. A mask of numbers becomes one by a comparison: mask == 1, or "
        "mask.bool().",
    ),
    Sentence(
        "devices-differ",
        r"(is not on the expected device|xpected all tensors to be on the same device)",
        "The tensors lie on different devices. A tensor that you make yourself lies on the processor unless told: "
        "torch.zeros(n, device=x.device).",
    ),
    # --- gradients ---
    Sentence(
        "leaf-changed-in-place",
        r"a (?:view of a )?leaf Variable that requires grad is being used in an in-place operation",
        "A parameter that collects gradients is being changed in place (+=, x[...] =, .zero_() and the like). What is "
        "no part of the computation belongs under torch.no_grad(); what is, works on a new tensor.",
    ),
    Sentence(
        "nothing-requires-grad",
        r"element 0 of tensors does not require grad",
        "backward() starts at a number that depends on no parameter that requires a gradient. Follow it back: "
        "requires_grad=False on all parameters, torch.no_grad(), .detach(), .item(), .data, argmax and "
        "torch.tensor(...) of results all cut the way.",
    ),
    Sentence(
        "backward-twice",
        r"Trying to backward through the graph a second time",
        "backward() ran a second time through a graph that the first call had already freed. Each loss needs a forward "
        "pass of its own; to keep a running total of losses, add plain numbers (.item() or .detach()).",
    ),
    Sentence(
        "changed-before-backward",
        r"one of the variables needed for gradient computation has been modified by an inplace operation",
        "backward() needs a value that was overwritten after it had been used (+=, x[...] =, masked_fill_, relu_, an "
        "optimizer's step). Make a new tensor instead: x = x + y, torch.where, masked_fill without the underscore.",
    ),
    Sentence(
        "backward-needs-a-number",
        r"grad can be implicitly created only for scalar outputs",
        "backward() without an argument starts at one number, and here is a tensor of several: which one number is "
        "the loss (mean? sum?), and has it been reduced?",
    ),
    Sentence(
        "numpy-of-a-gradient",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "numpy knows no gradients: .detach() comes before .numpy(). If a gradient has to flow, stay in torch.",
    ),
    Sentence(
        "not-a-parameter",
        r"cannot assign '.*?' (?:object )?(?:as|to) parameter '(.*?)'",
        "`{0}` is a registered parameter of the module, so only an nn.Parameter (or None) may take its place. Do you "
        "want to change its values (under torch.no_grad(): .copy_(...)), or replace it (nn.Parameter(...))?",
    ),
    Sentence(
        "super-init-missing",
        r"cannot assign (?:module|parameters?) before Module\.__init__\(\) call",
        "nn.Module sets up its lists of parts in __init__, and this class has got a part before that ran: "
        "super().__init__() comes first.",
    ),
    Sentence(
        "empty-parameter-list",
        r"optimizer got an empty parameter list",
        "The optimizer was given no parameter. A generator that has been read once is empty, and a filter may let "
        "nothing through: print len(list(...)) of what you pass.",
    ),
    Sentence(
        "optimizer-wants-leaves",
        r"can't optimize a non-leaf Tensor",
        "An optimizer changes parameters, and this tensor was computed from others (a product, .to(...), a slice). "
        "Pass the nn.Parameter itself.",
    ),
    # --- one value or several ---
    Sentence(
        "not-one-element",
        r"(only one element tensors can be converted to Python scalars|with (\d+) elements cannot be converted to"
        r" Scalar)",
        ".item(), float(), int() and torch.tensor([...]) of tensors take tensors of one element; this one has "
        "several. Reduce it first (sum, mean, an index), or join tensors with torch.stack or torch.cat.",
    ),
    Sentence(
        "truth-of-many",
        r"(Boolean value of Tensor with more than one value is ambiguous|truth value of an array with more than one)",
        "if, and, or, not, min and max ask for one yes or no, and here is a whole tensor of them. Is it .any(), "
        ".all(), torch.equal, or the elementwise &, | and torch.where?",
    ),
    Sentence(
        "lengths-not-sorted",
        r"`lengths` array must be sorted in decreasing order",
        "pack_padded_sequence expects the longest text first unless told otherwise. enforce_sorted=False sorts for "
        "you and undoes it; who sorts by hand has to undo it as well.",
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
        "topk was asked for more elements than the axis has. Print the shape: which axis holds the candidates?",
    ),
    # --- Python ---
    Sentence(
        "none-in-place-of-a-value",
        r"('NoneType' object (?:has no attribute|is not)|non-iterable NoneType|unsupported operand .*'NoneType'"
        r"|must be Tensor, not NoneType)",
        "A value is None here. A function without return gives None, so do methods that change things in place "
        "(list.append, list.sort), and .grad before the first backward(). Which line made it?",
    ),
    Sentence(
        "count-to-unpack",
        r"(?:too many|not enough) values to unpack \(expected (?:at least )?(\d+)",
        "The left side has {0} names, and the right side has another number of values. For shapes: print how many "
        "axes the tensor has; for a function: what does it return?",
    ),
    Sentence(
        ARGUMENTS,
        r"got an unexpected keyword argument '(.*?)'",
        "The function that is called has no parameter `{0}`. Compare the call with the function's signature: a "
        "misspelt name, or another function (or version) than you think?",
    ),
    Sentence(
        ARGUMENTS,
        r"(missing \d+ required (?:positional|keyword-only) arguments?|takes (?:from )?\d+ (?:to \d+ )?positional"
        r" arguments? but)",
        "The call has another number of arguments than the function takes. Compare both; in a method the first "
        "parameter is self.",
    ),
    Sentence(
        ARGUMENTS,
        r"(received an invalid combination of arguments|argument '\w+' \(position \d+\) must be)",
        "A torch function was called with arguments of another type than it takes; the message says which types came. "
        "Numbers in place of tensors and floats in place of ints are the usual ones.",
    ),
    Sentence(
        "no-such-attribute",
        r"AttributeError: '(\w+)' object has no attribute '(.*?)'",
        "The object is a {0}, which has no attribute `{1}`. Is the name spelt correctly, and is this the object you "
        "think it is? print(model) shows the names of its parts; they differ between architectures.",
    ),
    Sentence(
        "no-such-attribute",
        r"AttributeError: module '(.*?)' has no attribute '(.*?)'",
        "The module {0} has no attribute `{1}`. Is it spelt differently, or somewhere else?",
    ),
    Sentence(
        "nothing-to-draw-from",
        r"empty range (?:for|in) rand|Cannot choose from an empty sequence|expects 'from' to be less than 'to'",
        "A draw was asked for and there is nothing to draw from: the range or the list is empty. For which input is it "
        "empty, and what should happen then?",
    ),
    Sentence(
        "draws-more-than-there-is",
        r"Sample larger than population|cannot sample n_sample",
        "More are drawn than there are, and none may be drawn twice. For which input are there too few?",
    ),
    Sentence(
        "no-axis-to-loop-over",
        r"iteration over a 0-d tensor|len\(\) of a 0-d tensor",
        "The tensor is a single number without an axis, so there is nothing to loop over. squeeze() removes every axis "
        "of size 1, also the one you need when there is exactly one item.",
    ),
    Sentence(
        "zip-of-different-lengths",
        r"zip\(\) argument (\d+) is (longer|shorter) than",
        "zip(..., strict=True) was given sequences of different lengths: argument {0} is {1}. Which of them has an "
        "item too many, and for which input?",
    ),
    Sentence(
        "not-a-number-in-the-text",
        r"invalid literal for int\(\)|could not convert string to float",
        "A text was to become a number, and it is none. Print it: is it the part of the name or the field you wanted?",
    ),
    Sentence(
        "not-in-the-list",
        r"is not in (?:list|tuple|deque)|list\.remove\(x\): x not in list|substring not found",
        "What is looked for does not occur. Which inputs do not hold it, and what should happen for them?",
    ),
    Sentence(
        "iterator-used-up",
        r"^StopIteration",
        "next() was called on an iterator that has nothing left. A generator can be walked through once only.",
    ),
    Sentence(
        "no-chance-anywhere",
        r"sum of probabilities <= 0",
        "torch.multinomial was given a row of zeros, so nothing can be drawn. Which step has taken the last "
        "probability away?",
    ),
    Sentence(
        "out-of-range-of-the-dtype",
        r"cannot be converted to type \S+ without overflow",
        "The number does not fit into this dtype: float16 ends at 65504. torch.finfo(x.dtype) knows the "
        "limits of each.",
    ),
    Sentence(
        "condition-not-boolean",
        r"where expected condition to be a boolean tensor",
        "torch.where takes a tensor of booleans as its condition. A mask of numbers becomes one by a comparison or by "
        ".bool().",
    ),
    Sentence(
        "index-of-the-wrong-type",
        r"(list|tuple|string) indices must be integers or slices, not (\w+)",
        "A {0} is indexed by a {1}; it takes whole numbers. Is it the object you think: a list where you "
        "expect a dictionary, or a float where you expect an int?",
    ),
    Sentence(
        "not-a-whole-number",
        r"'(\w+)' object cannot be interpreted as an integer",
        "A whole number is needed and this is a {0}. / always gives a float; // and int() give whole numbers.",
    ),
    Sentence(
        "no-length",
        r"object of type '(\w+)' has no len\(\)",
        "len() was called on a {0}, which has no length. A generator has none either: list(...) of it has.",
    ),
    Sentence(
        "not-comparable",
        r"not supported between instances of '(\w+)' and '(\w+)'",
        "A {0} and a {1} cannot be compared or sorted. Which of them is not what you think?",
    ),
    Sentence(
        "not-hashable",
        r"unhashable type: '(\w+)'|cannot use '(\w+)' as a",
        "Keys of dictionaries and members of sets must not change, so lists and dictionaries cannot be any. "
        "tuple(...) of the list can.",
    ),
    Sentence(
        "text-and-number-joined",
        r"can only concatenate (\w+) \(not \"(\w+)\"\) to",
        "+ joins a {0} with a {0}; here the other one is a {1}.",
    ),
    Sentence(
        "not-a-tensor",
        r"new\(\): invalid data type|Could not infer dtype of (?!NoneType)",
        "torch.tensor makes tensors of numbers, and what it was given is none or holds something that is none.",
    ),
    Sentence(
        "none-in-place-of-a-value",
        r"Could not infer dtype of NoneType",
        "A value is None here, where torch.tensor needs a number. Which line made it?",
    ),
    Sentence(
        "parameter-in-two-groups",
        r"some parameters appear in more than one parameter group",
        "The optimizer got one parameter in two groups. Which rule of yours lets it into both?",
    ),
    Sentence(
        "needs-floating-point",
        r"only Tensors of floating point",
        "Only floating-point tensors can have a gradient, and this one holds whole numbers or booleans.",
    ),
    Sentence(
        "dot-in-a-module-name",
        r"(?:module|buffer|parameter) name can't contain \"\.\"|name can\\'t contain",
        "The name of a module, a parameter or a buffer holds no dot: dots separate the levels in "
        "named_modules(). Replace them, or go down to the module that the last part belongs to.",
    ),
    Sentence(
        "nothing-to-reduce",
        r"Expected reduction dim|mean requires at least one data point",
        "Something is reduced (a maximum, a mean) that holds no element at all. For which input is it empty?",
    ),
    Sentence(
        "no-such-key",
        r"KeyError: (.*)",
        "The dictionary has no key {0}. Print its keys: a prefix, a number where a string is meant, or a key that is "
        "only there sometimes?",
        "The dictionary does not have the key that is asked for. Print its keys: a prefix, a number where a string is "
        "meant, or a key that is only there sometimes?",
    ),
    Sentence(
        "list-index-out-of-range",
        r"IndexError: (?:list|tuple|string|pop)\b",
        "A list, tuple or string is shorter than the index asks for. Print its length; may it be empty?",
    ),
    Sentence(
        "name-not-defined",
        r"NameError: name '(.*?)' is not defined",
        "`{0}` has no value here: misspelt, not imported in this file, or defined inside another function.",
    ),
    Sentence(
        "used-before-assignment",
        r"UnboundLocalError: .*?variable '(.*?)'",
        "`{0}` is assigned somewhere in this function, so it belongs to the function, and on this way nothing has "
        "been assigned yet: an if that did not hold, a loop that did not run.",
    ),
    Sentence(
        "not-in-the-sandbox",
        r"^(?:FileNotFoundError|PermissionError|IsADirectoryError|ConnectionError|gaierror|URLError"
        r"|LocalEntryNotFoundError"
        r"|OfflineModeIsEnabled|OSError: (?:We couldn't connect|Can't load|.* is not a local folder))",
        "While it is graded your code runs in a sandbox: no network, no model hub, no processes of its own, and no "
        "files but those it writes itself. What a function needs comes as an argument.",
    ),
    Sentence(
        "module-not-found",
        r"ModuleNotFoundError: No module named '(.*?)'",
        "`{0}` is not installed here, or it is a file beside yours: only this one file is graded.",
    ),
    Sentence("division-by-zero", r"ZeroDivisionError", "Something is divided by 0. Which count can be zero here?"),
    Sentence(
        "endless-recursion",
        r"RecursionError",
        "A function calls itself, directly or by way of others, and nothing ends it. Which call is the last one to "
        "be, and does it get there?",
    ),
    Sentence(
        "own-assertion",
        r"AssertionError",
        "An assertion failed. If it is one of yours, it has caught a bug; the traceback shows which one.",
    ),
    Sentence(
        "wrong-operands",
        r"unsupported operand type\(s\) for (\S+): '(\w+(?:\.\w+)?)' and '(\w+(?:\.\w+)?)'",
        "{0} does not work between a {1} and a {2}. Which of them is not what you think?",
    ),
    Sentence(
        "not-callable",
        r"'(\w+)' object is not callable",
        "An object of type {0} is called like a function. Has a name been given to two things, or is an operator "
        "missing before the bracket?",
    ),
    Sentence(
        "changed-while-iterating",
        r"(dictionary|Set|OrderedDict|deque) (?:changed size|keys changed|mutated) during iteration",
        "What a loop runs through must not grow or shrink meanwhile: run through list(...) of it. Replacing modules "
        "while going through named_modules() is such a case.",
    ),
)  # fmt: skip


def explain(kind: str, message: str, quoting: bool = True) -> tuple[str, str] | None:
    """What is known of this exception.

    Args:
        kind: name of its type.
        message: what it says.
        quoting: whether the sentence may quote from the message.

    Returns:
        An id and the sentence; None for a message that is not in the table.
    """
    words = f"{kind}: {message}"
    for sentence in SENTENCES:
        if found := re.search(sentence.pattern, words):
            if not quoting and sentence.unquoted:
                return sentence.id, translated(sentence.unquoted)
            quoted = ((group or "")[:MAX_GROUP] if quoting else "…" for group in found.groups())
            return sentence.id, translated(sentence.text).format(*quoted)
    return None
