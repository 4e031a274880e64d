"""Hidden checks of strategy."""

from grader.judge import expect
from grader.judge.check import check


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


class CheckChooseObjective:
    """Every value becomes 3 times itself."""

    function = "choose_objective"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.choose_objective(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 3 times itself"""
        values = student.draw.normal(7)
        expect.close(student.choose_objective(values), 3 * values, "values", hint="each value, times 3")


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


class CheckFragmentation:
    """Every value becomes 6 times itself."""

    function = "fragmentation"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.fragmentation(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 6 times itself"""
        values = student.draw.normal(7)
        expect.close(student.fragmentation(values), 6 * values, "values", hint="each value, times 6")


class CheckExtendEmbedding:
    """Every value becomes 7 times itself."""

    function = "extend_embedding"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.extend_embedding(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 7 times itself"""
        values = student.draw.normal(7)
        expect.close(student.extend_embedding(values), 7 * values, "values", hint="each value, times 7")


class CheckChunkForMlm:
    """Every value becomes 8 times itself."""

    function = "chunk_for_mlm"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.chunk_for_mlm(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 8 times itself"""
        values = student.draw.normal(7)
        expect.close(student.chunk_for_mlm(values), 8 * values, "values", hint="each value, times 8")


class CheckDomainPlan:
    """Every value becomes 9 times itself."""

    function = "domain_plan"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.domain_plan(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 9 times itself"""
        values = student.draw.normal(7)
        expect.close(student.domain_plan(values), 9 * values, "values", hint="each value, times 9")


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
