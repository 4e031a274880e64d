"""Several processes train one model: `torchrun -m solutions.recipes finetune`.

Most tests fork their processes instead of starting them, since each would import torch anew; they talk over loopback.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState
from click.testing import CliRunner
from rich.console import Console

from solutions.recipes import checkpoint, journal, preflight, team, training
from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.errors import Interrupted, RecipeError
from solutions.recipes.finetune import finetune
from solutions.recipes.hardware import Hardware
from solutions.recipes.team import Team
from tests.tiny import tiny, weights

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, or every process would import torch")


pytestmark = pytest.mark.usefixtures("one_thread", "no_pictures")


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> FineTune:
    return tiny(tmp_path_factory.mktemp("encoder"))


def environment(rank: int, size: int, port: int, **more: str) -> dict[str, str]:
    """Return the environment that torchrun gives to a process."""
    return {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo",
    } | more  # fmt: skip


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def fork(size: int, act: Callable[[int], None], log: Path, **more: str) -> list[int]:
    """Start processes that run the same function; errors are in the log file of each process."""
    port, children = free_port(), []
    for rank in range(size):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer versions of Python warn of forking with threads
            child = os.fork()
        if child:
            children.append(child)
            continue
        code = 1
        try:
            os.environ.update(environment(rank, size, port, **more))
            warnings.simplefilter("ignore")
            AcceleratorState._reset_state(reset_partial_state=True)  # another test can have trained alone before
            act(rank)
            code = 0
        except Interrupted:
            code = 130
        except BaseException:
            log.with_suffix(f".{rank}").write_text(traceback.format_exc(), encoding="utf-8")
        finally:
            os._exit(code)
    return children


def codes(children: list[int], log: Path, seconds: float = 120) -> list[int]:
    """Return the exit codes; a process that failed ends the others, which would wait for it."""
    ended: dict[int, int] = {}
    deadline = time.monotonic() + seconds
    while len(ended) < len(children):
        for child in set(children) - ended.keys():
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                ended[child] = os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline or any(code == 1 for code in ended.values()):
            for child in set(children) - ended.keys():
                os.kill(child, signal.SIGKILL)
        time.sleep(0.005)
    told = "".join(path.read_text(encoding="utf-8") for path in log.parent.glob(f"{log.stem}.[0-9]"))
    assert not told, told
    return [ended[child] for child in children]


def together(size: int, act: Callable[[int], None], log: Path, **more: str) -> None:
    assert codes(fork(size, act, log, **more), log) == [0] * size


def result(out: Path) -> dict:
    return json.loads((out / "result.json").read_text(encoding="utf-8"))


def furthest(first: Path, second: Path) -> float:
    """Return the largest difference between the weights of two runs."""
    one, other = weights(first), weights(second)
    assert one and one.keys() == other.keys()
    return max((one[name] - other[name]).abs().max().item() for name in one)


def losses(out: Path) -> list[float]:
    return [line["loss"] for line in journal.read(out) if "loss" in line]


# --- The same weights -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(config, tmp_path_factory) -> Path:
    """Return the run of a single process."""
    out = tmp_path_factory.mktemp("alone") / "run"
    torch.set_num_threads(1)
    finetune(config, out, QUIET)
    return out


@needs_fork
@pytest.mark.parametrize("size", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_processes_come_to_the_weights_of_one(config, alone, tmp_path, size):
    out = tmp_path / "run"
    together(size, lambda rank: finetune(config, out, QUIET) and None, tmp_path / "log")
    assert furthest(alone, out) < 2e-5
    one, several = result(alone), result(out)
    assert (one["processes"], several["processes"]) == (1, size)
    assert several["test"] == pytest.approx(one["test"], abs=1e-5)
    for mine, theirs in zip(several["validations"], one["validations"], strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5)
    assert losses(out) == pytest.approx(losses(alone), abs=1e-5)
    assert [line["texts"] for line in journal.read(out) if "texts" in line] == [
        line["texts"] for line in journal.read(alone) if "texts" in line
    ]


def test_a_step_of_these_runs_has_texts_for_one_process_alone(config, alone):
    """Otherwise the comparison above would not notice a wrong weight of a short batch."""
    texts = [line["texts"] for line in journal.read(alone) if "texts" in line]
    assert 12 in texts and any(n % config.micro_batch == 1 for n in texts), texts


@needs_fork
def test_a_step_that_is_weighed_wrongly_is_seen(config, alone, tmp_path, monkeypatch):
    """Planted: every process has the same weight, however many texts it has."""
    right = Team.shares

    def equal(self, group):
        return [dataclasses.replace(share, weight=1.0) for share in right(self, group)]

    monkeypatch.setattr(Team, "shares", equal)
    out = tmp_path / "run"
    together(2, lambda rank: finetune(config, out, QUIET) and None, tmp_path / "log")
    assert furthest(alone, out) > 1e-3


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("group", [[[0, 1, 2, 3, 4, 5, 6]], [[0, 1, 2, 3], [4, 5, 6, 7]], [[0, 1, 2, 3, 4], [5]]])
def test_shares_add_up_to_the_mean_over_all_texts(size, group):
    values = torch.tensor([3.0, -1.0, 4.0, 1.5, -5.0, 9.0, 2.5, 6.0])
    n = sum(map(len, group))
    gradients, taken = [], []
    for rank in range(size):
        shares = Team(rank, size).shares(group)
        seen = sum(len(share.rows) for share in shares)  # the weights of micro-batches in train_epoch
        gradients.append(
            sum((values[share.rows].mean() * share.weight * len(share.rows) / seen).item() for share in shares)
        )
        taken += [row for share in shares for row in share.rows[: share.texts]]
        assert all(share.rows for share in shares), "a process without a text leaves the others waiting"
        assert [share.last for share in shares] == [False] * (len(group) - 1) + [True]
    assert sorted(taken) == list(range(n))
    assert sum(gradients) / size == pytest.approx(values[:n].mean().item(), abs=1e-5)


# --- One writer, resume -----------------------------------------------------------------------------------------------


@needs_fork
def test_only_the_first_process_writes(config, tmp_path):
    out = tmp_path / "run"

    def act(rank: int) -> None:
        if rank:
            for module, name in ((checkpoint, "write_atomically"), (journal, "write_atomically")):
                setattr(module, name, forbidden)
            for name in ("write_json", "prepare_folder", "save_run"):
                setattr(sys.modules["solutions.recipes.finetune"], name, forbidden)
        finetune(config, out, QUIET, save_every=0)

    def forbidden(*_, **__):
        raise AssertionError("a process other than the first one has written")

    together(2, act, tmp_path / "log")
    assert result(out)["steps"] and not list(out.glob(".*"))


@needs_fork
@pytest.mark.parametrize("method", ["full", pytest.param("lora", marks=pytest.mark.slow)])
def test_killed_processes_go_on_to_the_same_weights(config, tmp_path, method):
    config = dataclasses.replace(config, method=method, lora_dropout=0.1 if method == "lora" else 0.0, early_stopping=2)
    whole, out = tmp_path / "whole", tmp_path / "killed"
    together(2, lambda rank: finetune(config, whole, QUIET, save_every=0) and None, tmp_path / "log")
    children = fork(2, lambda rank: finetune(config, out, QUIET, save_every=0) and None, tmp_path / "killed-log")
    deadline = time.monotonic() + 60
    while not (out / "metrics.jsonl").exists() or len((out / "metrics.jsonl").read_text().splitlines()) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    for child in children:
        os.kill(child, signal.SIGKILL)
    assert codes(children, tmp_path / "none") == [-signal.SIGKILL] * 2
    together(2, lambda rank: finetune(config, out, QUIET, resume=True) and None, tmp_path / "resumed")
    assert furthest(whole, out) == 0.0
    assert losses(out) == losses(whole) and result(out)["interruptions"] == 1


@needs_fork
@pytest.mark.parametrize("fsdp", ["false", pytest.param("true", marks=pytest.mark.slow)])
def test_two_processes_go_on_where_one_was_stopped(config, alone, tmp_path, monkeypatch, fsdp):
    def stop(*arguments):
        save(*arguments)
        if arguments[2].step == 4:
            raise Interrupted()

    save, out = training.save_checkpoint, tmp_path / "run"
    monkeypatch.setattr(training, "save_checkpoint", stop)
    with pytest.raises(Interrupted):
        finetune(config, out, QUIET, save_every=0)
    monkeypatch.setattr(training, "save_checkpoint", save)
    together(
        2, lambda rank: finetune(config, out, QUIET, resume=True) and None, tmp_path / "log", ACCELERATE_USE_FSDP=fsdp
    )
    assert furthest(alone, out) < 2e-5 and losses(out) == pytest.approx(losses(alone), abs=1e-5)


@needs_fork
def test_one_process_that_is_asked_to_end_ends_both_after_the_same_step(config, tmp_path):
    def act(rank: int) -> None:
        step = training.Training.step

        def stepping(self) -> None:
            self.stop = self.stop or (rank == 1 and self.at.step == 2)
            step(self)

        training.Training.step = stepping
        finetune(config, tmp_path / "run", QUIET, save_every=1000)

    children = fork(2, act, tmp_path / "log")
    assert codes(children, tmp_path / "log") == [130, 130]
    assert checkpoint.load_checkpoint(tmp_path / "run" / "checkpoint.safetensors", {}).position.step == 3


def test_random_states_come_back_to_their_process():
    states = {
        "cpu": torch.tensor([1]),
        "cpu.1": torch.tensor([2]),
        "cuda": torch.tensor([3]),
        "cuda.1": torch.tensor([4]),
    }
    assert Team().own_random_states(states) == {"cpu": states["cpu"], "cuda": states["cuda"]}
    assert Team(1, 2).own_random_states(states) == {"cpu": states["cpu.1"], "cuda": states["cuda.1"]}
    assert Team(2, 3).own_random_states(states) == {}


# --- FSDP -------------------------------------------------------------------------------------------------------------


@needs_fork
def test_split_weights_come_to_the_same(config, alone, tmp_path):
    out = tmp_path / "run"
    together(2, lambda rank: finetune(config, out, QUIET) and None, tmp_path / "log", ACCELERATE_USE_FSDP="true")
    assert furthest(alone, out) < 2e-5
    assert result(out)["test"] == pytest.approx(result(alone)["test"], abs=1e-5)


def test_accelerate_takes_the_documented_configuration_and_tells_us_of_it(monkeypatch):
    from accelerate.commands import launch

    words = ["--config_file", str(ROOT / "docs" / "fsdp.yaml"), "--num_processes", "2", "-m", "solutions.recipes"]
    monkeypatch.setattr(launch.torch.cuda, "is_available", lambda: True)  # like the machine that it is for
    monkeypatch.setattr(launch.torch.cuda, "device_count", lambda: 2)
    arguments, *_ = launch._validate_launch_command(launch.launch_command_parser().parse_args(words))
    assert arguments.use_fsdp and arguments.num_processes == 2 and not arguments.cpu
    given = launch.prepare_multi_gpu_env(arguments)
    assert not team.splits_weights()
    for name in ("ACCELERATE_USE_FSDP", "FSDP_VERSION"):
        monkeypatch.setenv(name, given[name])
    assert team.splits_weights() and given["FSDP_VERSION"] == "2"


def test_split_weights_of_two_precisions_are_refused(config, monkeypatch):
    started(monkeypatch)
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    lora = dataclasses.replace(config, method="lora")
    with pytest.raises(RecipeError, match="FSDP can split the weights only if.*--precision fp32"):
        team.join(lora, Hardware(torch.device("cpu"), bf16=True, threads=1))


# --- Messages ---------------------------------------------------------------------------------------------------------


def started(monkeypatch, rank: int = 0, size: int = 2) -> None:
    for name, value in environment(rank, size, 1).items():
        monkeypatch.setenv(name, value)


def test_without_accelerate_several_processes_are_refused_with_the_line_that_installs_it(config, tmp_path, monkeypatch):
    started(monkeypatch)
    monkeypatch.setattr(preflight, "find_spec", lambda name: None if name == "accelerate" else object())
    with pytest.raises(RecipeError, match=r"the package accelerate is not installed\. .*\n.*\[distributed\]"):
        preflight.check(config, tmp_path, overwrite=False)


@pytest.mark.parametrize(
    ("changes", "device", "complaint"),
    [
        ({}, "mps", "on CPUs or on CUDA GPUs, not on mps"),
        ({"batch_size": 2, "accumulate": 2}, "cpu", "2 processes cannot share batches of 1 texts"),
    ],
)
def test_processes_that_cannot_work_together_are_told_why(config, monkeypatch, changes, device, complaint):
    started(monkeypatch)
    with pytest.raises(RecipeError, match=complaint):
        team.join(dataclasses.replace(config, **changes), Hardware(torch.device(device), bf16=False, threads=1))


@pytest.mark.parametrize(
    ("device", "complaint"),
    [
        ("cuda", "2 processes were started on this machine, which has 1 GPUs"),
        ("cuda:1", "2 processes were started, and each uses a GPU of its own, but --device cuda:1 names a single one"),
    ],
)
def test_processes_that_cannot_have_a_gpu_each_are_told_why(config, monkeypatch, device, complaint):
    started(monkeypatch)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(RecipeError, match=complaint):
        team.on_own_gpu(dataclasses.replace(config, device=device))


def test_other_recipes_are_not_run_twice(monkeypatch):
    started(monkeypatch)
    answer = CliRunner().invoke(cli, ["bench"])
    assert answer.exit_code == 2 and "bench runs in one process" in answer.output


def test_next_commands_start_as_many_processes(monkeypatch):
    assert preflight.command("finetune", "--out", "a b") == "course run finetune --out 'a b'"
    started(monkeypatch)
    assert preflight.command("finetune", "--resume") == (
        "torchrun --nproc-per-node 2 -m solutions.recipes finetune --resume"
    )


@pytest.mark.parametrize("size", [1, 2])
def test_an_interrupted_run_says_which_traceback_is_torchruns(config, tmp_path, monkeypatch, size):
    """torchrun prints it after all processes have ended, so our message cannot come after it."""
    if size > 1:
        started(monkeypatch)

    def interrupted(*_, **__):
        raise Interrupted()

    monkeypatch.setattr(f"{finetune.__module__}.finetune", interrupted)
    words = ["--out", str(tmp_path / "run"), "--model", config.model, "--data", config.data]
    answer = CliRunner().invoke(cli, ["finetune", *words])
    lines = answer.stderr.strip().splitlines()
    assert answer.exit_code == 130 and " finetune --out " in answer.stderr and answer.stderr.count("--resume") == 1
    assert lines[-1].startswith("A traceback below comes from torchrun") == (size > 1)


@pytest.mark.parametrize(("variables", "n"), [({}, 1), ({"WORLD_SIZE": "4"}, 1), ({"WORLD_SIZE": "x", "RANK": "0"}, 1)])
def test_without_a_launcher_there_is_one_process(monkeypatch, variables, n):
    for name in ("WORLD_SIZE", "RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert preflight.processes() == n and preflight.first() and preflight.speaks()


@pytest.mark.slow
def test_torchrun_trains_and_one_process_speaks(config, alone, tmp_path):
    out = tmp_path / "run"
    options = [
        "--method",
        "full",
        "--model",
        config.model,
        "--data",
        config.data,
        "--lr",
        "0.005",
        "--batch-size",
        "12",
    ]
    options += [
        "--accumulate",
        "2",
        "--epochs",
        "2",
        "--max-gradient-norm",
        "0.5",
        "--precision",
        "fp32",
        "--threads",
        "1",
    ]
    words = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1"]
    words += ["--master-port", str(free_port()), "-m", "solutions.recipes", "finetune", "--out", str(out), *options]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("2 processes, each on cpu") == 1 and ran.stdout.count("Next: ") == 1
    assert furthest(alone, out) < 2e-5
    again = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert again.returncode and again.stderr.count("contains a finished run") == 1
