"""Refusals of the recipes: each names what was found and what would work."""

from __future__ import annotations

import ast
import errno
import json
import re
import warnings
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from rich.console import Console
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    ElectraConfig,
    ElectraModel,
    GPT2Config,
    GPT2Model,
)

from solutions.recipes import data, files, idle, model, pictures, predicting, preflight, splitting
from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError, StudentError
from solutions.recipes.finetune import finetune
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.model import train_tokenizer
from tests.tiny import tiny, workspace

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)


pytestmark = pytest.mark.usefixtures("one_thread", "no_pictures")


@pytest.fixture
def config(tmp_path) -> FineTune:
    """Return a tiny run; its model and its data are in ``tmp_path / "tiny"``."""
    return replace(tiny(tmp_path / "tiny"), max_steps=1, epochs=1)


def asked(*words: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)))


# --- Tokenizers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [(), ("tokenizer_config.json",)], ids=["nothing", "only its settings"])
def test_a_folder_without_a_tokenizer_is_refused(config, tmp_path, left):
    folder = Path(config.model)
    for name in ("tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        if name not in left:
            (folder / name).unlink(missing_ok=True)
    with pytest.raises(RecipeError, match=r"there is no tokenizer in .* tokenizer.save_pretrained\("):
        finetune(config, tmp_path / "run", QUIET)
    words = ("--data", config.data, "--steps", 1, "--from", folder, "--objective", "mlm", "--out", tmp_path / "mlm")
    for command in (("pretrain", *words), ("pipelines", "--model", folder, "--only", "tokenizer,model")):
        said = asked(*command)
        assert said.exit_code == 2 and "there is no tokenizer in" in said.output, said.output


def test_a_tokenizer_that_knows_only_special_tokens_is_none(config):
    for name in ("tokenizer.json", "vocab.txt"):
        (Path(config.model) / name).unlink(missing_ok=True)
    model.pretrained(model.AutoTokenizer, config.model).save_pretrained(config.model)  # made up by transformers
    with pytest.raises(RecipeError, match="there is no tokenizer in"):
        model.load_tokenizer(config.model)


def test_a_run_whose_base_lost_its_tokenizer_predicts_nothing(config, tmp_path):
    finetune(replace(config, method="head"), tmp_path / "run", QUIET)
    for name in ("tokenizer.json", "vocab.txt"):
        (Path(config.model) / name).unlink(missing_ok=True)
    said = asked("predict", tmp_path / "run", "a film")
    assert said.exit_code == 2 and "there is no tokenizer in" in said.output


def test_a_tokenizer_with_more_tokens_than_its_model_is_refused(config, tmp_path):
    BertModel(BertConfig(vocab_size=20, hidden_size=24, num_hidden_layers=1, num_attention_heads=3)).save_pretrained(
        config.model
    )
    with pytest.raises(RecipeError, match="do not belong together: the tokenizer has .* the model knows only 20"):
        finetune(config, tmp_path / "run", QUIET)


def test_texts_that_the_tokenizer_does_not_know_are_refused(config, tmp_path):
    path = tmp_path / "foreign.csv"
    lines = [f"{'zq' * (i % 9 + 1)} xx{i} yy,{'ab'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    with pytest.raises(RecipeError, match=r"does not know the words of these texts: 100% .*\[UNK\]"):
        finetune(replace(config, data=str(path)), tmp_path / "run", QUIET)
    said = asked(
        "pretrain", "--data", path, "--steps", 1, "--block", 8, "--from", config.model, "--out", tmp_path / "m"
    )
    assert said.exit_code == 2 and "does not know the words of these texts" in said.output, said.output


# --- Your own functions -----------------------------------------------------------------------------------------------


def answering(folder: Path, answers: dict[str, str], *started: str) -> Path:
    """Write a workspace in which a few functions do only what ``answers`` says."""
    workspace(folder, *started)
    for name, body in answers.items():
        slug, _, function = name.partition(".")
        path = folder / f"{slug}.py"
        lines = path.read_text(encoding="utf-8").splitlines()
        tree = ast.parse("\n".join(lines))
        node = next(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == function)
        indent = " " * node.body[0].col_offset
        first, last = node.body[0].lineno - 1, node.end_lineno
        path.write_text("\n".join([*lines[:first], indent + body, *lines[last:]]), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("heads.mean_pool", "return None", r"mean_pool in .*heads.py returned \(None\): TypeError.*exercise-4"),
        ("heads.mean_pool", "return 'x'", r"mean_pool in .*heads.py returned \('x'\)"),
        ("heads.mean_pool", "return hidden.mean(0)", r"mean_pool in .* returned \(Tensor of shape .*exercise-4"),
        ("basics.pad_batch", "return None", r"pad_batch in .*basics.py returned \(None\).*exercise-1"),
        ("basics.count_parameters", "return [1]", r"count_parameters in .* returned \(list of length 1\).*exercise-1"),
        ("optimization.decay_groups", "return 'x'", r"decay_groups in .* returned \('x'\).*exercise-5"),
        ("optimization.warmup_linear", "return 'x'", r"warmup_linear in .* returned \('x'\).*exercise-5"),
        ("evaluation.group_split", "return None", r"group_split in .* returned \(None\).*exercise-7"),
        ("evaluation.prf", "return {}", r"prf in .* returned \(dict of length 0\).*exercise-7"),
        ("training.evaluate", "return 0.5", r"evaluate in .* returned \(0.5\).*exercise-6"),
        ("heads.mean_pool", "import sys; sys.exit(3)", r"mean_pool in .*heads.py ends the program in line \d+"),
        ("training.train_epoch", "quit()", r"train_epoch in .*training.py ends the program"),
        ("heads.mean_pool", "raise ValueError('y' * 900)", r"failed in line \d+ with ValueError: y{50,200}…"),
    ],
)
def test_a_wrong_answer_of_your_function_names_it(config, tmp_path, name, body, complaint):
    mine = answering(tmp_path / "mine", {name: body})
    with pytest.raises(StudentError, match=complaint) as caught:
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)
    assert caught.value.exit_code == 4 and len(caught.value.message) < 700


def test_the_function_that_answered_wrongly_is_named_and_not_its_caller(config, tmp_path):
    mine = answering(tmp_path / "mine", {"heads.mean_pool": "return None"}, "training")
    with pytest.raises(StudentError, match=r"mean_pool in .*heads.py returned \(None\)"):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)
    mine = answering(tmp_path / "other", {"training.train_epoch": "model(None)"}, "heads")
    with pytest.raises(StudentError, match=r"train_epoch in .*training.py failed in line"):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)


def test_a_file_of_yours_that_ends_the_program_is_named(config, tmp_path):
    mine = answering(tmp_path / "mine", {"heads.mean_pool": "return None"})
    with (mine / "heads.py").open("a") as file:
        file.write("\n\nraise SystemExit(3)\n")
    with pytest.raises(StudentError, match="heads.py cannot be imported: SystemExit: 3"):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)


def test_a_model_that_inject_lora_returns_is_not_printed(config, tmp_path):
    mine = answering(tmp_path / "mine", {"lora.inject_lora": "return model"})
    with pytest.raises(StudentError, match="must return the replaced names, not Classifier") as caught:
        finetune(replace(config, method="lora", mine=mine), tmp_path / "run", QUIET)
    assert len(caught.value.message) < 400 and "\n" not in caught.value.message


def test_what_is_not_the_fault_of_an_answer_is_not_blamed_on_it(config, tmp_path, monkeypatch):
    mine = workspace(tmp_path / "mine", "heads")
    monkeypatch.setattr("solutions.recipes.finetune.save_run", lambda *_: 1 / open("/nonexistent"))
    with pytest.raises(FileNotFoundError):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)


# --- Methods and models -----------------------------------------------------------------------------------------------


def other_kind(folder: Path, kind: str) -> str:
    """Save a model of another architecture with the same tokenizer."""
    size = {"vocab_size": 100, "max_position_embeddings": 64}
    torch.manual_seed(0)
    made = {
        "distilbert": lambda: DistilBertModel(DistilBertConfig(**size, dim=24, n_layers=2, n_heads=3, hidden_dim=40)),
        "gpt2": lambda: GPT2Model(GPT2Config(vocab_size=100, n_positions=64, n_embd=24, n_layer=2, n_head=3)),
        "electra": lambda: ElectraModel(
            ElectraConfig(
                **size, embedding_size=12, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
                intermediate_size=40,
            )
        ),
    }  # fmt: skip
    made[kind]().save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("kind", "changes", "complaint"),
    [
        ("distilbert", {"method": "prefix"}, "^--method prefix needs an encoder of BERT's structure .*DistilBertModel"),
        ("distilbert", {"method": "adapter"}, "^--method adapter needs .* What works with it: --method lora"),
        ("distilbert", {"method": "top"}, "^--method top needs"),
        ("distilbert", {"reinit": 1}, "^--reinit needs"),
        ("distilbert", {"layer_decay": 0.9, "head_learning_rate": 1.0}, "^--layer-decay, --head-lr needs"),
        ("gpt2", {"method": "lora"}, r"adapts linear layers \(nn.Linear\), and .* has none. Use --method full or head"),
        ("gpt2", {"method": "adapter"}, "What works with it: --method full, --method head$"),
    ],
)
def test_a_method_that_the_model_is_not_built_for_is_refused_by_its_name(config, tmp_path, kind, changes, complaint):
    name = other_kind(Path(config.model), kind)
    with pytest.raises(RecipeError, match=complaint):
        finetune(replace(config, model=name, **changes), tmp_path / "run", QUIET)


@pytest.mark.parametrize("kind", ["distilbert", "electra"])
def test_virtual_tokens_are_as_wide_as_the_words(config, tmp_path, kind):
    name = other_kind(Path(config.model), kind)
    result = finetune(replace(config, model=name, method="prompt", virtual_tokens=3), tmp_path / "run", QUIET)
    assert result["parameters"]["added"] == 3 * (12 if kind == "electra" else 24)


def test_every_target_must_be_there(config, tmp_path):
    told = replace(config, method="lora", targets=("query", "foo", "bar"))
    with pytest.raises(RecipeError, match="is called foo or bar. Choose --targets from: query, key, value, dense"):
        finetune(told, tmp_path / "run", QUIET)


# --- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [99999999999999999999, 2**32, -1])
@pytest.mark.parametrize(
    "command",
    [
        ("finetune", "--out", "x", "--seed"), ("pretrain", "--out", "x", "--seed"),
        ("speedrun", "--out", "x", "--seeds"),
        ("pipelines", "--seed"), ("gpu-check", "--out", "x", "--seed"), ("compare", "heads", "--seeds"),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_seed_that_no_generator_takes_is_refused_with_the_range(command, number):
    said = asked(*command, number)
    assert said.exit_code == 2 and ("4294967295" in said.output or "1000" in said.output), said.output


@pytest.mark.parametrize("words", [("--threads", 10**6), ("--max-length", 10**20), ("--rank", 10**12)])
def test_a_number_that_is_far_too_large_is_refused(words):
    said = asked("finetune", "--out", "x", *words)
    assert said.exit_code == 2 and "must be at most" in said.output


# --- Files of texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv"])
def test_semicolons_and_tabs_separate_too(tmp_path, delimiter, name):
    path = tmp_path / name
    rows = [("text", "label"), ("a film, warm", "good"), ("dull", "bad")]
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    labelled, names = data.load(str(path))
    assert labelled.texts == ["a film, warm", "dull"] and names == ("bad", "good")
    assert predicting.gather([str(path)]) == ["a film, warm", "dull"]
    with pytest.raises(RecipeError, match="needs the column review; its first line contains: text, label"):
        predicting.gather([str(path)], "review")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("name", ["rows.csv", "rows.txt"])
def test_a_file_of_another_encoding_says_how_to_save_it(tmp_path, encoding, name):
    path = tmp_path / name
    path.write_text("text,label\nun café,bon\n", encoding=encoding)
    if (encoding, name) != ("utf-16-le", "rows.txt"):  # those bytes could be text
        with pytest.raises(RecipeError, match="Save it as UTF-8"):
            predicting.gather([str(path)])


def test_predict_reads_standard_input_and_gives_blank_texts_no_label(config, tmp_path):
    finetune(config, tmp_path / "run", QUIET)
    words = ["predict", str(tmp_path / "run"), "-"]
    said = CliRunner().invoke(cli, [*words, "--json", "-"], input="a warm film\n\na dull plot\n")
    answers = json.loads(said.stdout)["predictions"]
    assert [one["text"] for one in answers] == ["a warm film", "", "a dull plot"]
    assert answers[1] == {"text": "", "label": None, "probability": None} and answers[0]["label"] in ("praise", "blame")
    shown = CliRunner().invoke(cli, words, input="a warm film\n\n").stdout.splitlines()
    assert len(shown) == 2 and shown[1] == "(blank)"


def test_a_path_is_not_taken_for_a_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("reviews.md").write_text("a film", encoding="utf-8")
    Path("folder").mkdir()
    for argument, complaint in (
        ("reviews.md", "neither a .txt nor a .csv or .tsv file. To read its lines: .* - < reviews.md"),
        ("folder", "folder is a folder"),
        ("/dev/null", "neither a .txt"),
        ("missing.tsv", "cannot read missing.tsv: No such file"),
    ):
        with pytest.raises(RecipeError, match=complaint):
            predicting.gather([argument])
    assert predicting.gather(["a film. And more/less"]) == ["a film. And more/less"]


def test_predict_advises_only_options_that_it_has(config, tmp_path):
    finetune(config, tmp_path / "run", QUIET)
    has = {option for parameter in cli.commands["predict"].params for option in parameter.opts}
    rows = tmp_path / "rows.csv"
    rows.write_text("text\ngood film\n", encoding="utf-8")
    for words in ((rows, "--text-column", "nope"), ("x", "--json", tmp_path / "none/x.json"), (tmp_path / "none.csv",)):
        said = asked("predict", tmp_path / "run", *words)
        assert said.exit_code == 2 and set(re.findall(r"--[a-z-]+", said.output)) <= has, said.output
        assert " and nope" not in said.output


@pytest.mark.parametrize(
    ("error", "advice", "not_said"),
    [
        (OSError(errno.ENOSPC, "x"), "Free some space", "Create"),
        (OSError(errno.EROFS, "x"), "Choose a different folder", "space,"),
        (OSError(errno.ENOTDIR, "x"), "Not a directory. Choose a different folder", "space,"),
        (OSError(errno.ENOENT, "x"), "Create the folder first", "space,"),
        (Exception("I/O error: No space left on device (os error 28)"), "Free some space", "Create"),
    ],
)
def test_only_a_full_disk_is_told_to_free_space_and_only_a_checkpoint_to_resume(tmp_path, error, advice, not_said):
    message = files.cannot_write(tmp_path / "result.json", error).message
    assert advice in message and not_said not in message and "--resume" not in message
    (tmp_path / preflight.CHECKPOINT).touch()
    assert "--resume" in files.cannot_write(tmp_path / "result.json", error).message


def test_a_folder_whose_parent_is_a_file_is_one_sentence(config, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecipeError, match="cannot write .*Not a directory. Choose a different folder"):
        finetune(config, tmp_path / "file" / "run", QUIET)
    with pytest.raises(RecipeError, match="Not a directory"):
        files.write_atomically(tmp_path / "file" / "x.json", b"")


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (
            [("a film", "good"), ("a film", "bad")] * 20,
            "no text is left. Of the 40 texts, these had been dropped: 40 contradictory .*",
        ),
        ([("", "good"), (" ", "bad")] * 20, "no text is left. Of the 40 texts, these had been dropped: 40 blank$"),
        ([("a film", "good")] * 20, "with a different label. Of the 20 texts, these had been dropped: 19 duplicates"),
    ],
)
def test_dropped_texts_are_named_where_too_few_are_left(rows, complaint):
    labelled = data.from_rows(rows, "classification", "x")
    with pytest.raises(RecipeError, match=complaint):
        splitting.split(*labelled)


# --- Options without an effect ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("finetune --out x --text-column a", "--text-column has no effect with --data rotten-tomatoes"),
        ("finetune --out x --data imdb --label-column a", "--label-column has no effect with --data imdb"),
        ("finetune --out x --data ratings --task regression --label-column a", "has no effect with --data ratings"),
        ("finetune --out x --augment-share 0.2", "--augment-share has no effect without --augment deletion"),
        ("finetune --out x --augment mixup --augment-share 0.2", "--augment-share has no effect without --augment"),
        ("finetune --out x --augment swap --lexicon x.json", "--lexicon has no effect without --augment insertion"),
        ("finetune --out x --early-stopping 2", "--early-stopping has no effect with --epochs 1"),
        ("finetune --out x --method head --layer-decay 0.9", "--layer-decay has no effect with --method head"),
        ("finetune --out x --method scratch --reinit 1", "--reinit has no effect with --method scratch"),
        ("finetune --out x --method full --rank 4", "--rank is for --method lora, not full"),
        ("speedrun --out x --lexicon x.json", "--lexicon has no effect"),
        ("speedrun --out x --rehearsal --reference", "--reference has no effect with --rehearsal"),
        ("pretrain --out x --objective clm --mask-share 0.5", "--mask-share has no effect with --objective clm"),
        ("pretrain --out x --text-column a", "--text-column has no effect with --data imdb"),
        ("pretrain --out x --data x.txt --label-column a", "--label-column has no effect with --data x.txt"),
        ("pretrain --out x --layers 3", "--layers is for --from scratch"),
        ("predict x text --text-column a", "--text-column has no effect without a .csv or .tsv file"),
        ("compare heads --text-column a", "--text-column has no effect without --data"),
        ("compare methods --data imdb --label-column a", "--label-column has no effect with --data imdb"),
        ("compare memory --limit 9", "--limit has no effect with memory"),
        ("pipelines --only model --masked [MASK]", "--masked has no effect with --only model"),
        ("pipelines --only fill-mask --mlm x --steps 3", "--steps has no effect with --sentiment"),
        ("bench --part training --compile", "--compile has no effect without --part inference"),
        ("gpu-check --page x.json --seed 3", "--seed has no effect with --page"),
    ],
)
def test_an_option_that_changes_nothing_is_refused(words, complaint):
    said = asked(*words.split())
    assert said.exit_code == 2 and complaint in " ".join(said.output.split()), said.output


def test_every_rule_is_about_an_option_that_there_is():
    recipes = {"finetune": idle.OF_FINETUNE, "pretrain": idle.OF_PRETRAIN, "pipelines": idle.OF_PIPELINES,
               "compare": idle.OF_COMPARE, "speedrun": idle.OF_SPEEDRUN, "bench": idle.OF_BENCH,
               "gpu-check": idle.OF_GPU_CHECK, "predict": idle.OF_PREDICT}  # fmt: skip
    for name, rules in recipes.items():
        parameters = {one.name: one for one in cli.commands[name].params}
        for names, *_ in rules:
            for one in names:
                spelt = f"--{idle.SPELT.get(one, one).replace('_', '-')}"
                assert spelt in parameters[one].opts, (name, one)


def test_functions_of_yours_that_a_run_does_not_need_are_refused(config, tmp_path):
    finetune(config, tmp_path / "run", QUIET)
    said = asked("predict", tmp_path / "run", "a film", "--mine", workspace(tmp_path / "mine", "heads"))
    assert said.exit_code == 2 and "was not trained with your own functions" in said.output


def test_a_label_column_that_is_not_there_is_refused_in_pre_training(config, tmp_path):
    said = asked("pretrain", "--out", tmp_path / "m", "--data", config.data, "--label-column", "nope")
    assert said.exit_code == 2 and "needs the columns text and nope" in said.output


# --- Other scripts ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib (extra: plots)")
@pytest.mark.parametrize(
    "labels", [("悪い", "良い"), ("$x", r"$\foo$"), ("good", "🙂")], ids=["kana", "dollar", "emoji"]
)
@pytest.mark.parametrize("fonts", [True, False], ids=["with its fonts", "without fonts"])
def test_a_matrix_has_names_that_can_be_drawn_or_numbers(monkeypatch, labels, fonts):
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    if not fonts:
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    both = torch.tensor([0, 1])
    figure = pictures.matrix(Figure, both, both, labels)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pictures.png(figure)
    axes = figure.axes[0]
    shown = [one.get_text() for one in axes.get_xticklabels()]
    numbered = "number of the label" in axes.get_xlabel()
    assert shown == (["1", "2"] if numbered else list(labels))
    assert not numbered or labels[0][0] != "$"
    if not fonts and labels[0] == "悪い":
        assert numbered


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("ガラスが café", "カラスか cafe", False),
        ("мой дом", "мои дом", False),
        ("The CAFÉ déjà", "the cafe deja", True),
    ],
)
def test_a_vocabulary_of_ones_own_keeps_marks_that_tell_words_apart(text, other, same):
    words = f"{text} {other}"
    told = PreTrain(start="scratch", vocab_size=200)
    tokenizer = train_tokenizer(told, [words * 20] if same else [text * 20, other])
    assert (tokenizer.tokenize(text) == tokenizer.tokenize(other)) == same
    assert tokenizer.unk_token not in tokenizer.tokenize(text)


def test_numbers_as_labels_are_told_of_regression(tmp_path):
    rows = [(f"text {i}", str(i / 7)) for i in range(40)]
    with pytest.raises(RecipeError, match="but at least 5 are needed. To predict numbers .* use --task regression"):
        splitting.split(*data.from_rows(rows, "classification", "x"))


def test_too_small_a_limit_is_refused_in_pre_training():
    said = asked("pretrain", "--out", "x", "--limit", 3)
    assert said.exit_code == 2 and "limit=3 must be at least 25" in said.output
