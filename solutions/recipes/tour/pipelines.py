"""The chapter's tour: the results of transformers' pipelines beside those of the exercises' functions.

A pipeline does three things: a tokenizer before the model, the model, and a step that turns its numbers into an answer.
At every stop both sides use the same model; the steps before and after it are transformers' or yours.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from torch import Tensor
from transformers import pipeline

from course.text import mark, say
from solutions.recipes.both import Both, both, in_english, shown
from solutions.recipes.display import describe_mine, duration
from solutions.recipes.errors import RecipeError, StudentError
from solutions.recipes.files import write_json
from solutions.recipes.finetune import versions
from solutions.recipes.functions import Functions, functions
from solutions.recipes.model import load_encoder, load_tokenizer
from solutions.recipes.tour.models import entities, language_model, quietly, sentiment
from solutions.recipes.tour.options import USED, Tour

CLOSE = 1e-4
"""Largest accepted difference of numbers: both sides compute in float32, in batches of different shapes."""
NEW_TOKENS = 12
GUESSES = 5
DRAWN_FROM = 20
"""Number of tokens that sampling chooses from."""
SECOND = "the plot is another matter"
THIRD = "dull"
EXCERPT = 100
"""Characters of an answer that are shown if two answers differ."""


@dataclass(frozen=True)
class Comparison:
    """An answer of transformers, compared with ours."""

    theirs: str
    """The call of transformers."""
    ours: str
    """The function of an exercise."""
    whose: str
    """``yours`` or ``reference``."""
    difference: str | None
    """The first difference; None if the answers are equal."""


@dataclass
class Stop:
    """One stop of the tour, with its comparisons."""

    title: str
    model: str
    """Origin of the model."""
    lines: list[str] = field(default_factory=list)
    """Lines that are shown to the user."""
    comparisons: list[Comparison] = field(default_factory=list)
    seconds: float = 0.0


class Comparing:
    """Compares the answers of both sides, and records where they differ."""

    def __init__(self, stop: Stop, taken: Functions) -> None:
        """Record comparisons at this stop."""
        self.stop, self.taken = stop, taken

    def __call__(self, theirs: str, ours: str, want: Any, ask: Callable[[], Any], tidy: Callable[[Any], Any]) -> Any:
        """Compare one answer of transformers with ours.

        Args:
            theirs: the call of transformers, in words.
            ours: function of an exercise, such as ``basics.generate``.
            want: transformers' answer, as plain data.
            ask: calls our function.
            tidy: turns our answer into plain data like theirs.

        Returns:
            Our answer as plain data, or None if the function failed.
        """
        whose = "yours" if ours in self.taken.yours else "reference"
        found, difference = None, None
        try:
            with self.taken.blame():
                found = ask()
            found = tidy(found)
            difference = differs(want, found)
        except StudentError as error:
            difference = Both(self._in_english(error), error.message)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, RuntimeError) as error:
            if whose == "reference":
                raise
            reason = f"{type(error).__name__}: {error}"
            difference = both(mark("the result has a different form: {reason}"), reason=reason)  # raised by tidy
        self.stop.comparisons.append(Comparison(theirs, ours, whose, difference))
        return found

    def _in_english(self, error: StudentError) -> str:
        """Return the English message of an error in a function, for the file."""
        if error.__cause__ is not None:
            try:
                with in_english(), self.taken.blame():
                    raise error.__cause__
            except StudentError as again:
                return again.message
        return error.message


def differs(want: Any, found: Any, where: str = "") -> str | None:
    """Return the first difference between two pieces of plain data, as a sentence; None if there is none.

    >>> differs({"a": [1, 2.0]}, {"a": [1, 2.00001]})
    >>> differs({"a": [1, 2.0]}, {"a": [1, 2.5]})
    'at a, 1: transformers says 2.0, the function 2.5'
    """
    inside = f"{where}, " if where else ""
    if isinstance(want, Mapping) and isinstance(found, Mapping) and want.keys() == found.keys():
        return next(filter(None, (differs(want[key], found[key], f"{inside}{key}") for key in want)), None)
    if _listed(want) and _listed(found) and len(want) == len(found):
        pairs = enumerate(zip(want, found, strict=True))
        return next(filter(None, (differs(one, two, f"{inside}{i}") for i, (one, two) in pairs)), None)
    two = (want, found)
    if all(isinstance(one, (int, float)) for one in two) and any(isinstance(one, float) for one in two):
        same = abs(want - found) <= CLOSE * max(1.0, abs(want))
    else:
        same = bool(type(want) is type(found) and want == found)
    if same:
        return None
    values = {"theirs": _brief(want), "ours": _brief(found)}
    if where:
        return both(mark("at {where}: transformers says {theirs}, the function {ours}"), where=where, **values)
    return both(mark("transformers says {theirs}, the function {ours}"), **values)


def _listed(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}..."


# --- The tour ---------------------------------------------------------------------------------------------------------


def tour(config: Tour, console: Console, out: Path | None = None) -> dict[str, Any]:
    """Visit the stops, and print the comparisons.

    Args:
        config: models and inputs.
        console: where to print.
        out: a JSON file for the result; None writes none.

    Returns:
        The result: every stop with its comparisons, and the numbers of comparisons and differences.

    Raises:
        RecipeError: a model cannot be used, or the file cannot be written.
        StudentError: a file given as ``mine`` cannot be imported, or has none of the functions.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    taken = functions(config, USED)
    if taken.yours:
        console.print(describe_mine(taken), highlight=False, markup=False)
    found: list[Stop] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(config.stops, start=1):
            started = perf_counter()
            with console.status(name):
                stop = VISITS[name](config, taken, Path(folder))
            stop.seconds = perf_counter() - started
            show(console, number, stop)
            found.append(stop)
    compared = [one for stop in found for one in stop.comparisons]
    result = {
        "schema": "course/pipelines/v1",
        "stops": {name: asdict(stop) for name, stop in zip(config.stops, found, strict=True)},
        "compared": len(compared),
        "different": sum(one.difference is not None for one in compared),
        "mine": {"yours": list(taken.yours), "reference": list(taken.reference), "files": taken.hashes()},
        "config": {name: str(value) if isinstance(value, Path) else value for name, value in asdict(config).items()},
        "versions": versions(),
    }
    if out is not None:
        write_json(out, result)
    console.print(f"\n{summary(result)}", highlight=False, markup=False)
    return result


def show(console: Console, number: int, stop: Stop) -> None:
    """Print one stop."""
    title = escape(str(shown(stop.title)))
    console.print(f"\n[bold]{number}. {title}[/bold] ({duration(stop.seconds)})", highlight=False)

    def put(line: str, indent: int = 3) -> None:
        console.print(Padding(line, (0, 0, 0, indent), expand=False), highlight=False)

    for line in (say("model: {model}", model=shown(stop.model)), *map(shown, stop.lines)):
        put(escape(printable(str(line))))
    for one in stop.comparisons:
        word = f"[green]{say('equal')}[/green]" if one.difference is None else f"[red]{say('different')}[/red]"
        about = {"result": word, "theirs": escape(str(shown(one.theirs))), "ours": one.ours}
        if one.whose == "yours":
            put(say("{result}: {theirs} and {ours} (yours)", **about))
        else:
            put(say("{result}: {theirs} and {ours}", **about))
        if one.difference is not None:
            put(escape(printable(str(shown(one.difference)))), indent=6)


def summary(result: Mapping[str, Any]) -> str:
    """Return the last line."""
    n, different = result["compared"], result["different"]
    if different:
        return say("{count} results compared, {different} different.", count=n, different=different)
    return say("{count} results compared, all equal.", count=n)


def printable(text: str) -> str:
    """Remove control characters, since texts and labels come from outside."""
    return "".join(character if character.isprintable() else " " for character in text)


# --- The stops --------------------------------------------------------------------------------------------------------


def visit_tokenizer(config: Tour, taken: Functions, _: Path) -> Stop:
    """Compare tokenizers, from a text to ids: special tokens, pairs, truncation, padding."""
    tokenizer = load_tokenizer(config.model)
    stop = Stop(both(mark("Tokenizer: from text to ids")), config.model)
    compare = Comparing(stop, taken)
    encoded = tokenizer(config.text)
    stop.lines.append(f"{config.text!r} -> {' '.join(tokenizer.convert_ids_to_tokens(encoded['input_ids']))}")
    first, second = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (config.text, SECOND))
    names = ("input_ids", "token_type_ids", "attention_mask")
    ends = tokenizer.cls_token_id, tokenizer.sep_token_id
    if None not in ends and "token_type_ids" in tokenizer.model_input_names:
        whole = len(first) + len(second) + 3
        longest = [whole + 5]
        if abs(len(first) - len(second)) > 1 and min(len(first), len(second)):
            longest.append(whole - 1)  # one token too many: the longer text loses it
        for length in longest:
            options = {"truncation": "longest_first", "max_length": length}
            want = {name: tokenizer(config.text, SECOND, **options)[name] for name in names}
            compare(
                f"tokenizer(a, b, max_length={length})", "basics.encode_pair", want,
                lambda length=length: taken.basics.encode_pair(first, second, *ends, length),
                lambda row: {name: [int(one) for one in row[name]] for name in names},
            )  # fmt: skip
    else:
        stop.lines.append(both(mark("no comparison of pairs: this tokenizer does not write them as BERT does")))
    texts = [config.text, SECOND, THIRD]
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    shape = tuple(batch["input_ids"].shape)
    stop.lines.append(both(mark("{count} texts padded to {shape}"), count=len(texts), shape=shape))
    compare(
        "tokenizer(texts, padding=True)", "basics.pad_batch", {name: batch[name].tolist() for name in names[::2]},
        lambda: taken.basics.pad_batch(tokenizer(texts)["input_ids"], pad_id=tokenizer.pad_token_id),
        lambda made: {name: torch.as_tensor(made[name]).int().tolist() for name in names[::2]},
    )  # fmt: skip
    return stop


def visit_model(config: Tour, taken: Functions, _: Path) -> Stop:
    """Compare encoders, from ids to vectors: the number of parameters, and the vector of a text."""
    model = load_encoder(config.model, dtype=torch.float32).eval()
    tokenizer = load_tokenizer(config.model, model)
    size = model.config
    stop = Stop(both(mark("AutoModel: from ids to vectors")), f"{config.model} ({type(model).__name__})")
    compare = Comparing(stop, taken)
    parameters = list(model.parameters())
    total = sum(one.numel() for one in parameters)
    megabytes = sum(one.numel() * one.element_size() for one in parameters) / 1e6
    stop.lines.append(both(mark("{count:,} numbers, {megabytes:.1f} MB"), count=total, megabytes=megabytes))
    want = {"total": total, "trainable": sum(one.numel() for one in parameters if one.requires_grad),
            "bytes": sum(one.numel() * one.element_size() for one in parameters)}  # fmt: skip
    compare(
        "model.parameters()", "basics.count_parameters", want,
        lambda: taken.basics.count_parameters(model), lambda found: {name: int(found[name]) for name in want},
    )  # fmt: skip
    if size.model_type == "bert":
        sizes = {
            "vocab": size.vocab_size, "hidden": size.hidden_size, "layers": size.num_hidden_layers,
            "ffn": size.intermediate_size, "max_pos": size.max_position_embeddings, "segments": size.type_vocab_size,
            "pooler": model.pooler is not None,
        }  # fmt: skip
        stop.lines.append(", ".join(f"{name} {value}" for name, value in sizes.items()))
        compare(both(mark("the same, from its sizes")), "basics.bert_param_count", total,
                lambda: taken.basics.bert_param_count(**sizes), int)  # fmt: skip
    else:
        kind = size.model_type
        sentence = mark("no count from its sizes: bert_param_count is for BERT only, and this is {kind}")
        stop.lines.append(both(sentence, kind=kind))
    texts = [config.text, SECOND, THIRD]
    with quietly():
        extract = pipeline("feature-extraction", model=model, tokenizer=tokenizer, device="cpu")
    want = [torch.tensor(extract(text))[0].mean(dim=0).tolist() for text in texts]
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**batch).last_hidden_state
    sentence = mark("{count} texts -> {shape}, one vector per token")
    stop.lines.append(both(sentence, count=len(texts), shape=tuple(hidden.shape)))
    pooled = compare(
        both(mark("pipeline('feature-extraction'), mean per text")), "heads.mean_pool", want,
        lambda: taken.heads.mean_pool(hidden, batch["attention_mask"]), lambda found: found.tolist(),
    )  # fmt: skip
    if pooled is not None and len(pooled) == len(texts):
        near = torch.nn.functional.cosine_similarity(torch.tensor(pooled[0]), torch.tensor(pooled[1:]))
        similar = mark("similarity of the mean vectors: {near:.2f} to {text!r}, {other_near:.2f} to {other!r}")
        one, two = near.tolist()
        stop.lines.append(both(similar, near=one, text=texts[1], other_near=two, other=texts[2]))
    return stop


def visit_sentiment(config: Tour, taken: Functions, folder: Path) -> Stop:
    """Compare classifications, from vectors to labels."""
    loaded = sentiment(config, folder)
    model, tokenizer = loaded.model, loaded.tokenizer
    stop = Stop(both(mark("Sentiment: from a text to a label")), loaded.origin)
    compare = Comparing(stop, taken)
    texts = [config.text, "a dull film without a single idea", "it has its moments, and few of them"]
    with quietly():
        classify = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")
        want = classify(texts)
    stop.lines += [f"{one['label']} ({one['score']:.3f})  {text}" for text, one in zip(texts, want, strict=True)]
    batch = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        logits = model(**{name: batch[name] for name in ("input_ids", "attention_mask")}).logits
    labels = {int(index): name for index, name in model.config.id2label.items()}
    compare(
        "pipeline('text-classification')", "basics.label_scores", want,
        lambda: taken.basics.label_scores(logits, labels),
        lambda found: [{"label": one["label"], "score": float(one["score"])} for one in found],
    )  # fmt: skip
    pairs = [[one["label"], one["score"]] for one in want]
    compare(
        both(mark("the same, one text")), "inference.predict", pairs[0],
        lambda: taken.inference.predict(texts[0], model, tokenizer), _label_and_score,
    )  # fmt: skip
    compare(
        both(mark("the same, all texts")), "inference.predict_batch", pairs,
        lambda: taken.inference.predict_batch(texts, model, tokenizer, batch_size=2),
        lambda found: [_label_and_score(one) for one in found],
    )  # fmt: skip
    return stop


def _label_and_score(answer: Sequence[Any]) -> list[Any]:
    label, score = answer
    return [label, float(score)]


def visit_generation(config: Tour, taken: Functions, folder: Path) -> Stop:
    """Compare generated texts."""
    title = both(mark("Generation: from a text to more of it"))
    loaded = language_model(config, "clm", folder)
    model, tokenizer = loaded.model, loaded.tokenizer
    stop = Stop(title, loaded.origin)
    compare = Comparing(stop, taken)
    prompt = tokenizer(config.prompt)["input_ids"]
    if not prompt:
        raise RecipeError(
            say("the prompt {prompt!r} contains no token. Use a different --prompt", prompt=config.prompt)
        )
    end = model.generation_config.eos_token_id
    if isinstance(end, list):  # our function takes a single end token
        end = end[0] if len(end) == 1 else None
    with quietly():
        write = pipeline("text-generation", model=model, tokenizer=tokenizer, device="cpu")
        (answer,) = write(config.prompt, do_sample=False, num_beams=1, max_new_tokens=NEW_TOKENS, return_tensors=True)
    want = [int(token) for token in answer["generated_token_ids"]]

    def next_logits(ids: Tensor) -> Tensor:
        with torch.no_grad():
            logits: Tensor = model(input_ids=ids).logits[0, -1]
        return logits

    stop.lines.append(both(mark("the most likely tokens: {text!r}"), text=tokenizer.decode(want)))
    compare(
        "pipeline('text-generation', do_sample=False)", "basics.generate", want,
        lambda: taken.basics.generate(next_logits, list(prompt), NEW_TOKENS, eos_id=end),
        _ids,
    )  # fmt: skip
    if stop.comparisons[-1].difference is None:
        draw = torch.Generator().manual_seed(config.seed)
        drawn: list[int] = []

        def begin(found: Any) -> list[int]:
            drawn.extend(_ids(found))
            return drawn[: len(prompt)]

        settings = {"eos_id": end, "do_sample": True, "top_k": DRAWN_FROM, "generator": draw}
        compare(  # transformers draws in another order: only the prompts are equal
            both(mark("the prompt, when tokens are sampled")), "basics.generate", list(prompt),
            lambda: taken.basics.generate(next_logits, list(prompt), NEW_TOKENS, **settings),
            begin,
        )  # fmt: skip
        sampled = mark("sampled from the {count} most likely tokens by basics.generate: {text!r}")
        stop.lines.append(both(sampled, count=DRAWN_FROM, text=tokenizer.decode(drawn)))
    return stop


def _ids(found: Any) -> list[int]:
    return [int(token) for token in torch.as_tensor(found).flatten()]


def visit_entities(config: Tour, taken: Functions, _: Path) -> Stop:
    """Compare named entities, from tags of tokens to names."""
    loaded = entities(config)
    stop = Stop(both(mark("Named entities: from tags to names")), loaded.origin)
    compare = Comparing(stop, taken)
    with quietly():
        tag = pipeline("token-classification", model=loaded.model, tokenizer=loaded.tokenizer, device="cpu")
        tokens = [
            {**one, "score": float(one["score"]), "start": int(one["start"]), "end": int(one["end"])}
            for one in tag(config.sentence, aggregation_strategy="none", ignore_labels=[])
        ]
        wanted = {name: tag(config.sentence, aggregation_strategy=name) for name in ("simple", "first")}
    names = [f"{one['entity_group']} {config.sentence[one['start'] : one['end']]!r}" for one in wanted["simple"]]
    if names:
        stop.lines.append(f"{config.sentence!r} -> {', '.join(names)}")
    else:
        stop.lines.append(both(mark("{text!r} -> no names"), text=config.sentence))

    def join(name: str) -> Any:
        return getattr(taken.basics, f"aggregate_{name}")

    for name, found in wanted.items():
        compare(
            f"aggregation_strategy='{name}'", f"basics.aggregate_{name}",
            [_entity(one, config.sentence) for one in found],
            lambda name=name: join(name)([dict(one) for one in tokens], config.sentence),
            lambda groups: [_entity(one, config.sentence) for one in groups],
        )  # fmt: skip
    return stop


def _entity(one: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return the fields that must agree; a tokenizer can change the word's capitals and spaces."""
    word = str(one["word"]).replace(" ", "").casefold()
    start, end = int(one["start"]), int(one["end"])
    same = word == text[start:end].replace(" ", "").casefold()
    return {"entity_group": one["entity_group"], "start": start, "end": end, "score": float(one["score"]),
            "word": "as it stands in the text" if same else one["word"]}  # fmt: skip


def visit_fill_mask(config: Tour, taken: Functions, folder: Path) -> Stop:
    """Compare the guesses for masked words."""
    title = both(mark("Fill-mask: from a gap to guesses"))
    loaded = language_model(config, "mlm", folder)
    model, tokenizer = loaded.model, loaded.tokenizer
    if tokenizer.mask_token is None:
        raise RecipeError(
            say(
                "the tokenizer of {model} has no mask token, so it is not a masked language model. "
                "Choose a different model with --mlm",
                model=config.mlm,
            )
        )
    text = config.masked.replace("[MASK]", tokenizer.mask_token)
    stop = Stop(title, loaded.origin)
    compare = Comparing(stop, taken)
    encoded = tokenizer(text, return_tensors="pt")
    if not (encoded["input_ids"] == tokenizer.mask_token_id).any():
        raise RecipeError(say("there is no [MASK] in {text!r}. Put one into --masked", text=config.masked))
    with quietly():
        answers = pipeline("fill-mask", model=model, tokenizer=tokenizer, device="cpu", top_k=GUESSES)(text)
    answers = [answers] if isinstance(answers[0], dict) else answers  # a single gap has no outer list
    stop.lines.append(text)
    for gap in answers:
        stop.lines.append(
            "  " + ", ".join(f"{tokenizer.decode([one['token']]).strip()} {one['score']:.3f}" for one in gap)
        )
    with torch.no_grad():
        logits = model(**encoded).logits[0]
    compare(
        "pipeline('fill-mask')", "objectives.fill_mask_topk",
        [[[int(one["token"]), float(one["score"])] for one in gap] for gap in answers],
        lambda: taken.objectives.fill_mask_topk(logits, encoded["input_ids"][0], tokenizer.mask_token_id, k=GUESSES),
        lambda found: [[[int(token), float(score)] for token, score in gap] for gap in found],
    )  # fmt: skip
    return stop


VISITS: dict[str, Callable[[Tour, Functions, Path], Stop]] = {
    "tokenizer": visit_tokenizer,
    "model": visit_model,
    "sentiment": visit_sentiment,
    "generation": visit_generation,
    "entities": visit_entities,
    "fill-mask": visit_fill_mask,
}
