"""What is said to people, as data: the key of a sentence and the values in it, in no language yet.

And how long work says how far it is, without knowing who listens.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self


class Text(str):  # noqa: SLOT000 (a slot cannot be in a str)
    """A text that its author gave in one or more languages, such as the label of a code.

    As a `str` it is the one that files hold; `named` gives it as people of a language read it.

    >>> label = Text("AI", {"nl": "Artificiële intelligentie"})
    >>> label, label.named("nl"), label.named("fr")
    ('AI', 'Artificiële intelligentie', 'AI')
    """

    _by_language: Mapping[str, str]

    def __new__(cls, text: str, by_language: Mapping[str, str] | None = None) -> Self:
        """The text that files hold, and what it is in each language."""
        made = super().__new__(cls, text)
        made._by_language = dict(by_language or {})
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (str(self), self._by_language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that its author gave it in."""
        return tuple(self._by_language)

    def named(self, language: str) -> str:
        """The text in this language; the one that files hold where there is none."""
        return self._by_language.get(language) or str(self)


class Note:
    """A sentence as data: its key in the catalogues of `coder.words`, and the values that it names.

    Values are texts, numbers, dates, other notes, `Text`, or sequences of these. `str` says the note in the language
    that was chosen (see `coder.words.chosen`).

    >>> Note("tables.dropped", limit=10, labels=["Video"]).values["limit"]
    10
    """

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, Any]

    def __init__(self, key: str, /, **values: Any) -> None:  # noqa: ANN401 (what a sentence may name)
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Note cannot be changed: {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash((self.key, tuple(sorted(self.values))))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.key, dict(self.values))

    def __repr__(self) -> str:
        return f"Note({', '.join([repr(self.key), *(f'{name}={value!r}' for name, value in self.values.items())])})"

    def __str__(self) -> str:
        from coder.words import say  # noqa: PLC0415 (a note shows itself; nothing else below imports the words)

        return say(self)


def stored(value: Any) -> Any:  # noqa: ANN401 (a note, or what one names)
    """A note, or a value in one, as JSON has it; `restored` makes it again."""
    if isinstance(value, Note):
        return {"note": value.key, "values": {name: stored(one) for name, one in dict(value.values).items()}}
    if isinstance(value, (list, tuple)):
        return [stored(one) for one in value]
    if hasattr(value, "item"):
        return value.item()  # a number of numpy
    return value if isinstance(value, (int, float, str, bool)) or value is None else str(value)


def restored(value: Any) -> Any:  # noqa: ANN401 (a note, or what one names)
    """What `stored` gave, as it was; sequences are lists."""
    if isinstance(value, dict):
        return Note(value["note"], **{name: restored(one) for name, one in value["values"].items()})
    return [restored(one) for one in value] if isinstance(value, list) else value


def counted(noun: str, count: int) -> Note:
    """So many of something, for a sentence with several counts: `noun` is answers, coded, codes, rules or topics.

    >>> str(counted("codes", 1)), str(counted("answers", 12))
    ('1 code', '12 answers')
    """
    return Note(f"words.n_{noun}", count=count)


def some(names: Sequence[Any], most: int) -> "Sequence[Any] | Note":
    """The first of many names as the value of a sentence, with how many more there are.

    >>> str(some(["a", "b", "c", "d"], 2))
    'a, b and 2 more'
    """
    shown = list(names[:most])
    return shown if len(names) <= most else Note("words.and_more", names=shown, count=len(names) - most)


def _again(key: str, values: Mapping[str, Any]) -> Note:
    return Note(key, **values)


Progress = Callable[[str, int, int], None]
"""Told the step (a key of the catalogues, `progress.coding`), how much of it is done, and how much there is."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Say nothing: the progress of library calls unless they are given another."""
