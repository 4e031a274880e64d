"""Hidden checks of strategy."""

import itertools
from dataclasses import dataclass
from typing import Any

import torch

from course.text import mark, say
from grader.errors import Failed, StudentRaised
from grader.judge import expect
from grader.judge.check import check

DIVISIONS = ("ZeroDivisionError", "StatisticsError")
"""What dividing by the number of no things raises, or ``statistics.mean``."""


class CheckTrainingMemory:
    """Every value becomes 2 times itself."""

    function = "training_memory"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.training_memory(student.draw.normal(5)), (5,), "values")

    @check(points=8, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 2 times itself"""
        values = student.draw.normal(7)
        expect.close(student.training_memory(values), 2 * values, "values", hint="each value, times 2")


# --- choose_objective ---

READ = ("label", "token_labels", "span")
"""Outputs that are read off a text which is all there."""
WRITTEN = "free_text"
ACCEPTED = {
    **{(output, has_source): ("mlm",) for output in READ for has_source in (False, True)},
    (WRITTEN, False): ("clm",),
    (WRITTEN, True): ("seq2seq", "clm"),
}
"""Output and whether there is a source -> the objectives that are right."""
NO_ANSWER = "no answer but an error"


def shuffled(student, items):
    """The items in a drawn order."""
    order = torch.randperm(len(items), generator=student.draw.generator)
    return [items[place] for place in order.tolist()]


def objectives(student, cases):
    """What the student chooses for each case, asked in a drawn order.

    Where several are right, the answer stands for the first of them; an error stands as ``NO_ANSWER``.
    """
    chosen = {}
    for output, has_source in shuffled(student, cases):
        try:
            with student.untraced():
                answer = student.choose_objective(output, has_source)
        except StudentRaised as error:
            refused = (output, has_source) not in ACCEPTED or error.type in ("ValueError", "KeyError")
            if error.not_started or error.memory or not refused:
                raise
            answer = NO_ANSWER
        right = ACCEPTED.get((output, has_source), ())
        chosen[output, has_source] = right[0] if isinstance(answer, str) and answer in right else answer
    for output, has_source in sorted(chosen):
        student.note(f"objective for {output}, {has_source}", str(chosen[output, has_source])[:80])
    return chosen


def demand_objectives(chosen, cases, hint):
    """These cases are answered rightly, and not by one word for everything."""
    for output, has_source in cases:
        right = ACCEPTED[output, has_source]
        expect.true(
            chosen[output, has_source] == right[0],
            say("the objective for output={output!r}, has_source={has_source}", output=output, has_source=has_source),
            expected=" or ".join(right),
            actual=chosen[output, has_source],
            hint=hint,
        )
    expect.true(
        len({str(answer) for answer in chosen.values()}) > 1,
        "all kinds of output get one and the same objective",
        hint="is a label made in the same way as a story?",
    )


class CheckChooseObjective:
    """Which pre-training suits a task"""

    function = "choose_objective"

    @check(points=2, visible=True)
    def check_understanding(self, student):
        """labels, tags and spans are read off a text: MLM, with a source or without"""
        cases = [case for case in ACCEPTED if case[0] in READ]
        demand_objectives(
            objectives(student, [*cases, (WRITTEN, False)]),
            cases,
            "the text is all there before the first label is given. Who may look at both sides of a token?",
        )

    @check(points=1)
    def check_generation(self, student):
        """new text without a source, such as a dialogue or a story, is a matter for CLM"""
        cases = [(WRITTEN, False)]
        demand_objectives(
            objectives(student, [*cases, *((output, False) for output in READ)]),
            cases,
            "text is written from left to right, and there is nothing here for an encoder to read",
        )

    @check(points=1)
    def check_summary(self, student):
        """new text from a source, such as a summary, is a matter for seq2seq or CLM"""
        cases = [(WRITTEN, True)]
        demand_objectives(
            objectives(student, [*cases, *((output, True) for output in READ)]),
            cases,
            "a source can be read in both directions, and yet the summary has to be written: by which part?",
        )

    @check(points=1)
    def check_unknown(self, student):
        """an output that is none of the four raises an error, and the four do not"""
        known = objectives(student, list(ACCEPTED))
        for output, has_source in ACCEPTED:
            expect.true(
                known[output, has_source] != NO_ANSWER,
                say("output={output!r}, has_source={has_source} is refused", output=output, has_source=has_source),
                hint="it is one of the four that the docstring lists",
            )
        strange = shuffled(student, ["image", "audio", "ranking", "plan"])[:2]
        found = objectives(student, [(output, has_source) for output in strange for has_source in (False, True)])
        for (output, has_source), answer in sorted(found.items()):
            expect.true(
                answer == NO_ANSWER,
                say("output={output!r}, has_source={has_source}: no error", output=output, has_source=has_source),
                expected="an exception",
                actual=answer,
                hint="whoever asks for something unknown should hear of it, rather than get whatever comes last",
                reveal=True,
            )


class CheckChooseStrategy:
    """Every value becomes 4 times itself."""

    function = "choose_strategy"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.choose_strategy(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 4 times itself"""
        values = student.draw.normal(7)
        expect.close(student.choose_strategy(values), 4 * values, "values", hint="each value, times 4")


class CheckRecommendHparams:
    """Every value becomes 5 times itself."""

    function = "recommend_hparams"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.recommend_hparams(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 5 times itself"""
        values = student.draw.normal(7)
        expect.close(student.recommend_hparams(values), 5 * values, "values", hint="each value, times 5")


# --- fragmentation ---

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
KNOWN_CHARACTER, UNKNOWN_CHARACTERS = "心", "糖尿病"
"""One Chinese character that the drawn vocabularies know, and three that they do not."""
UNKNOWN_MARKS = {"continues": "[UNK]", "begins": "<unk>"}


@dataclass(frozen=True)
class Domain:
    """Words whose pieces are known, since they were put together from them."""

    words: list[str]
    cut: dict[str, list[str]]
    """Word -> its pieces, as the tokenizer marks them."""
    tokenize: Any
    """Over there."""
    unk: str

    def measures(self):
        """What ``fragmentation`` measures."""
        cuts = [self.cut[word] for word in self.words]
        return {
            "pieces_per_word": sum(map(len, cuts)) / len(cuts),
            "split_rate": sum(len(pieces) > 1 for pieces in cuts) / len(cuts),
            "unk_rate": sum(self.unk in pieces for pieces in cuts) / len(cuts),
        }


def syllables(student, count):
    """Different pieces, each a consonant and one to three vowels: a word made of them can be cut in one way only."""
    draw, found = student.draw, {}
    while len(found) < count:
        tail = "".join(VOWELS[draw.integer(0, len(VOWELS))] for _ in range(draw.integer(1, 4)))
        found[CONSONANTS[draw.integer(0, len(CONSONANTS))] + tail] = None
    return list(found)


def domain(student, style):
    """A drawn vocabulary and 11 or 13 words: whole ones, split ones, some with unknown pieces, some several times."""
    unk = UNKNOWN_MARKS[style]
    pieces = syllables(student, 15)
    lengths = [1, 1, 1, 2, 3, 4]  # of the words that the vocabulary can write, in pieces
    parts, rest = [], iter(pieces)
    for length in lengths:
        parts.append([next(rest) for _ in range(length)])
    if style == "continues":
        cut = {"".join(word): [word[0], *(f"##{piece}" for piece in word[1:])] for word in parts}
        first, second, third = UNKNOWN_CHARACTERS
        cut[f"{pieces[0]}qu"] = [unk]  # one unknown letter, and the whole word is unknown
        cut[f"{first}{second}{third}"] = [unk] * 3
        cut[f"{KNOWN_CHARACTER}{first}{third}"] = [KNOWN_CHARACTER, unk, unk]
    else:
        cut = {"".join(word): [f"▁{word[0]}", *word[1:]] for word in parts}
        cut[f"{pieces[0]}{UNKNOWN_CHARACTERS[0]}{pieces[1]}"] = [f"▁{pieces[0]}", unk, pieces[1]]
        cut[UNKNOWN_CHARACTERS[1]] = [unk]
    longest = "".join(parts[-1])
    words = shuffled(student, [*cut, *[longest] * (11 + 2 * student.draw.integer(0, 2) - len(cut))])
    tokenize = student.fixtures.strategy.tokenizer([*pieces, KNOWN_CHARACTER], unk, style)
    return Domain(words, cut, tokenize, unk)


def measured(student, words, *arguments, pure=False):
    """The three measures that came back, as far as they did."""
    with student.untraced():
        if pure:
            report = student.pure("fragmentation", words, *arguments)
        else:
            report = student.fragmentation(words, *arguments)
    expect.true(
        isinstance(report, dict),
        "the measures are no dictionary",
        actual=report,
        hint="three names, three numbers: the docstring has them",
        reveal=True,
    )
    read = {key: report.get(key) for key in ("pieces_per_word", "split_rate", "unk_rate")}
    student.note("measures", read)
    return read


def demand_measure(student, key, hint):
    """One measure, with a tokenizer like BERT's (whose unknown piece is the default) and with another one."""
    for style in ("continues", "begins"):
        given = domain(student, style)
        arguments = [given.tokenize] if style == "continues" else [given.tokenize, given.unk]
        found = measured(student, given.words, *arguments)
        expect.true(
            found[key] is not None,
            say("the key {key!r} is missing, or None", key=key),
            hint="the docstring has the names of the three measures",
        )
        expect.close(found[key], given.measures()[key], key, tolerance=1e-6, hint=hint)


class CheckFragmentation:
    """How badly a vocabulary fits"""

    function = "fragmentation"

    @check(points=2, visible=True)
    def check_pieces(self, student):
        """pieces_per_word is the mean number of pieces of a word, however the tokenizer marks them"""
        demand_measure(
            student,
            "pieces_per_word",
            "cut every word, count ALL of its pieces (the first one too), and divide by the number of words",
        )

    @check(points=1)
    def check_split(self, student):
        """split_rate is the share of the words that come in more than one piece"""
        demand_measure(
            student,
            "split_rate",
            "a word is split or it is not: count words, whatever their pieces look like, and divide by all words",
        )

    @check(points=1)
    def check_unk(self, student):
        """unk_rate is the share of the words with an unknown piece, by the tokenizer's own name for it"""
        demand_measure(
            student,
            "unk_rate",
            "one unknown piece among several is enough; count such words, not such pieces, and look for `unk`",
        )

    @check(points=1, visible=True, after=("pieces",))
    def check_empty(self, student):
        """no words: zeros; a word that comes again counts again, and the caller's list stays as it is"""
        given = domain(student, "begins")
        word = max(given.cut, key=lambda word: len(given.cut[word]))
        words = [*given.words[:3], *[word] * (5 + student.draw.integer(0, 3))]
        cuts = [len(given.cut[word]) for word in words]
        found = measured(student, words, given.tokenize, given.unk, pure=True)
        expect.close(
            found["pieces_per_word"],
            sum(cuts) / len(cuts),
            "pieces_per_word of a list in which one word comes several times",
            tolerance=1e-6,
            hint="what is frequent in the domain matters most",
        )
        try:
            none = measured(student, [], given.tokenize)
        except StudentRaised as error:
            if error.not_started or error.memory or error.type not in DIVISIONS:
                raise
            student.note("an empty list", "an error")
            raise Failed(
                say("no words: {error}", error=error.type), hint="what is divided by what if there are no words?"
            ) from None
        student.note("an empty list", "an answer")
        zeros = dict.fromkeys(none, 0.0)
        expect.close(none, zeros, "the measures of no words at all", hint="all three are 0 by agreement", reveal=True)


# --- extend_embedding ---


def new_words(student, n_old, count):
    """Ids of the pieces of new words, one to five each; the lowest id, the highest, and a repeated one included."""
    draw = student.draw
    words = [[draw.integer(0, n_old) for _ in range(draw.integer(2, 6))] for _ in range(count - 2)]
    twice, other = draw.integer(1, n_old - 1), draw.integer(1, n_old - 1)
    words.append([twice, 0, twice, (twice + other) % n_old, n_old - 1])
    words.append([n_old - 1])
    return shuffled(student, words)


def means(weight, words):
    """The mean row of each word, in float64, piece by piece."""
    return torch.stack([sum(weight[i].double() for i in ids) / len(ids) for ids in words])


def table(student, n_old, width, dtype=torch.float32):
    """An embedding matrix whose rows have a common part, as those of real models have."""
    return (student.draw.normal(n_old, width) + student.draw.normal(width)).to(dtype)


def enlarged(student, weight, words):
    """The answer, if it has a row for every old id and every new word."""
    with student.untraced():
        got = student.extend_embedding(weight, words)
    rows = tuple(got.shape) if isinstance(got, torch.Tensor) else ()
    student.note("shape", list(rows))
    want = (len(weight) + len(words), weight.shape[1])
    if rows != want and isinstance(got, torch.Tensor) and got.numel() <= 2 * want[0] * want[1]:
        student.note("rows", got)
    expect.shape(got, want, "the extended embeddings", hint="V old rows and n new ones, all of the same width")
    return got


class CheckExtendEmbedding:
    """New words that begin with what is known of them"""

    function = "extend_embedding"

    @check(points=2, visible=True)
    def check_old_rows(self, student):
        """the old rows keep their places and their values, and each new word adds one row"""
        for n_old, width, count, dtype in ((9, 5, 4, torch.float32), (13, 3, 6, torch.float64)):
            weight = table(student, n_old, width, dtype)
            got = enlarged(student, weight, new_words(student, n_old, count))
            student.note("old rows", got[:n_old])
            expect.close(
                got[:n_old],
                weight,
                "the first V rows",
                tolerance=1e-6,
                hint="the model looks rows up by their number: what would id 0 mean if another row stood there?",
            )

    @check(points=2)
    def check_new_rows(self, student):
        """each new row is the mean of the rows of its pieces, one that comes twice counting twice"""
        for n_old, width, count, dtype in ((8, 6, 5, torch.float32), (11, 4, 3, torch.float64)):
            weight = table(student, n_old, width, dtype)
            words = new_words(student, n_old, count)
            got, again = (enlarged(student, weight, words)[n_old:] for _ in range(2))
            steady = bool(torch.allclose(got.double(), again.double(), equal_nan=True))
            student.note("two calls agree", steady)
            expect.true(
                steady,
                "called twice with the same words, it gives two different sets of new rows",
                hint="the pieces settle what a new row is: is anything left to chance?",
            )
            student.note("new rows", got)
            expect.close(
                got,
                means(weight, words),
                "the new rows",
                tolerance=1e-5,
                hint="take each word on its own: all of its pieces, as often as they occur, and their average",
            )

    @check(points=1, after=("old_rows",))
    def check_empty_pure(self, student):
        """without new words nothing changes; the old matrix stays as it is and shares no memory with the new one"""
        weight = table(student, 7, 4)
        words = new_words(student, 7, 3)
        with student.untraced():
            student.pure("extend_embedding", weight, words)
            answers = {
                len(given): student.fixtures.strategy.extended(student.value(None, "extend_embedding"), weight, given)
                for given in (words, [])
            }
        student.note("without new words", answers[0]["result"])
        expect.shape(answers[0]["result"], (7, 4), "the embeddings without new words")
        expect.close(answers[0]["result"], weight, "the embeddings without new words", tolerance=1e-6)
        for count, answer in answers.items():
            student.note(f"shared, {count} words", answer["shared"])
            expect.true(
                answer["shared"] is False,
                say("who writes into the result changes the old matrix as well ({count} new words)", count=count),
                hint="a view, or the very same tensor, is not a copy",
            )


# --- chunk_for_mlm ---


def corpus(student, lengths):
    """Documents of these lengths, every id of them once: it shows from where each came."""
    ids = (torch.randperm(sum(lengths), generator=student.draw.generator) + 200).tolist()
    rest = iter(ids)
    return [[next(rest) for _ in range(length)] for length in lengths]


def blocks_of(answer):
    """The blocks as lists, or None if they are something else.

    Raises:
        Failed: they are no list of lists of ids.
    """
    rows = list(answer) if isinstance(answer, (list, tuple, torch.Tensor)) else None
    if rows is not None:
        rows = [row.tolist() if isinstance(row, torch.Tensor) and row.dim() == 1 else row for row in rows]
    if rows is None or not all(isinstance(row, (list, tuple)) for row in rows):
        raise Failed(
            "the blocks are no list of lists",
            actual=str(answer)[:160],
            hint="one list of ids for every block",
            reveal=True,
        )
    whole = all(isinstance(token, (int, float)) and token == int(token) for row in rows for token in row)
    expect.true(whole, "a block holds something that is no id", hint="ids are whole numbers")
    return [[int(token) for token in row] for row in rows]


def specials(student):
    """Ids of [CLS] and [SEP], away from those of the documents."""
    cls_id = student.draw.integer(100, 150)
    return cls_id, cls_id + 1 + student.draw.integer(0, 40)


def chunks(student, docs, block, cls_id, sep_id):
    """The student's blocks, noted as they are: for documents that leave no free choice."""
    with student.untraced():
        answer = student.chunk_for_mlm(docs, block, cls_id, sep_id)
    blocks = blocks_of(answer)
    student.note("blocks", [row[:40] for row in blocks[:40]])
    return blocks


FILLING = ((10, (20, 4, 12, 8)), (9, (3, 16, 9, 2, 14)))
"""Size of a block, and lengths of documents that fill a whole number of them: 6 of 8 ids, and 7 of 7."""


def filled(student, which):
    """One of the fillings: documents in a drawn order, size of the blocks, and the ids of [CLS] and [SEP]."""
    block, lengths = FILLING[which]
    return corpus(student, shuffled(student, lengths)), block, *specials(student)


class CheckChunkForMlm:
    """Texts of a domain, cut into blocks"""

    function = "chunk_for_mlm"

    @check(points=2, visible=True)
    def check_format(self, student):
        """every block begins with [CLS], ends with [SEP], and has at most `block` ids"""
        for which in (0, 1):
            docs, block, cls_id, sep_id = filled(student, which)
            blocks = chunks(student, docs, block, cls_id, sep_id)
            known = {token for doc in docs for token in doc} | {sep_id}
            expect.true(blocks, "there are no blocks", hint="the documents fill several")
            for place, row in enumerate(blocks):
                expect.true(
                    row[:1] == [cls_id] and row[-1:] == [sep_id] and len(row) > 2,
                    say("block {place} is not [CLS] ... [SEP]", place=place),
                    expected=f"[{cls_id}, ..., {sep_id}]",
                    actual=row,
                    hint="each block goes into the model on its own, in the form that the model knows",
                )
                expect.true(
                    len(row) <= block,
                    say(
                        "block {place} has {count} ids, the limit is {limit}", place=place, count=len(row), limit=block
                    ),
                    hint="[CLS] and [SEP] need room too",
                )
                strange = [token for token in row[1:-1] if token not in known]
                expect.true(
                    not strange,
                    say("block {place} holds an id that is not in the documents", place=place),
                    actual=strange[:5],
                    hint="between [CLS] and [SEP] stands text, and what marks the end of a document",
                )
            expect.equal(blocks[0][1:3], docs[0][:2], "the first ids behind the first [CLS]")

    @check(points=2, visible=True)
    def check_content(self, student):
        """nothing is lost, doubled or moved: all documents in their order, with one [SEP] after each"""
        for which in (0, 1):
            docs, block, cls_id, sep_id = filled(student, which)
            blocks = chunks(student, docs, block, cls_id, sep_id)
            want = [token for doc in docs for token in [*doc, sep_id]]
            got = [token for row in blocks for token in (row[1:-1] if row[:1] == [cls_id] else row)]
            lost = [token for doc in docs for token in doc if token not in got]
            expect.true(
                not lost,
                say("{count} of {total} ids are in no block", count=len(lost), total=sum(map(len, docs))),
                hint="the text is longer than one block: what becomes of the rest?",
            )
            expect.equal(
                got,
                want,
                "what stands in the blocks between [CLS] and [SEP], one block after the other",
                hint="first join all documents, each with its own end, and only then cut",
            )

    @check(points=1, after=("format",))
    def check_full_blocks(self, student):
        """all blocks but the last are full; a rest below half a block is dropped, a longer one kept"""
        block = 12 + 2 * student.draw.integer(0, 2)
        step = block - 2
        for rest in (block // 2 - 3 - student.draw.integer(0, 2), step - student.draw.integer(1, 3), block // 2):
            # two full blocks and a rest, in three documents
            whole = 2 * step + rest - 3
            first, second = student.draw.integer(2, 6), step + student.draw.integer(1, 3)
            docs = corpus(student, (first, second, whole - first - second))
            blocks = chunks(student, docs, block, *specials(student))
            expect.equal(
                [len(row) for row in blocks],
                [block, block] if rest < block // 2 - 2 else [block, block, rest + 2],
                "sizes of the blocks",
                hint="full ones first. Is the rest worth a block of its own, or would most of it be padding?",
            )

    @check(points=1, after=("content",))
    def check_pure(self, student):
        """the documents stay as they are, and no documents make no blocks"""
        docs, block, cls_id, sep_id = filled(student, 1)
        with student.untraced():
            first, second = (blocks_of(student.pure("chunk_for_mlm", docs, block, cls_id, sep_id)) for _ in range(2))
            none = student.chunk_for_mlm([], block, cls_id, sep_id)
        expect.equal(second, first, "the blocks of a second call with the same documents")
        student.note("no documents", str(none)[:80])
        expect.equal(blocks_of(none), [], "the blocks of no documents", hint="nothing to read makes no block")


# --- domain_plan ---

ACTIONS = frozenset({"domain_model", "dapt", "extend_vocab", "knowledge", "peft", "augment"})
SPLIT, WHOLE = (2.2, 4.0), (1.0, 1.15)
"""Pieces per word, well above the limit and well below."""
MUCH, LITTLE, NONE = (12_000, 900_000), (400, 6_000), (0, 1)
"""Texts without labels."""
SCARCE, PLENTY = (60, 800), (6_000, 90_000)
"""Labelled examples."""


def situations(student, pieces, texts, labels, domain_model, relations=(False, True)):
    """One situation for each combination of what is passed; numbers are drawn, away from the limits."""
    draw, found = student.draw, []
    for low_high, unlabeled, labeled, given in itertools.product(pieces, texts, labels, domain_model):
        found.append(
            {
                "pieces_per_word": round(float(draw.uniform(*low_high)), 2),
                "n_unlabeled": draw.integer(*unlabeled),
                "n_labeled": draw.integer(*labeled),
                "domain_model": given,
                "needs_relations": relations[draw.integer(0, len(relations))],
            }
        )
    return found


def plans(student, given):
    """The student's plan for each situation.

    Raises:
        Failed: one is no collection of words.
    """
    found = []
    for situation in given:
        *first, relations = situation.values()
        with student.untraced():
            plan = student.domain_plan(*first, relations) if relations else student.domain_plan(*first)
        expect.true(
            isinstance(plan, (set, list, tuple, dict)) and all(isinstance(action, str) for action in plan),
            "a plan is no set of actions",
            actual=str(plan)[:120],
            hint="a set of words, even if it holds one or none",
            reveal=True,
        )
        found.append(frozenset(plan))
    return found


def demand_plans(student, wanted, sentence, unwanted, other_sentence, looked_for, hint):
    """What is called for is in the plans, what is ruled out is not, and they are not one plan for everything.

    Args:
        student: the student of this check.
        wanted: situations in which one of the actions is called for.
        sentence: what to say if none is there; has a place for the situation.
        unwanted: situations in which the last of the actions is ruled out.
        other_sentence: what to say if it is there.
        looked_for: the actions; where the first of them is ``domain_model``, it counts where there is one.
        hint: shown with both.
    """
    answers = plans(student, [*wanted, *unwanted])
    has = []
    for situation, plan in zip(wanted, answers, strict=False):
        known = [action for action in looked_for if action != "domain_model" or situation["domain_model"]]
        has.append(any(action in plan for action in known))
    has_not = [looked_for[-1] not in plan for plan in answers[len(wanted) :]]
    student.note("called for", has)
    student.note("ruled out", has_not)
    one_for_all = len(set(answers)) == 1
    student.note("one plan for all", one_for_all)
    for right, situation, plan, said in zip(
        [*has, *has_not],
        [*wanted, *unwanted],
        answers,
        [sentence] * len(wanted) + [other_sentence] * len(unwanted),
        strict=True,
    ):
        stated = ", ".join(f"{key}={value!r}" for key, value in situation.items())
        expect.true(right, say(said, situation=stated), actual=sorted(plan), hint=hint)
    expect.true(
        not one_for_all,
        "situations as different as can be get one and the same plan",
        hint="a plan is a choice: what does each argument speak for?",
    )


class CheckDomainPlan:
    """What to do about a domain"""

    function = "domain_plan"

    @check(points=1, visible=True)
    def check_domain_model(self, student):
        """a model of the domain is used where there is one, and cannot be used where there is none"""
        demand_plans(
            student,
            situations(student, (SPLIT, WHOLE), (MUCH, NONE), (PLENTY,), (True,)),
            mark("there is a model of the domain, and the plan leaves it out: {situation}"),
            situations(student, (SPLIT, WHOLE), (MUCH, NONE), (SCARCE,), (False,)),
            mark("the plan uses a model of the domain that does not exist: {situation}"),
            ("domain_model",),
            "domain_model says whether there is one",
        )

    @check(points=1, visible=True)
    def check_dapt(self, student):
        """much text without labels: continue pre-training; none at all: there is nothing to continue on"""
        demand_plans(
            student,
            situations(student, (SPLIT, WHOLE), (MUCH,), (SCARCE, PLENTY), (False,)),
            mark("there is much text, there is no model of the domain, and the plan reads none of it: {situation}"),
            situations(student, (SPLIT, WHOLE), (NONE,), (SCARCE, PLENTY), (False, True)),
            mark("the plan continues pre-training on texts that do not exist: {situation}"),
            ("dapt",),
            "continued pre-training reads text without labels: how much of it is there?",
        )

    @check(points=2)
    def check_vocabulary(self, student):
        """split words call for another vocabulary, new rows or a domain model's; whole words do not"""
        demand_plans(
            student,
            [
                *situations(student, (SPLIT,), (MUCH, LITTLE), (SCARCE, PLENTY), (False,)),
                *situations(student, (SPLIT,), (MUCH, NONE), (PLENTY,), (True,)),
            ],
            mark("the words are split, and the plan leaves them split: {situation}"),
            situations(student, (WHOLE,), (MUCH, NONE), (SCARCE, PLENTY), (False,)),
            mark("the words are whole, and the plan extends the vocabulary: {situation}"),
            ("domain_model", "extend_vocab"),
            "what changes the way in which a word is cut? Continued pre-training moves weights; the tokenizer stays",
        )

    @check(points=1)
    def check_few_labels(self, student):
        """few labelled examples: few parameters or more examples; with many there is nothing to augment"""
        demand_plans(
            student,
            situations(student, (SPLIT,), (MUCH, NONE), (SCARCE,), (False, True)),
            mark("there are few labelled examples, and the plan takes no account of it: {situation}"),
            situations(student, (WHOLE,), (MUCH, NONE), (PLENTY,), (False, True)),
            mark("there are plenty of labelled examples, and the plan makes up more: {situation}"),
            ("peft", "augment"),
            "fewer than 1,000 are few, and from 5,000 on augmentation has little to add. Labelled ones, mind",
        )

    @check(points=1)
    def check_relations(self, student):
        """knowledge is brought in where relations matter, and nowhere else; no action is made up"""
        given = situations(student, (SPLIT, WHOLE), (MUCH,), (SCARCE, PLENTY), (False, True))
        answers = plans(student, given)
        made_up = sorted({action for plan in answers for action in plan} - ACTIONS)
        student.note("made up", ", ".join(action[:30] for action in made_up[:5]))
        expect.true(
            not made_up,
            "a plan holds an action that the docstring does not list",
            actual=made_up[:5],
            hint="six words are there to choose from, spelt as in the docstring",
            reveal=True,
        )
        combined = (SPLIT, WHOLE), (MUCH,), (SCARCE, PLENTY)
        demand_plans(
            student,
            situations(student, *combined, (False, True), (True,)),
            mark("the task hangs on relations, and the plan brings no knowledge of them: {situation}"),
            situations(student, *combined, (False, True), (False,)),
            mark("the plan brings in knowledge of relations that the task does not need: {situation}"),
            ("knowledge",),
            "needs_relations says whether they matter; it is False where it is left out",
        )


class CheckStrategyReasons:
    """Every value becomes 10 times itself."""

    function = "strategy_reasons"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.strategy_reasons(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 10 times itself"""
        values = student.draw.normal(7)
        expect.close(student.strategy_reasons(values), 10 * values, "values", hint="each value, times 10")
