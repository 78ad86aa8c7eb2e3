"""A model comes in, the same model that stops at a number of calls or at a cost goes out."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from pipeline.batch.account import Accounted, usage_of
from schemas.errors import OF_THE_QUESTION, BudgetExceeded, ModelError
from schemas.reading import CutAnswer, CutQuestion, RoleAnswer, RoleQuestion, Transcription, TranscriptionQuestion
from schemas.run import Call, Price


class Limited:
    """Asks as long as the limits allow; raises BudgetExceeded before the call that would go past them.

    An answer from hedui's own store costs nothing and counts as no call; which it will be is not known before,
    so at the limit nothing more is asked.
    """

    def __init__(
        self,
        model: Accounted,
        *,
        max_calls: int | None,
        max_cost: Decimal | None,
        price: Price | None,
    ) -> None:
        self._model = model
        self._max_calls = max_calls
        self._max_cost = max_cost
        self._price = price
        self.unasked = 0
        """Questions that nobody answered: for a limit, or because nothing answers."""

    @property
    def calls(self) -> list[Call]:
        """The model's own account."""
        return self._model.calls

    def ask_role(self, question: RoleQuestion, why: str) -> RoleAnswer:
        """The model's answer; raises ModelError, BudgetExceeded."""
        with self._counted():
            return self._model.ask_role(question, why)

    def ask_cut(self, question: CutQuestion, why: str) -> CutAnswer:
        """The model's answer; raises ModelError, BudgetExceeded."""
        with self._counted():
            return self._model.ask_cut(question, why)

    def transcribe(self, question: TranscriptionQuestion, why: str) -> Transcription:
        """The model's answer; raises ModelError, BudgetExceeded."""
        with self._counted():
            return self._model.transcribe(question, why)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            self._within()
            yield
        except (ModelError, BudgetExceeded) as error:
            self.unasked += error.code not in OF_THE_QUESTION
            raise

    def _within(self) -> None:
        made = [call for call in self.calls if not call.from_cache]
        if self._max_calls is not None and len(made) >= self._max_calls:
            raise BudgetExceeded("console.calls_used_up", limit=self._max_calls)
        if self._max_cost is not None and Decimal(str(usage_of(made, self._price).cost or 0)) >= self._max_cost:
            raise BudgetExceeded("console.cost_used_up", limit=format(self._max_cost, "f"))
