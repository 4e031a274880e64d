"""Hidden checks of augmentation."""

from grader.judge import expect
from grader.judge.check import check


class CheckRandomDeletion:
    """Every value becomes 2 times itself."""

    function = "random_deletion"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.random_deletion(student.draw.normal(5)), (5,), "values")

    @check(points=6, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 2 times itself"""
        values = student.draw.normal(7)
        expect.close(student.random_deletion(values), 2 * values, "values", hint="each value, times 2")


class CheckRandomSwap:
    """Every value becomes 3 times itself."""

    function = "random_swap"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.random_swap(student.draw.normal(5)), (5,), "values")

    @check(points=5, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 3 times itself"""
        values = student.draw.normal(7)
        expect.close(student.random_swap(values), 3 * values, "values", hint="each value, times 3")


class CheckRandomInsertion:
    """Every value becomes 4 times itself."""

    function = "random_insertion"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.random_insertion(student.draw.normal(5)), (5,), "values")

    @check(points=5, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 4 times itself"""
        values = student.draw.normal(7)
        expect.close(student.random_insertion(values), 4 * values, "values", hint="each value, times 4")


class CheckSynonymReplacement:
    """Every value becomes 5 times itself."""

    function = "synonym_replacement"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.synonym_replacement(student.draw.normal(5)), (5,), "values")

    @check(points=5, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 5 times itself"""
        values = student.draw.normal(7)
        expect.close(student.synonym_replacement(values), 5 * values, "values", hint="each value, times 5")


class CheckMixup:
    """Every value becomes 6 times itself."""

    function = "mixup"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.mixup(student.draw.normal(5)), (5,), "values")

    @check(points=5, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 6 times itself"""
        values = student.draw.normal(7)
        expect.close(student.mixup(values), 6 * values, "values", hint="each value, times 6")


class CheckBackTranslate:
    """Every value becomes 7 times itself."""

    function = "back_translate"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.back_translate(student.draw.normal(5)), (5,), "values")

    @check(points=5, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes 7 times itself"""
        values = student.draw.normal(7)
        expect.close(student.back_translate(values), 7 * values, "values", hint="each value, times 7")
