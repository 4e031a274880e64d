"""``course run gpu-check``: its steps on the CPU with tiny models, its limits with processes that misbehave.

What only a real GPU can show is not tested here; fakes answer the calls of CUDA.
"""

from __future__ import annotations

import dataclasses
import doctest
import json
import os
import re
import signal
import sys
import time
import types
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from rich.console import Console
from transformers import BertConfig

from solutions.recipes import preflight
from solutions.recipes.__main__ import cli
from solutions.recipes.config import HEADS, METHODS
from solutions.recipes.errors import RecipeError
from solutions.recipes.gpu import check as gpu_check
from solutions.recipes.gpu import options as gpu_options
from solutions.recipes.gpu import steps as gpu_steps
from solutions.recipes.gpu.options import STEPS, Check, Step
from solutions.recipes.hardware import Hardware
from tests import tiny
from tests.fake_gpu import GPU, fake_gpu

QUIET = Console(quiet=True)
CPU = torch.device("cpu")


pytestmark = pytest.mark.usefixtures("one_thread", "no_pictures")


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Check:
    folder = tmp_path_factory.mktemp("check")
    return Check(
        device="cpu",
        model=str(tiny.save_bert(folder / "encoder", max_position_embeddings=128)),
        data=str(tiny.write_reviews(folder / "reviews.csv", n=120)),
        texts=100, steps=2, speed_texts=84, turns=1, batch=2, length=16, threads=1,
    )  # fmt: skip


def here(step: Step, told: Check, folder: Path, seconds: float) -> dict:
    """Run a step in this process."""
    return gpu_steps.take_step(step, told, folder)


def steps(*names: str) -> list[Step]:
    found = [step for step in STEPS if step.name in names]
    assert len(found) == len(names)
    return found


def test_examples_in_the_docstrings_run():
    tried = [doctest.testmod(module) for module in (gpu_check, gpu_steps)]
    assert all(one.attempted and not one.failed for one in tried)


def test_every_method_and_head_and_both_kinds_of_pretraining_have_a_step():
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names) and names[0] == "environment"
    assert {name.partition(":")[2] for name in names if name.startswith("method:")} == set(METHODS)
    assert {step.kind for step in STEPS} == set(gpu_steps.KINDS)
    assert {"pretrain:mlm", "pretrain:clm"} <= set(names) and set(gpu_steps.HEADS) == set(HEADS)
    assert names.index("method:lora") < names.index("predict")  # predict uses the run of method:lora
    assert gpu_options.BUDGET == 480 and all(0 < step.limit <= 90 for step in STEPS)


# --- The steps, on the CPU --------------------------------------------------------------------------------------------


def test_a_rehearsal_measures_and_says_that_it_is_one(told, tmp_path, capsys):
    console = Console(width=80, file=sys.stdout)
    chosen = steps("environment", "method:lora", "memory", "predict")
    report = gpu_check.gpu_check(told, tmp_path / "report.json", console, here, chosen)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == json.loads(json.dumps(report))
    assert report["rehearsal"] and report["finished"] and gpu_check.passed(report)
    assert report["label"] == "rehearsal on a CPU, not measured on a GPU"
    statuses = {name: one["status"] for name, one in report["steps"].items()}
    assert statuses == dict.fromkeys(report["steps"], "ok") | {"memory": "not measured"}

    lora = report["steps"]["method:lora"]["result"]
    assert len(lora["runs"]["cpu"]["losses"]) == 2
    assert lora["runs"]["fp32"]["losses"] == lora["runs"]["cpu"]["losses"]  # the same weights, batches and order
    assert 0 < lora["runs"]["bf16"]["off_by"] < 0.1
    assert lora["recipe"]["steps"] == 2 and lora["recipe"]["peak_bytes"] is None
    assert report["steps"]["predict"]["result"]["same_labels"]["device"] == 1.0
    memory = report["steps"]["memory"]["result"]["steps"]
    assert set(memory) == {f"{name}{more}" for name in ("lora", "full", "head") for more in ("", ", checkpointing")}
    assert memory["full"]["predicted"]["total"] > memory["lora"]["predicted"]["total"]
    assert memory["full, checkpointing"]["predicted"]["activations"] < memory["full"]["predicted"]["activations"]
    assert all(one["measured"] is None and 0 < one["formula"] < one["predicted"]["total"] for one in memory.values())

    shown = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "rehearsal on a CPU, not measured on a GPU: all well. Not measured: memory." in shown
    assert re.search(r" - memory [\d.]+ s not measured: that takes a GPU ", shown)
    page = gpu_check.page(report)
    assert "**Rehearsal on a CPU, not measured on a GPU.**" in page
    assert re.search(r"^\| lora \| 0\.0e\+00 \| [\d.e-]+ \| \d+ \| - \|", page, re.MULTILINE)
    assert re.search(r"^\| device \| \d+ \| 100\.0% \|$", page, re.MULTILINE)
    assert re.search(r"^\| head, checkpointing \| \d+ MB \| \d+ MB \| - \| - \|$", page, re.MULTILINE)
    assert "| training step, 2 × 16 | exercise 10 | with buffers | measured |" in page
    assert page.endswith("\n- memory: not measured: that takes a GPU\n")


@pytest.mark.slow
def test_all_steps_run_in_processes_of_their_own(told, tmp_path):
    out = tmp_path / "report.json"
    report = gpu_check.gpu_check(dataclasses.replace(told, budget=3000), out, QUIET,
                                 lambda step, *rest: gpu_check.in_a_process(step, *rest[:-1], 600))  # fmt: skip
    assert list(report["steps"]) == [step.name for step in STEPS]
    assert gpu_check.passed(report), report
    assert set(report["steps"]["heads"]["result"]["heads"]) == set(HEADS)
    assert set(report["steps"]["speed"]["result"]["recipes"]) == {"chapter", "lora", "full", "head"}


def test_timing_compares_with_the_chapter(told, tmp_path):
    outcome = here(*steps("speed"), told, tmp_path, 0)
    recipes = outcome["result"]["recipes"]
    assert outcome["status"] == "ok" and list(recipes) == ["chapter", "lora", "full", "head"]
    assert all(one["samples_per_second"] > 0 and one["peak_bytes"] is None for one in recipes.values())


def test_a_device_that_computes_otherwise_is_found_out(told, tmp_path, monkeypatch):
    build = gpu_steps.build
    made = []

    def off(config, n, hardware, taken):
        model = build(config, n, hardware, taken)
        made.append(model)
        if len(made) == 2:  # the CPU comes first, then the device in float32
            with torch.no_grad():
                model.classifier.line.bias[0] += 0.5
        return model

    monkeypatch.setattr(gpu_steps, "build", off)
    at = gpu_steps.Bench(told, CPU, tmp_path)
    found = gpu_steps.against_the_cpu(at, at.config(method="head"))
    assert not found["same"] and found["runs"]["fp32"]["first_off_by"] > gpu_steps.FIRST_LOSS
    assert found["runs"]["cpu"]["off_by"] == 0 and len(made) == 3


@pytest.mark.parametrize(
    ("losses", "labels", "same"),
    [([0.7, 0.6], 0, True), ([0.7005, 0.615], 0, True), ([0.702, 0.6], 0, False), ([0.7, 0.63], 0, False),
     ([0.7, 0.6], 1, False), ([0.7, float("nan")], 0, False)],
)  # fmt: skip
def test_losses_and_labels_decide_in_float32(losses, labels, same):
    def run(losses, flipped):
        logits = torch.tensor([[1.0, 0.0]] * 100)
        logits[:flipped] = torch.tensor([0.0, 1.0])
        return {"losses": losses, "logits": logits, "accuracy": 0.5}

    bf16 = run([9.0, 9.0], 50)  # recorded, but not judged
    found = gpu_steps.summarise({"cpu": run([0.7, 0.6], 0), "fp32": run(losses, labels), "bf16": bf16})
    assert found["same"] is same
    assert found["runs"]["bf16"]["same_labels"] == 0.5


def test_all_weights_are_drawn_on_the_cpu_and_are_the_same_in_both_precisions(told, tmp_path):
    at = gpu_steps.Bench(told, CPU, tmp_path)
    config = at.config(method="lora")
    fp32, bf16 = (gpu_steps.build(config, 2, Hardware(CPU, bf16, 1), gpu_steps.functions()) for bf16 in (False, True))
    pairs = dict(bf16.named_parameters())
    trained = [name for name, parameter in fp32.named_parameters() if parameter.requires_grad]
    assert trained and all(torch.equal(fp32.get_parameter(name), pairs[name]) for name in trained)
    assert any(parameter.dtype == torch.bfloat16 for parameter in pairs.values()) and bf16.hardware.bf16


def test_prediction_without_a_run_says_which_step_is_missing(told, tmp_path):
    with pytest.raises(RecipeError, match="there is no run to predict with: method:lora did not finish"):
        here(*steps("predict"), told, tmp_path, 0)


def test_pretraining_is_compared(told, tmp_path, monkeypatch):
    asked = []

    def pretrain(config, out, console, overwrite=False):
        asked.append((config.objective, config.start, config.device, config.precision))
        out.mkdir()
        more = 0.005 if config.precision == "bf16" else 0.0
        lines = [{"step": i, "loss": loss + more} for i, loss in enumerate((3.0, 2.5))] + [{"training_loss": 2.7}]
        (out / "metrics.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return {"seconds": 1.0}

    monkeypatch.setattr(gpu_steps.pretraining, "pretrain", pretrain)
    outcome = here(*steps("pretrain:mlm"), told, tmp_path, 0)
    assert outcome["status"] == "ok" and outcome["result"]["runs"]["fp32"]["off_by"] == 0
    assert gpu_check.cells(outcome) == ["0.0e+00", "5.0e-03", "-", "-", "-"]
    assert outcome["result"]["runs"]["bf16"]["losses"] == [3.005, 2.505]
    assert asked == [("mlm", told.model, "cpu", one) for one in ("fp32", "fp32", "bf16")]


# --- Calls of CUDA ----------------------------------------------------------------------------------------------------


class FakeCuda:
    """Answers like ``torch.cuda`` on a GPU."""

    def __init__(self, monkeypatch) -> None:
        self.allocated, self.highest, self.reset = 100, 0, 0
        about = types.SimpleNamespace(name="Toy GPU", total_memory=10**9, major=9, minor=0)
        for name, answer in {
            "memory_allocated": lambda _: self.allocated,
            "max_memory_allocated": lambda _: self.highest,
            "reset_peak_memory_stats": lambda _: setattr(self, "reset", self.reset + 1),
            "get_device_properties": lambda _: about,
            "device_count": lambda: 2,
        }.items():
            monkeypatch.setattr(torch.cuda, name, answer)


def test_memory_is_what_the_allocator_has_handed_out_on_top(monkeypatch):
    cuda = FakeCuda(monkeypatch)
    allocator = gpu_steps.Allocator(torch.device("cuda"))
    cuda.highest = 350
    assert cuda.reset == 1 and allocator.peak() == 250
    assert gpu_steps.Allocator(CPU).peak() is None


def test_the_gpu_is_described(monkeypatch):
    FakeCuda(monkeypatch)
    found = gpu_steps.about_gpu(torch.device("cuda"))
    assert found == {"name": "Toy GPU", "bytes": 10**9, "capability": [9, 0], "cuda": torch.version.cuda, "count": 2}


def test_nothing_is_compared_in_tf32(monkeypatch):
    chosen = []
    monkeypatch.setattr(torch, "set_float32_matmul_precision", chosen.append)
    for device, bf16 in (("cuda", False), ("cuda", True), ("cpu", False)):
        gpu_steps.forbid_tf32(Hardware(torch.device(device), bf16, 1))
    assert chosen == ["highest", "high"]


@pytest.mark.parametrize(("share", "status"), [(1.0, "ok"), (1.14, "ok"), (0.86, "ok"), (1.2, "different")])
def test_measured_memory_is_judged_against_the_prediction(told, tmp_path, monkeypatch, share, status):
    def one_step(at, name, checkpointing):
        return {"formula": 90, "predicted": {"total": 100}, "measured": 100 * share, "ratio": share}

    monkeypatch.setattr(gpu_steps, "one_step", one_step)
    outcome = here(*steps("memory"), told, tmp_path, 0)
    assert outcome["status"] == status and len(outcome["result"]["steps"]) == 6


def test_the_memory_of_a_step_on_a_gpu_is_what_the_model_says(told, tmp_path, monkeypatch):
    """Three layers are enough for the bar to be meaningful."""
    shape = BertConfig(
        hidden_size=96, num_hidden_layers=3, num_attention_heads=4, intermediate_size=384, vocab_size=2000
    )  # fmt: skip
    monkeypatch.setattr(gpu_steps.memory_model, "shape_of", lambda model: shape)
    at = gpu_steps.Bench(dataclasses.replace(told, device="cuda", batch=8, length=128), GPU, tmp_path)
    with fake_gpu(monkeypatch):
        found = gpu_steps.memory(at, "")
    assert set(found["steps"]) == {
        f"{name}{more}" for name in ("lora", "full", "head") for more in ("", ", checkpointing")
    }
    ratios = {name: one["ratio"] for name, one in found["steps"].items()}
    assert found["same"] and ratios == pytest.approx(dict.fromkeys(ratios, 1.0), abs=0.08)


# --- Limits and failures ----------------------------------------------------------------------------------------------

WRITES = "import sys, json; open(sys.argv[1], 'w').write(json.dumps({'status': 'ok', 'result': {}}))"


@pytest.mark.parametrize(
    ("program", "status", "reason"),
    [
        (WRITES, "ok", None),
        ("import sys; print('a\\x1b[31mb'); sys.exit('no memory')", "failed", "exit code 1: no memory"),
        ("import os; os.kill(os.getpid(), 9)", "failed", "killed by signal 9"),
        ("import sys; open(sys.argv[1], 'w').write('{')", "failed", "exit code 0"),
        ("import sys; open(sys.argv[1], 'w').write('[1]')", "failed", "the outcome cannot be read"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_whatever_a_step_does_becomes_an_outcome(tmp_path, program, status, reason):
    outcome = gpu_check.watch([sys.executable, "-c", program], tmp_path, 60)
    assert outcome["status"] == status and outcome.get("reason") == reason
    assert "\x1b" not in json.dumps(outcome.get("said", ""))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_step_that_hangs_is_ended_with_all_that_it_started(tmp_path):
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "print('still at it', flush=True)\ntime.sleep(600)"
    )
    outcome = {"status": ""}
    for seconds in (2, 20):  # on a very busy machine, two might not be enough
        outcome = gpu_check.watch([sys.executable, "-c", program], tmp_path, seconds)
        if (tmp_path / "pid").exists():
            break
    assert outcome["status"] == "timeout" and outcome["reason"] == f"ended after {seconds} s"
    child = Path("/proc") / (tmp_path / "pid").read_text()
    deadline = time.monotonic() + 20
    while child.exists() and (child / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline, "the grandchild lives on"
        time.sleep(0.05)


def test_a_failure_ends_no_other_step_and_the_file_is_written_after_each(told, tmp_path):
    out, seen = tmp_path / "report.json", []

    def runner(step, told, folder, seconds):
        seen.append(json.loads(out.read_text(encoding="utf-8")))
        return {"status": "failed", "reason": "boom"} if step.kind == "method" else {"status": "ok", "result": {}}

    report = gpu_check.gpu_check(told, out, QUIET, runner)
    assert len(report["steps"]) == len(STEPS) and not gpu_check.passed(report)
    assert [len(one["steps"]) for one in seen] == list(range(len(STEPS))) and not any(one["finished"] for one in seen)
    assert "did not succeed: method:lora, method:full" in gpu_check.verdict(report)
    assert "- method:lora: failed. boom" in gpu_check.page(report)


def test_the_whole_check_ends_when_its_time_is_over(told, tmp_path):
    clock, given = [0.0], []

    def runner(step, told, folder, seconds):
        given.append(seconds)
        clock[0] += seconds
        return {"status": "timeout", "reason": "slow"}

    budget = dataclasses.replace(told, budget=150)
    report = gpu_check.gpu_check(budget, tmp_path / "r.json", QUIET, runner, now=lambda: clock[0])
    assert given == [60, 60, 30] and report["seconds"] == 150
    assert [one["status"] for one in report["steps"].values()] == ["timeout"] * 3 + ["no time"] * (len(STEPS) - 3)
    assert not gpu_check.passed(report)
    given.clear()
    gpu_check.gpu_check(
        dataclasses.replace(budget, patience=2.0), tmp_path / "r.json", QUIET, runner, now=lambda: clock[0]
    )
    assert given == [120, 120, 60]


# --- Command line -----------------------------------------------------------------------------------------------------


def run(*arguments: str):
    return CliRunner().invoke(cli, ["gpu-check", *arguments])


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(preflight.importlib.metadata, "version", lambda name: "2.0+cpu")


def test_without_a_gpu_it_is_refused_in_one_sentence(no_gpu, tmp_path):
    done = run("--out", str(tmp_path / "report.json"))
    assert done.exit_code == 2 and not list(tmp_path.iterdir())
    assert (
        "gpu-check needs a GPU: no device called 'cuda' here: this build of torch supports only CPUs. "
        "To rehearse it without one: --device cpu" in done.output
    )


def test_a_gpu_that_turns_out_not_to_work_is_the_same_refusal(told, tmp_path):
    def runner(*_):
        return {"status": "failed", "reason": "exit code 2: Error: no device called 'cuda' here. Try --device auto"}

    with pytest.raises(RecipeError, match="gpu-check needs a GPU: no device called 'cuda' here. To rehearse"):
        gpu_check.gpu_check(dataclasses.replace(told, device="cuda"), tmp_path / "r.json", QUIET, runner)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "give a file for the report"),
        (("--out", "x.json", "--device", "mps"), "measures cuda, not 'mps'"),
        (("--out", "x.json", "--minutes", "9"), "9.0 is not in the range"),
        (("--out", "x.json", "--device", "cpu", "--model", "no/such/folder"), "no usable model"),
        (("--page", "missing.json"), "cannot read missing.json"),
    ],
)
def test_a_wrong_command_is_explained(tmp_path, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 2 and complaint in done.output and not list(tmp_path.iterdir())


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("different", 1), ("timeout", 1)])
def test_the_exit_code_says_whether_all_is_well(told, tmp_path, monkeypatch, status, code):
    given = []

    def fake(told, out, console):
        given.append(told)
        return {"steps": {"method:lora": {"status": status}}}

    monkeypatch.setattr(gpu_check, "gpu_check", fake)
    done = run("--out", str(tmp_path / "r.json"), "--device", "cpu", "--model", told.model, "--data", told.data)
    assert done.exit_code == code, done.output
    assert given[0].rehearsal and given[0].texts == gpu_options.QUICK["texts"] and given[0].budget == 480


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_keeps_what_it_has(told, tmp_path, monkeypatch, number):
    def runner(step, *_):
        if step.name != "environment":
            signal.raise_signal(number)
        return {"status": "ok", "result": {}}

    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setattr(gpu_check, "in_a_process", runner)
    path = tmp_path / "r.json"
    done = run("--out", str(path), "--device", "cpu", "--model", told.model, "--data", told.data)
    assert done.exit_code == 130 and f"interrupted; the steps so far are in {path}" in done.output
    report = json.loads(path.read_text(encoding="utf-8"))
    assert list(report["steps"]) == ["environment"] and not report["finished"]
    assert "1 steps in 0 s, then interrupted" in gpu_check.page(report)
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_a_report_becomes_a_page(told, tmp_path):
    path = tmp_path / "r.json"
    gpu_check.gpu_check(told, path, QUIET, lambda *_: {"status": "failed", "reason": "a | b"}, steps("method:lora"))
    done = run("--page", str(path))
    assert done.exit_code == 0 and "| lora | failed | - | - | - | - |" in done.output
    path.write_text("{}", encoding="utf-8")
    assert "is not a report of gpu-check" in run("--page", str(path)).output


def test_a_report_is_put_into_its_place_on_a_page(told, tmp_path, monkeypatch):
    path, place = tmp_path / "r.json", tmp_path / "results.md"
    gpu_check.gpu_check(told, path, QUIET, lambda *_: {"status": "failed", "reason": "a"}, steps("method:lora"))
    place.write_text(
        "# Results\n\nbefore\n<!-- gpu-check -->\nold\n<!-- end of gpu-check -->\nafter\n", encoding="utf-8"
    )
    for _ in range(2):
        done = run("--page", str(path), "--write", str(place))
        assert done.exit_code == 0 and done.output == ""
    written = place.read_text(encoding="utf-8")
    assert written.startswith(
        "# Results\n\nbefore\n<!-- gpu-check -->\n## On a GPU\n\n**Rehearsal on a CPU, not measured"
    )
    assert written.endswith("\n<!-- end of gpu-check -->\nafter\n") and "old" not in written
    assert run("--page", str(path), "--write", str(tmp_path / "new.md")).exit_code == 0
    assert "| lora | failed |" in (tmp_path / "new.md").read_text(encoding="utf-8")

    def measured(told, out, console):
        return json.loads(path.read_text(encoding="utf-8")) | {"when": "2031-01-01T00:00:00"}

    monkeypatch.setattr(gpu_check, "gpu_check", measured)
    words = ("--out", str(tmp_path / "other.json"), "--device", "cpu", "--model", told.model, "--data", told.data)
    assert run(*words, "--write", str(place)).exit_code == 1 and ", 2031-01-01, " in place.read_text(encoding="utf-8")
    place.write_text("# no place\n", encoding="utf-8")
    monkeypatch.setattr(gpu_check, "gpu_check", lambda *_: pytest.fail("measured for nothing"))
    assert "has no place for this table" in run(*words, "--write", str(place)).output


def test_docs_have_a_place_for_what_a_gpu_measures():
    text = (Path(__file__).resolve().parents[1] / "docs" / "results.md").read_text(encoding="utf-8")
    assert gpu_check.sections.filled(text, gpu_check.BEGIN, gpu_check.END, "") is not None
    section = text.partition(gpu_check.BEGIN)[2].partition(gpu_check.END)[0]
    assert gpu_check.TITLE in section and ("**Measured on a GPU.**" in section or "ot measured on a GPU" in section)
