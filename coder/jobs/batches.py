"""Coding answers that come in Arrow record batches: any number of them, in the memory of one.

What a batch gets depends on its texts alone, so that batches may be cut, mixed and sent to other processes as one
likes. Arrow is read and made by arro3-core, 3 MB: pyarrow is 55, and once it is installed pandas keeps texts in it,
which cannot hold half a character (a file is then refused with an error that is not ours). Batches of pyarrow, Polars
and DuckDB come in and go out without a copy, by the Arrow PyCapsule interface.
"""
# ruff: noqa: PLC0415 (Arrow is an extra)

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from coder.arrays import Ints
from coder.codebook import Codebook
from coder.corpus import TEXT, Corpus
from coder.errors import DataError, MissingExtraError
from coder.jobs.machine import Machine, order_of
from coder.languages.language import language_of
from coder.languages.nl.no_answer import say_nothing
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.embedding import alone
from coder.methods.rules.engine import Rules, RulesOfBatches

if TYPE_CHECKING:
    from arro3.core import Array, ChunkedArray, RecordBatch

    from coder.coding import Coding
    from coder.methods.classifier import Classifier
    from coder.methods.topics import TopicModel

REASONS = "reasons"
_REMEMBERED, _SHORT = 50_000, 200
"""So many texts of at most so many characters are known again in a later batch: from once to twice as many."""
_AT_ONCE = 2_000
"""So many texts are given their topics at a time, which bounds the memory."""


class ArrowBatch(Protocol):
    """A record batch of pyarrow, Polars, arro3 or any other library of Arrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The batch by the Arrow PyCapsule interface."""
        ...


class ArrowStream(Protocol):
    """Record batches one after another: a table or a reader of pyarrow, Polars or DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The batches by the Arrow PyCapsule interface."""
        ...


class Given(NamedTuple):
    """A code of a text, by its place among the codes, and why: what a row of `reasons` has."""

    code: int
    score: float
    start: int
    end: int
    reason: str


class Outcome(NamedTuple):
    """The codes of a text by their places, each once; None of a text that says nothing. `given` only where asked."""

    codes: tuple[int, ...] | None
    given: tuple[Given, ...] = ()


def code_batches(
    batches: Iterable[ArrowBatch | ArrowStream] | ArrowStream,
    codebook: Codebook | None = None,
    model: "Classifier | None" = None,
    *,
    text: str,
    into: str = "codes",
    reasons: bool = False,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
) -> "Iterator[RecordBatch]":
    """Code Arrow record batches as `coder.code` codes a corpus: a batch comes out for each that goes in.

    `text` is the column of answers (texts, null for none). A batch comes back with its own columns and `into`, the ids
    of its codes: a list of texts, empty where no code fits, null where the text says nothing (`no_answer`, else the
    list of the codebook's language). With `reasons` there is a column of that name too: for each place that gave a
    code its `code`, `score`, `start` and `end` (characters of the text, -1 where the whole is meant) and `reason`.

    What a text gets does not depend on the texts beside it: the same rows come out however they are cut into batches. A
    text is embedded by itself, so that a model that was trained with `use` takes twice as long as in `coder.code`. Only
    texts that come again soon are remembered, and one rule that finds too much in a text (millions of places) is left
    out for that text, where `coder.code` leaves it out for all.

    What goes in may be any library's that has the Arrow PyCapsule interface; a whole table or reader does as well. What
    comes out is pyarrow's where pyarrow's went in, and else arro3's, of which `polars.DataFrame(batch)`,
    `pyarrow.record_batch(batch)` and `duckdb.sql("FROM batch")` make no copy.

    Raises `CoderError` without codebook and model, `CodebookError` on a rule that cannot be read, `DataError` where the
    column is not there, is no text, or `into` is there already, and `MissingExtraError` without arro3-core.

    >>> import coder
    >>> from arro3.core import Array, DataType, RecordBatch
    >>> from coder.resources import resource
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> texts = Array(["meer AI", "de prijzen", "geen idee"], type=DataType.utf8())
    >>> [batch] = coder.code_batches([RecordBatch({"answer": texts})], book, text="answer")
    >>> batch["codes"].to_pylist()
    [['ai'], [], None]
    """
    coder = BatchCoder(codebook, model, text, into, reasons=reasons, no_answer=no_answer, nlp=nlp)
    return chain.from_iterable(map(coder.code, _each(batches)))


def _each(batches: Any) -> Iterable[ArrowBatch | ArrowStream]:  # noqa: ANN401 (batches, or a stream of them)
    from arro3.core import RecordBatchReader

    if not hasattr(batches, "__arrow_c_stream__"):
        return batches  # type: ignore[no-any-return]
    read: Iterable[ArrowBatch] = RecordBatchReader.from_stream(batches)
    return map(_alike(batches), read)


def _alike(one: object) -> Any:  # noqa: ANN401 (what makes a batch of some library)
    """What makes a batch of the library that this comes from: pyarrow's, which some callers ask for, or ours."""
    if type(one).__module__.partition(".")[0] != "pyarrow":
        return lambda batch: batch
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return pa.record_batch


class _Batches(ABC):
    """What gives the texts of batch after batch something: each text by itself, and once where it comes again soon.

    It can go to another process, where it starts with nothing remembered.
    """

    codes: Sequence[str]
    """What can be given."""
    name: str
    """What gives it."""

    def __init__(
        self, text: str, into: str, language: str, *, reasons: bool = False, no_answer: Sequence[str] | None = None
    ) -> None:
        if find_spec("arro3") is None:
            raise MissingExtraError("batches.no_arrow")
        self._text, self._into, self._reasons, self._no_answer = text, into, reasons, no_answer
        self._language, self._known = language, _Known()

    @property
    def added(self) -> Sequence[str]:
        """The columns that a batch gets."""
        return [self._into, REASONS] if self._reasons else [self._into]

    def code(self, batch: ArrowBatch | ArrowStream) -> "Iterator[RecordBatch]":
        """The batch with its codes; several where what goes in is a table of several."""
        made = _alike(batch)
        for one in _as_batches(batch):
            yield made(self._coded(one))

    def _check(self, names: Sequence[str]) -> Sequence[str]:
        """The columns that are added to those with these names. Raises where one is there, or that of texts is not."""
        if self._text not in names:
            raise DataError("batches.no_column", name=self._text, columns=names)
        if taken := [name for name in self.added if name in names]:
            raise DataError("batches.column_taken", column=taken[0])
        return self.added

    def _coded(self, batch: "RecordBatch") -> "RecordBatch":
        from arro3.core import Field

        added = self._check(batch.schema.names)
        texts = _texts(batch[self._text], self._text)
        outcomes = self._outcomes(list(dict.fromkeys(texts)))
        rows = [outcomes[text] for text in texts]
        columns = [_list_of_codes(rows, self.codes)] + ([_list_of_reasons(rows, self.codes)] if self._reasons else [])
        for name, column in zip(added, columns, strict=True):
            batch = batch.append_column(Field(name, column.type, nullable=True), column)
        return batch

    def _outcomes(self, texts: list[str]) -> dict[str, Outcome]:
        """What each of these texts gets."""
        found = {text: known for text in texts if (known := self._known.get(text)) is not None}
        new = [text for text in texts if text not in found]
        forms = language_of(self._language).no_answer if self._no_answer is None else self._no_answer
        nothing = say_nothing(new, forms)
        said = [text for text, none in zip(new, nothing.tolist(), strict=True) if not none]
        silent = Outcome(None)
        made = dict.fromkeys((text for text, none in zip(new, nothing.tolist(), strict=True) if none), silent)
        made |= zip(said, self._said(said), strict=True)
        self._known.keep(made)
        return found | made

    @abstractmethod
    def _said(self, texts: list[str]) -> Iterable[Outcome]:
        """What these texts get, which say something."""


class BatchCoder(_Batches):
    """What codes batch after batch. Raises as `code_batches` does."""

    def __init__(
        self,
        codebook: Codebook | None,
        model: "Classifier | None",
        text: str,
        into: str = "codes",
        *,
        reasons: bool = False,
        no_answer: Sequence[str] | None = None,
        nlp: str = BUNDLED,
    ) -> None:
        self._nlp, self._rules = nlp, RulesOfBatches(codebook, nlp) if codebook is not None else None
        self._machine = Machine(codebook, model, self._rules or Rules(nlp))
        super().__init__(text, into, self._machine.language, reasons=reasons, no_answer=no_answer)
        self.codes, self.name = order_of(codebook, model), self._machine.name
        if self._rules is not None:
            self._rules.ready()

    def __reduce__(self) -> tuple[Any, ...]:
        options: dict[str, Any] = {"reasons": self._reasons, "no_answer": self._no_answer, "nlp": self._nlp}
        made = self._machine.codebook, self._machine.model, self._text, self._into
        return partial(BatchCoder, **options), made

    def _said(self, texts: list[str]) -> Iterable[Outcome]:
        if not texts:
            return []
        if self._rules is not None and self._machine.model is None and not self._reasons:
            return self._by_rules(self._rules, texts)
        with alone():
            return self._of(self._machine.code(_corpus(texts)), len(texts))

    def _by_rules(self, rules: RulesOfBatches, texts: list[str]) -> Iterator[Outcome]:
        """What rules alone give, without a frame of assignments: most of what there is to code is coded so."""
        place = {code: number for number, code in enumerate(self.codes)}
        many = len(place)
        for hits, size in rules.find(texts):
            of_rule = np.array([place[code] for code, _ in hits.rules], dtype=np.int64)
            yield from _outcomes_of(np.unique(hits.text * many + of_rule[hits.rule]), many, size)

    def _of(self, coding: "Coding", size: int) -> Iterable[Outcome]:
        """What the texts of a coding got, which are numbered from 0."""
        place = {code: number for number, code in enumerate(self.codes)}
        many, frame = max(len(place), 1), coding.assignments
        rows = frame["unit"].astype(np.int64).to_numpy()
        codes = frame["code"].map(place).to_numpy(dtype=np.int64)
        found = list(_outcomes_of(np.unique(rows * many + codes), many, size))
        if not self._reasons:
            return found
        given: list[list[Given]] = [[] for _ in range(size)]
        columns = (frame[name].tolist() for name in ("score", "start", "end"))
        for row, code, score, start, end, why in zip(
            rows.tolist(), codes.tolist(), *columns, coding.reasons, strict=True
        ):
            given[row].append(Given(code, round(score, 4), start, end, why.filed()))
        return [Outcome(one.codes, tuple(sorted(why, key=_in_order))) for one, why in zip(found, given, strict=True)]


class TopicCoder(_Batches):
    """What gives batch after batch the numbers of their topics, the first one first."""

    def __init__(
        self, model: "TopicModel", text: str, into: str = "topic", *, no_answer: Sequence[str] | None = None
    ) -> None:
        super().__init__(text, into, model.language, no_answer=no_answer)
        self._model, self.codes, self.name = model, [str(topic) for topic in range(len(model.labels))], "topics"

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(TopicCoder, no_answer=self._no_answer), (self._model, self._text, self._into)

    def _said(self, texts: list[str]) -> Iterable[Outcome]:
        given: list[list[int]] = [[] for _ in texts]
        for start in range(0, len(texts), _AT_ONCE):
            with alone():
                pairs = self._model.assign(_corpus(texts[start : start + _AT_ONCE])).pairs
            for row, topic in zip(pairs["unit"].astype(np.int64).tolist(), pairs["topic"].tolist(), strict=True):
                given[start + row].append(topic)
        return [Outcome(tuple(topics)) for topics in given]


def _corpus(texts: Sequence[str]) -> Corpus:
    """Texts whose ids are their places."""
    return Corpus(pd.DataFrame({TEXT: texts}, index=pd.Index(map(str, range(len(texts))), name="unit", dtype=str)))


def _in_order(given: Given) -> tuple[int, int, int, str]:
    return given.start, given.end, given.code, given.reason


def _outcomes_of(pairs: Ints, many: int, size: int) -> Iterator[Outcome]:
    """The outcome of each of so many texts, from the sorted numbers text * `many` + code."""
    row, code = np.divmod(pairs, max(many, 1))
    ends = np.searchsorted(row, np.arange(1, size + 1)).tolist()
    codes, start = code.tolist(), 0
    for end in ends:
        yield Outcome(tuple(codes[start:end])) if end > start else _NO_CODE
        start = end


_NO_CODE = Outcome(())


class _Known:
    """The outcomes of texts that came lately, so that a text that people often give is coded once."""

    def __init__(self) -> None:
        self._new: dict[str, Outcome] = {}
        self._old: dict[str, Outcome] = {}

    def get(self, text: str) -> Outcome | None:
        found = self._new.get(text)
        if found is None and (found := self._old.get(text)) is not None:
            self.keep({text: found})
        return found

    def keep(self, outcomes: dict[str, Outcome]) -> None:
        self._new.update((text, one) for text, one in outcomes.items() if len(text) <= _SHORT)
        if len(self._new) > _REMEMBERED:
            kept = list(self._new.items())[-_REMEMBERED:]
            self._old, self._new = dict(kept), {}


# Arrow


def _as_batches(batch: ArrowBatch | ArrowStream) -> "Sequence[RecordBatch]":
    from arro3.core import RecordBatch, Table

    if hasattr(batch, "__arrow_c_array__"):
        return [RecordBatch.from_arrow(batch)]
    return Table.from_arrow(batch).to_batches()


def _texts(column: "Array | ChunkedArray", name: str) -> list[str]:
    """The texts of a column, "" for null."""
    from arro3.core import DataType

    kind: DataType = column.type
    if DataType.is_dictionary(kind) or DataType.is_null(kind):
        column = column.cast(DataType.utf8())
    elif not (DataType.is_string(kind) or DataType.is_large_string(kind) or DataType.is_string_view(kind)):
        raise DataError("batches.no_text", column=name, kind=re.sub(r".*<(.*)>\s*", r"\1", str(kind)))
    found: Any = column.to_pylist()
    return [text or "" for text in found]


def _list_of_codes(rows: Sequence[Outcome], codes: Sequence[str]) -> "Array":
    from arro3.core import Array, DataType

    flat = np.fromiter(chain.from_iterable(one.codes or () for one in rows), dtype=np.uint32)
    names = Array(list(codes) or [""], type=DataType.utf8())
    return _list([None if one.codes is None else len(one.codes) for one in rows], names.take(Array.from_numpy(flat)))


def _list_of_reasons(rows: Sequence[Outcome], codes: Sequence[str]) -> "Array":
    from arro3.core import Array, DataType, Field, struct_array

    given = list(chain.from_iterable(one.given for one in rows))
    utf8, whole, real = DataType.utf8(), DataType.int32(), DataType.float64()
    columns = {
        "code": Array([codes[one.code] for one in given], type=utf8),
        "score": Array([one.score for one in given], type=real),
        "start": Array([one.start for one in given], type=whole),
        "end": Array([one.end for one in given], type=whole),
        "reason": Array([one.reason for one in given], type=utf8),
    }
    fields = [Field(name, column.type) for name, column in columns.items()]
    values = struct_array(list(columns.values()), fields=fields)
    return _list([None if one.codes is None else len(one.given) for one in rows], values)


def _list(sizes: Sequence[int | None], values: "Array") -> "Array":
    """A list a row, of the values that follow one another; null where there is no size."""
    from arro3.core import Array, DataType, Field, list_array

    ends = np.cumsum([0, *(size or 0 for size in sizes)], dtype=np.int32)
    mask = Array.from_numpy(np.fromiter((size is None for size in sizes), dtype=np.bool_, count=len(sizes)))
    kind = DataType.list(Field("item", values.type, nullable=True))
    return list_array(Array.from_numpy(ends), values, type=kind, mask=mask)
