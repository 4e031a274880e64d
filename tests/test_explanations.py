"""Explanations for a learner whose code crashes, does not end, or prints too much."""

from __future__ import annotations

import bdb
import math
import random
import re
import sys
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from grading import REPOSITORY, Graded, Host
from sample import thorough
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from course.result import CheckResult, Explanation, plain
from grader.errors import StudentRaised
from grader.judge import crashes, report
from grader.judge.source import Source
from grader.student.dispatch import MAX_FRAMES, Dispatcher, describe

# --- the meaning of frequent messages ---------------------------------------------------------------------------------


def nothing() -> Any:
    """Return None, like a function that forgets to return."""


def weight(*shape: int) -> torch.Tensor:
    return torch.ones(shape, requires_grad=True)


def backward_twice() -> None:
    loss = (weight(3) ** 2).sum()
    loss.backward()
    loss.backward()


def changed_before_backward() -> None:
    hidden = weight(3).exp()
    hidden += 1
    hidden.sum().backward()


def debugged() -> None:
    """Do what breakpoint() does without a user to answer."""
    raise bdb.BdbQuit


def asked() -> None:
    raise EOFError("EOF when reading a line")


def leaf_changed() -> None:
    parameter = weight(3)
    parameter += 1


def view_of_leaf_changed() -> None:
    weight(3)[0] = 1


class NoSuper(nn.Module):
    def __init__(self) -> None:
        self.linear = nn.Linear(2, 2)


def not_a_parameter() -> None:
    nn.Linear(2, 2).weight = torch.zeros(2, 2)


def used_before_assignment() -> None:
    if not torch.__version__:
        count = 0
    count += 1  # noqa: F821, F841


def endless() -> None:
    endless()


def assign(size: int, value: torch.Tensor) -> None:
    torch.zeros(2, size)[0] = value


def assign_selected() -> None:
    torch.zeros(2, 3)[torch.ones(2, 3, dtype=torch.bool)] = torch.zeros(4)


def grows_while_read() -> None:
    found = {1: 2}
    for key in found:
        found[key + 1] = key


def of_one(value: int) -> None:
    pass


def fails() -> None:
    raise AssertionError


def parameter_in_two_groups() -> None:
    one = weight(3)
    torch.optim.SGD([{"params": [one]}, {"params": [one]}], lr=1)


PROVOKED = [
    ("classes-not-on-axis-1", lambda: F.cross_entropy(torch.zeros(4, 10, 13), torch.zeros(4, 10).long())),
    ("batch-sizes-differ", lambda: F.cross_entropy(torch.zeros(40, 13), torch.zeros(39).long())),
    ("target-out-of-bounds", lambda: F.cross_entropy(torch.zeros(2, 3), torch.tensor([-100, 1]), ignore_index=0)),
    ("target-out-of-bounds", lambda: F.cross_entropy(torch.zeros(2, 3), torch.tensor([3, 1]))),
    ("matrix-shapes-do-not-fit", lambda: torch.zeros(3, 4) @ torch.zeros(5, 6)),
    ("matrix-shapes-do-not-fit", lambda: torch.zeros(2, 3, 4) @ torch.zeros(2, 5, 6)),
    ("sizes-do-not-broadcast", lambda: torch.zeros(3, 4) + torch.zeros(3, 5)),
    ("sizes-do-not-broadcast", lambda: torch.zeros(3, 4).expand(3, 5)),
    ("sizes-do-not-broadcast", lambda: assign(3, torch.zeros(4))),
    ("shape-does-not-hold-the-elements", lambda: torch.zeros(3, 4).reshape(-1, 5)),
    ("view-needs-contiguous", lambda: torch.zeros(3, 4).t().view(12)),
    ("cat-sizes-differ", lambda: torch.cat([torch.zeros(2, 3), torch.zeros(2, 4)])),
    ("stack-sizes-differ", lambda: torch.stack([torch.zeros(3), torch.zeros(4)])),
    ("rows-of-different-length", lambda: torch.tensor([[1, 2], [3]])),
    ("no-such-axis", lambda: torch.zeros(3, 4).sum(2)),
    ("number-of-axes-differs", lambda: torch.cat([torch.zeros(2, 3), torch.zeros(2)])),
    ("number-of-axes-differs", lambda: torch.zeros(2, 3).permute(0, 2, 1)),
    ("einsum-sizes-differ", lambda: torch.einsum("ij,jk->ik", torch.zeros(2, 3), torch.zeros(4, 5))),
    ("nothing-to-work-on", lambda: torch.stack([])),
    ("nothing-to-work-on", lambda: max([])),
    ("too-many-indices", lambda: torch.zeros(3, 4)[:, :, 0]),
    ("shapes-of-loss-differ", lambda: F.binary_cross_entropy_with_logits(torch.zeros(2, 3), torch.zeros(2))),
    ("wrong-width-for-layer", lambda: F.layer_norm(torch.zeros(2, 3), (4,))),
    ("wrong-width-for-layer", lambda: nn.Conv1d(4, 5, 3)(torch.zeros(2, 7, 4))),
    ("wrong-width-for-layer", lambda: nn.LSTM(4, 5)(torch.zeros(2, 3, 7))),
    ("shorter-than-kernel", lambda: nn.Conv1d(4, 5, 3)(torch.zeros(2, 4, 2))),
    ("id-outside-the-table", lambda: F.embedding(torch.tensor([9]), torch.zeros(4, 2))),
    ("index-out-of-bounds", lambda: torch.zeros(3, 4)[5]),
    ("mask-of-another-shape", lambda: torch.zeros(2, 3)[torch.ones(3, dtype=torch.bool)]),
    ("selected-count-differs", assign_selected),
    ("tensor-as-list-index", lambda: [1, 2][torch.tensor([1, 0])]),
    ("index-dtype", lambda: torch.zeros(3)[torch.tensor([0.0, 1.0])]),
    ("index-dtype", lambda: F.embedding(torch.tensor([1.0]), torch.zeros(4, 2))),
    ("targets-not-long", lambda: F.cross_entropy(torch.zeros(2, 3), torch.tensor([0.0, 1.0]))),
    ("one-hot-needs-long", lambda: F.one_hot(torch.zeros(3, dtype=torch.uint8), 2)),
    ("dtypes-differ", lambda: nn.Linear(4, 5)(torch.zeros(3, 4).double())),
    ("dtypes-differ", lambda: torch.zeros(3, 4) @ torch.zeros(4, 5).double()),
    ("dtypes-differ", lambda: torch.zeros(2, 3, 4) @ torch.zeros(2, 4, 5).double()),
    ("result-does-not-fit-dtype", lambda: F.binary_cross_entropy_with_logits(torch.zeros(2), torch.zeros(2).long())),
    ("needs-floating-point", lambda: torch.zeros(3).long().mean()),
    ("needs-floating-point", lambda: F.softmax(torch.zeros(3).long(), dim=0)),
    ("needs-booleans", lambda: torch.zeros(3).masked_fill(torch.ones(3), 1)),
    ("needs-booleans", lambda: torch.zeros(3) & torch.ones(3)),
    ("needs-booleans", lambda: ~torch.zeros(3)),
    ("devices-differ", lambda: torch.zeros(3) + torch.zeros(3, device="meta")),
    ("leaf-changed-in-place", leaf_changed),
    ("leaf-changed-in-place", view_of_leaf_changed),
    ("nothing-requires-grad", lambda: torch.zeros(3).sum().backward()),
    ("backward-twice", backward_twice),
    ("changed-before-backward", changed_before_backward),
    ("backward-needs-a-number", lambda: (weight(3) * 2).backward()),
    ("numpy-of-a-gradient", lambda: weight(3).numpy()),
    ("not-a-parameter", not_a_parameter),
    ("super-init-missing", NoSuper),
    ("empty-parameter-list", lambda: torch.optim.SGD([], lr=1)),
    ("optimizer-wants-leaves", lambda: torch.optim.SGD([weight(3) * 1], lr=1)),
    ("not-one-element", lambda: torch.zeros(3).item()),
    ("not-one-element", lambda: float(torch.zeros(3))),
    ("truth-of-many", lambda: bool(torch.zeros(3) > 0)),
    ("truth-of-many", lambda: bool(np.zeros(3) > 0)),
    ("lengths-not-sorted", lambda: pack_padded_sequence(torch.zeros(4, 2, 3), torch.tensor([2, 4]))),
    ("length-zero", lambda: pack_padded_sequence(torch.zeros(4, 2, 3), torch.tensor([2, 0]))),
    ("state-does-not-fit", lambda: nn.Linear(3, 3).load_state_dict({"a": torch.zeros(3)})),
    ("probabilities-not-valid", lambda: torch.multinomial(torch.tensor([-1.0, 2.0]), 1)),
    ("probabilities-not-valid", lambda: torch.bernoulli(torch.tensor([2.0]))),
    ("top-k-too-large", lambda: torch.topk(torch.zeros(3), 5)),
    ("none-in-place-of-a-value", lambda: nothing().shape),
    ("none-in-place-of-a-value", lambda: nothing()(3)),
    ("none-in-place-of-a-value", lambda: torch.zeros(3) + nothing()),
    ("none-in-place-of-a-value", lambda: F.linear(nothing(), torch.zeros(3, 3))),
    ("count-to-unpack", lambda: exec("a, b, c = (1, 2)")),
    ("count-to-unpack", lambda: exec("a, b = (1, 2, 3)")),
    ("arguments-do-not-fit", lambda: F.softmax(torch.zeros(3), dimm=1)),
    ("arguments-do-not-fit", lambda: of_one()),
    ("arguments-do-not-fit", lambda: of_one(1, 2)),
    ("arguments-do-not-fit", lambda: torch.zeros(2.0)),
    ("no-such-attribute", lambda: nn.Linear(3, 3).classifier),
    ("no-such-attribute", lambda: torch.softmaxx),
    ("nothing-to-draw-from", lambda: random.randrange(0)),
    ("nothing-to-draw-from", lambda: random.choice([])),
    ("nothing-to-draw-from", lambda: torch.randint(0, 0, (2,))),
    ("draws-more-than-there-is", lambda: random.sample([1], 2)),
    ("draws-more-than-there-is", lambda: torch.multinomial(torch.ones(2), 3)),
    ("no-axis-to-loop-over", lambda: list(torch.tensor(1))),
    ("zip-of-different-lengths", lambda: list(zip([1], [1, 2], strict=True))),
    ("not-a-number-in-the-text", lambda: int("a")),
    ("not-in-the-list", lambda: [1].index(3)),
    ("iterator-used-up", lambda: next(iter([]))),
    ("no-chance-anywhere", lambda: torch.multinomial(torch.zeros(3), 1)),
    ("out-of-range-of-the-dtype", lambda: torch.zeros(2).half().masked_fill(torch.ones(2).bool(), -1e9)),
    ("condition-not-boolean", lambda: torch.where(torch.ones(2), 1, 2)),
    ("index-of-the-wrong-type", lambda: exec("[1, 2].__getitem__('a')")),
    ("not-a-whole-number", lambda: range(1.5)),
    ("no-length", lambda: len(1)),
    ("not-comparable", lambda: sorted([1, "a"])),
    ("not-hashable", lambda: {[1]}),
    ("text-and-number-joined", lambda: "a" + 1),
    ("not-a-tensor", lambda: torch.tensor("a")),
    ("none-in-place-of-a-value", lambda: torch.tensor([None])),
    ("parameter-in-two-groups", parameter_in_two_groups),
    ("needs-floating-point", lambda: torch.zeros(3).long().requires_grad_()),
    ("dot-in-a-module-name", lambda: nn.ModuleDict({"a.b": nn.Linear(1, 1)})),
    ("dot-in-a-module-name", lambda: nn.Module().register_buffer("a.b", torch.ones(1))),
    ("nothing-to-reduce", lambda: torch.zeros(0).max()),
    ("no-such-key", lambda: {"a": 1}["b"]),
    ("tensor-as-key", lambda: {0: "NEG", 1: "POS"}[torch.zeros(2, 2).argmax(-1)]),
    ("tensor-as-key", lambda: {0: "NEG", 1: "POS"}[torch.tensor(1)]),
    ("list-index-out-of-range", lambda: [1, 2][5]),
    ("list-index-out-of-range", lambda: nn.ModuleList([nn.Linear(1, 1)])[99]),
    ("name-not-defined", lambda: exec("undefined_name")),
    ("used-before-assignment", used_before_assignment),
    ("not-in-the-sandbox", lambda: open("/no/such/file", encoding="utf-8")),
    ("module-not-found", lambda: exec("import no_such_module_of_mine")),
    ("division-by-zero", lambda: 1 / 0),
    ("too-large-for-a-float", lambda: math.exp(1000)),
    ("too-large-for-a-float", lambda: math.pow(10.0, 1000)),
    ("too-large-for-a-float", lambda: 10.0**1000),
    ("too-large-for-a-float", lambda: float(10**1000)),
    ("only-in-a-notebook", lambda: exec("get_ipython()")),
    ("starts-the-debugger", debugged),
    ("asks-for-input", asked),
    ("ends-the-program", sys.exit),
    ("endless-recursion", endless),
    ("own-assertion", fails),
    ("wrong-operands", lambda: torch.zeros(3) + "a"),
    ("not-callable", lambda: exec("(3)(4)")),
    ("changed-while-iterating", grows_while_read),
]


@pytest.mark.parametrize(("name", "provoke"), PROVOKED, ids=[f"{n}-{name}" for n, (name, _) in enumerate(PROVOKED)])
def test_a_message_of_torch_has_its_sentence(name, provoke):
    with pytest.raises(BaseException) as caught:  # noqa: PT011  # SystemExit is no Exception
        provoke()
    kind, message = type(caught.value).__name__, str(caught.value)
    found = crashes.explain(kind, message)
    assert found is not None and found[0] == name, f"{kind}: {message}"
    assert not re.search(r"\{\d*\}|None\b.*`None`", found[1])


def test_every_sentence_is_provoked_by_the_torch_that_is_installed():
    heard = set()
    for _, provoke in PROVOKED:
        try:
            provoke()
        except BaseException as error:
            words = f"{type(error).__name__}: {error}"
            heard.add(next(number for number, one in enumerate(crashes.SENTENCES) if re.search(one.pattern, words)))
    silent = [one.id for number, one in enumerate(crashes.SENTENCES) if number not in heard]
    assert silent == []
    assert len(crashes.SENTENCES) >= 60


def test_a_message_that_nobody_knows_gets_no_sentence():
    assert crashes.explain("MyError", "the flux is not aligned") is None


def test_the_sentence_on_classes_says_where_they_belong():
    _, text = crashes.explain("RuntimeError", "Expected target size [4, 13], got [4, 10]") or ("", "")
    assert "axis 1" in text and "[4, 13]" in text and "[4, 10]" in text and "flatten" in text


def test_a_sentence_may_do_without_quoting():
    _, text = crashes.explain("KeyError", "'secret'", quoting=False) or ("", "")
    assert "secret" not in text and "does not have the requested key" in text
    _, text = crashes.explain("ValueError", "too many values to unpack (expected 7)", quoting=False) or ("", "")
    assert "7" not in text and text


@pytest.mark.parametrize(("name", "provoke"), PROVOKED, ids=[f"{n}-{name}" for n, (name, _) in enumerate(PROVOKED)])
def test_where_nothing_is_quoted_no_sentence_has_a_gap(name, provoke):
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        provoke()
    found = crashes.explain(type(caught.value).__name__, str(caught.value), quoting=False)
    assert found is None or not re.search(r"…|`\W*`|\[\W*\]|\{", found[1].replace("x[...]", "").replace("[...]", ""))


# --- the judge's view of an exception ---------------------------------------------------------------------------------


def raised_by(source: str, call: str = "f") -> StudentRaised:
    """Return the description of ``call()``'s exception on the judge's side."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "mine.py", "exec"), namespace)
    try:
        namespace[call]()
    except BaseException as error:
        return StudentRaised.from_wire(describe(error, "mine.py"))
    raise AssertionError("nothing was raised")


HOSTILE = {
    "its name is huge": "def f():\n    raise type('N' * 4_000_000, (Exception,), {})('x')",
    "its name is a lie": (
        "class Meta(type):\n    @property\n    def __name__(cls): raise SystemExit\n"
        "class E(Exception, metaclass=Meta): pass\ndef f():\n    raise E('x')"
    ),
    "its text raises": (
        "class E(Exception):\n    def __str__(self): raise KeyboardInterrupt\ndef f():\n    raise E('x')"
    ),
    "its text is no text": (
        "class S(str):\n    def encode(self, *a): return None\n    def __getitem__(self, k): raise SystemExit\n"
        "class E(Exception):\n    def __str__(self): return S('x' * 4_000_000)\ndef f():\n    raise E"
    ),
    "its traceback is a lie": (
        "class E(Exception):\n    @property\n    def __traceback__(self): raise SystemExit\ndef f():\n    raise E('x')"
    ),
    "it claims to be a syntax error of the file": (
        "def f():\n    raise SyntaxError('x', ('mine.py', 1, 1, 'the text', 1, 2))"
    ),
    "it is a syntax error with a lie in it": (
        "class E(SyntaxError):\n    @property\n    def lineno(self): raise SystemExit\n"
        "def f():\n    raise E('x', ('mine.py', 1, 1, 't'))"
    ),
    "half a character": "def f():\n    raise Exception('\\ud800')",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_exception_is_described_all_the_same(source):
    error = raised_by(source)
    assert len(error.type) <= 100 and len(error.message) <= 2000
    assert error.frames and error.frames[-1][1] == "f"
    assert error.bad_line is None
    (error.type + error.message).encode()


@pytest.mark.parametrize("text", ["x = = 1", "if 1:\nx", "\tx\n  y"])
def test_what_exec_cannot_compile_is_no_syntax_error_of_the_file(text):
    error = raised_by(f"def f():\n    exec({text!r})")
    assert error.bad_line is None and error.frames == [(2, "f")]
    assert error.type in ("SyntaxError", "IndentationError", "TabError")


def test_the_way_through_the_file_keeps_both_ends():
    source = "def f():\n    return g(100)\ndef g(n):\n    return h(n) if n else 1 / 0\ndef h(n):\n    return g(n - 1)\n"
    error = raised_by(source)
    assert len(error.frames) == MAX_FRAMES and error.left_out == 202 - MAX_FRAMES
    assert error.frames[:3] == [(2, "f"), (4, "g"), (6, "h")] and error.frames[-1] == (4, "g")


def test_a_dispatcher_answers_whatever_is_raised():
    module = type(torch)("mine")
    module.__file__ = "mine.py"
    exec(compile(HOSTILE["its text raises"], "mine.py", "exec"), module.__dict__)
    from grader import wire

    answer = wire.decode(Dispatcher(module).answer(wire.encode(["call", ["module", "f"], [], {}])))
    assert answer[0] == "raised" and answer[1]["message"] == "(its message could not be printed)"


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_a_report_is_cut_to_bearable_lengths():
    huge = "一 x\n" * 1_000_000
    item = CheckResult(
        "f.a", "t", "f", "visible", 1, status="failed", message=huge, expected=huge, actual=huge, hint=huge,
        explanation=Explanation("crash", "x", huge), remarks=[huge], compared=[[huge, huge, huge]], traceback=huge,
    )  # fmt: skip
    record = plain(report.bounded(item))
    texts = [record[name] for name in ("message", "expected", "actual", "hint", "traceback")]
    texts += [record["explanation"]["text"], *record["remarks"], *record["compared"][0]]
    assert len(texts) == 10
    assert max(len(text) for text in texts) <= report.MAX_TRACEBACK
    assert len(record["message"]) <= report.MAX_MESSAGE
    assert record["message"].count("\n") < report.MAX_LINES and record["message"].endswith("…")


def test_short_texts_are_left_alone():
    assert report.cut("as it is\nand so on") == "as it is\nand so on"
    assert report.cut(f"in {REPOSITORY}/grader/x.py") == "in grader/x.py"


# --- through the grader ----------------------------------------------------------------------------------------------

CRASHES = """
import torch.nn.functional as F


def scored(logits, labels):
    return F.cross_entropy(logits.transpose(1, 2).view(-1), labels)


def mlm_loss(logits, labels):
    loss = scored(logits, labels)
    return loss


def mask_tokens(*args, **kwargs):
    exec("x = = 1")


def attention_visibility(attention_mask, causal):
    return ["\\u4e00 x\\n" * 800_000]


class Strange(Exception):
    def __str__(self):
        raise SystemExit


Strange.__name__ = "\\x1b[2J" * 100_000


def make_nsp_pairs(documents, n_pairs, rng):
    if n_pairs > 1:
        raise Strange
    return make_nsp_pairs(documents, n_pairs + 1, rng)


def fill_mask_topk(logits, input_ids, mask_id):
    return []
"""


@pytest.fixture(scope="module")
def crashed(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    path = tmp_path_factory.mktemp("crashes") / "mine.py"
    path.write_text(CRASHES, encoding="utf-8")
    only = ["mask_tokens", "mlm_loss", "attention_visibility", "make_nsp_pairs", "fill_mask_topk"]
    return host.grade(path, exercise="objectives", only=only)


def of(graded: Graded, function: str) -> list[dict[str, Any]]:
    return [check for check in graded.checks.values() if check["function"] == function]


def test_a_crash_is_explained_once_with_the_whole_way_to_it(crashed):
    first, *others = of(crashed, "mlm_loss")
    assert first["status"] == "crashed" and first["message"].startswith("RuntimeError: view size is not compatible")
    assert first["explanation"]["kind"] == "crash" and first["explanation"]["id"] == "view-needs-contiguous"
    assert first["traceback"].splitlines()[:-1] == [
        '  File "mine.py", line 10, in mlm_loss', "    loss = scored(logits, labels)",
        '  File "mine.py", line 6, in scored', "    return F.cross_entropy(logits.transpose(1, 2).view(-1), labels)",
    ]  # fmt: skip
    same = [check for check in others if check["status"] == "crashed"]
    assert len(same) >= 3
    for check in same:
        assert check["explanation"]["kind"] == "follows" and check["explanation"]["id"] == first["id"]
        assert first["id"] in check["explanation"]["text"] and check["traceback"] is None


def test_exec_of_nonsense_is_a_crash_of_the_function_and_not_of_the_file(crashed):
    assert crashed.status == "failed"
    first = of(crashed, "mask_tokens")[0]
    assert first["status"] == "crashed" and first["message"] == "SyntaxError: invalid syntax (<string>, line 1)"
    assert 'line 15, in mask_tokens\n    exec("x = = 1")' in first["traceback"]
    assert first["explanation"]["id"] == "uncaught-exception" and "line 15" in first["explanation"]["text"]


def test_an_error_that_the_file_raises_itself_is_told_apart_from_one_of_a_library(crashed):
    first, *others = of(crashed, "make_nsp_pairs")
    assert first["status"] == "crashed" and first["explanation"]["id"] == "own-error"
    assert "line 32 (`raise Strange`)" in first["explanation"]["text"]
    assert {check["explanation"]["kind"] for check in others if check["status"] == "crashed"} == {"follows"}


def test_exec_of_nonsense_at_import_is_no_syntax_error_of_the_file(host, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text('def mlm_loss(a, b):\n    exec("x = = 1")\nmlm_loss(1, 2)\n')
    graded = host.grade(path, exercise="objectives", only=["mlm_loss.value"])
    assert graded.status == "not_gradable" and "does not parse" not in graded.message
    assert 'line 2 (`exec("x = = 1")`): SyntaxError: invalid syntax' in graded.message


def test_what_is_too_long_to_read_is_cut(crashed):
    assert len(of(crashed, "attention_visibility")) >= 4
    for check in crashed.checks.values():
        for name in ("message", "expected", "actual", "hint"):
            assert len(check[name] or "") <= report.MAX_SENTENCE
            assert (check[name] or "").count("\n") < report.MAX_LINES
    assert len(crashed.text) < 200_000


def test_a_strange_exception_gets_no_further_than_any_other(crashed):
    for check in of(crashed, "make_nsp_pairs"):
        assert check["status"] == "crashed"
        assert len(check["message"]) < 200 and check["message"].endswith("(its message could not be printed)")


def test_a_changed_signature_is_called_that(crashed):
    checks = [check for check in of(crashed, "fill_mask_topk") if "argument" in check["message"]]
    assert checks and checks[0]["explanation"]["id"] == "signature-changed"


@pytest.mark.parametrize(
    ("renamed", "meant"),
    [("maskTokens", True), ("tokens_mask", True), ("mask_token", True), ("_mask_tokens", False), ("masked", False)],
)
def test_a_function_under_another_name_is_asked_about(host, tmp_path, renamed, meant):
    path = tmp_path / "mine.py"
    path.write_text(f"def {renamed}(*_):\n    pass\n\n\ndef mlm_loss(logits, labels):\n    pass\n")
    graded = host.grade(path, exercise="objectives", only=["mask_tokens", "mlm_loss.value"])
    first = of(graded, "mask_tokens")[0]
    assert first["status"] == "failed" and first["explanation"]["id"] == "not-defined"
    asked = f"; is `{renamed}` the same function under another name?"
    assert first["message"] == "your file does not define `mask_tokens`" + (asked if meant else "")


@pytest.mark.parametrize(("renamed", "status"), [("wordMaskWhole", "failed"), ("masked", "not_started")])
def test_a_bonus_function_under_another_name_is_not_one_left_out(host, tmp_path, renamed, status):
    path = tmp_path / "mine.py"
    path.write_text(f"def {renamed}(*_):\n    pass\n\n\ndef mlm_loss(logits, labels):\n    pass\n")
    graded = host.grade(path, exercise="objectives", only=["whole_word_mask", "mlm_loss.value"])
    assert {check["status"] for check in of(graded, "whole_word_mask")} - {"skipped"} == {status}


TWICE = """
class LoRALinear:
    def merge(self):
        return 1

    def merge(self):
        raise NotImplementedError("LoRALinear.merge")

    @property
    def scale(self):
        return 1

    @scale.setter
    def scale(self, value):
        pass


def mine():
    return 1


mine = 2
from math import mine, pi

if pi:
    def mine():
        return 3

mine = abs(mine)
"""


def test_definitions_are_found_with_their_lines():
    found = Source("mine.py", TWICE.encode())
    assert found.definitions("LoRALinear.merge") == [3, 6]
    assert found.definitions("LoRALinear.scale") == [10]
    assert found.definitions("mine") == [18, 22, 23]
    assert found.definitions("LoRALinear") == [2]
    assert found.definitions("nothing") == Source("mine.py", b"x = = 1").definitions("x") == []


STUB = '\n\ndef mlm_loss(logits, labels):\n    raise NotImplementedError("mlm_loss")\n'
OWN = "def mlm_loss(logits, labels):\n    return logits.sum()\n"


def test_a_skeleton_below_the_function_is_not_a_function_that_is_not_started(host, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(OWN + STUB)
    graded = host.grade(path, exercise="objectives", only=["mlm_loss"])
    assert graded.status == "failed"
    first, *others = [check for check in of(graded, "mlm_loss") if check["status"] != "skipped"]
    assert "`mlm_loss` is defined more than once (lines 1, 5)" in first["message"]
    assert first["explanation"]["id"] == "defined-again"
    assert all(check["explanation"]["kind"] == "follows" for check in others)


@pytest.mark.parametrize(
    "below", ["mlm_loss = 3\n", "from math import hypot as mlm_loss\n", "class mlm_loss:\n    pass\n"]
)
def test_what_replaces_a_function_is_named(host, tmp_path, below):
    path = tmp_path / "mine.py"
    path.write_text(OWN + below)
    graded = host.grade(path, exercise="objectives", only=["mlm_loss"])
    assert graded.result["notes"] == [
        "`mlm_loss` is defined more than once in your file (lines 1, 3); Python uses the last definition."
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [("breakpoint()", "start the debugger"), ("input()", "Remove the call"), ("exit()", "end the whole program")],
)
def test_a_call_that_waits_or_ends_the_program_is_to_be_removed(host, tmp_path, line, words):
    path = tmp_path / "mine.py"
    path.write_text(f"def mlm_loss(logits, labels):\n    {line}\n    return logits.sum()\n")
    graded = host.grade(path, exercise="objectives", only=["mlm_loss.value"])
    text = of(graded, "mlm_loss")[0]["explanation"]["text"]
    assert words in text and "Remove the call" in text and "types and shapes" not in text


def test_a_file_without_the_chosen_function_is_asked_about_a_similar_name(host, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def mlm_los(logits, labels):\n    pass\n")
    message = host.grade(path, exercise="objectives", only=["mlm_loss"]).message
    assert message == (
        "the file defines none of the expected names (mlm_loss)\nIs `mlm_los` your `mlm_loss` under another name?"
    )
    assert ", …)" in host.grade(path, exercise="objectives").message


def test_the_list_of_comparisons_says_how_many_are_left_out():
    compared = [("a", str(number), str(number)) for number in range(30)] + [("b", "1", "2")]
    listed = report.listed(compared, 20)
    assert listed[-2:] == [["... and 11 more"], ["b", "1", "2"]] and len(listed) == 21
    assert report.listed(compared[:3] * 10, 20) == [list(entry) for entry in compared[:3]]


def test_a_loop_is_named_with_its_line_and_costs_one_time_limit(host, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "def step(x):\n    return x + 0\n\n\n"
        "def endless(x):\n    for _ in range(9):\n        while True:\n            x = step(x)\n\n\n"
        "def mlm_loss(logits, labels):\n    return endless(logits)\n"
    )
    graded = host.grade(path, exercise="objectives", only=["mlm_loss"])
    first, *others = of(graded, "mlm_loss")
    assert first["status"] == "timeout" and first["explanation"]["kind"] == "loop"
    assert re.search(r"timed out after \d+ s .* in line [1278] \(`", first["message"])
    assert "still in the loop in line 7 (`while True:`)" in first["explanation"]["text"]
    way = re.findall(r'File "mine.py", line \d+, in (\w+)', first["traceback"])
    assert way[:2] == ["mlm_loss", "endless"]
    assert len(others) >= 3
    for check in others:
        assert check["status"] == "skipped" and check["explanation"]["kind"] == "follows"
        assert check["explanation"]["id"] == first["id"] and "did not return" in check["message"]
    assert graded.result["seconds"] < 25


def test_the_loop_is_the_innermost_while_on_the_way():
    source = Source("mine.py", b"while True:\n    break\n\n\ndef slow(x):\n    for _ in x:\n        pass\n")
    assert source.loop([(6, "slow")]) is None
    assert source.loop([(2, "<module>"), (6, "slow")]) == 1
    assert Source("mine.py", b"while True:\n  pass\n)").loop([(2, "<module>")]) is None


@thorough
def test_a_loop_at_import_is_named_with_its_line(host, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def mlm_loss(a, b):\n    pass\nimport time\nwhile True:\n    time.sleep(0.01)\n")
    graded = host.grade(path, exercise="objectives", only=["mlm_loss.value"])
    assert graded.status == "not_gradable"
    assert re.search(r"did not finish loading within \d+ s, line [45] \(`", graded.message)
