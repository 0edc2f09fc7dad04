"""A codebook made ready to be looked for: references resolved, words and rows of words numbered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from coder.codebook import Code, Codebook, Negation
from coder.dutch.verbs import apart
from coder.errors import CodebookError
from coder.methods.rules.language import (
    All,
    Any,
    Except,
    Near,
    Pattern,
    Reference,
    Row,
    Rule,
    Way,
    Without,
    Word,
    parse,
)

ANY_WORD, PAST_END = -1, -2
NOT_ALONE = -1


@dataclass(frozen=True, slots=True)
class CompiledCode:
    """A code's rules and exceptions, each as written and as what is looked for."""

    id: str
    negation: Negation
    rules: tuple[tuple[str, Rule], ...]
    exceptions: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class SeparableVerb:
    """A verb that is looked for on its own (a pattern), and the words that are its two parts."""

    pattern: int
    lemma: str
    particle: int
    verb: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is looked for.

    `steps` has the words of the patterns by number, shape (patterns, longest): `ANY_WORD` stands for any
    word at all, `PAST_END` fills up. `lengths` has their numbers of words.
    """

    codes: tuple[CompiledCode, ...]
    words: tuple[Word, ...]
    steps: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    alone: npt.NDArray[np.int64]
    separable: tuple[SeparableVerb, ...]


def compiled(codebook: Codebook) -> Compiled:
    """Make a codebook ready. Raises `CodebookError` on a rule that cannot be read or that refers to nothing."""
    compiler = _Compiler(codebook)
    codes = tuple(
        CompiledCode(
            code.id,
            code.negation,
            tuple((rule, compiler.node(rule, code.id)) for rule in code.rules),
            tuple(compiler.node(rule, code.id) for rule in code.exceptions),
        )
        for code in codebook.codes
    )
    separable = tuple(compiler.separable())
    lengths = np.asarray([len(words) for words in compiler.patterns], dtype=np.int64)
    steps = np.full((len(lengths), lengths.max(initial=1)), PAST_END, dtype=np.int64)
    for number, words in enumerate(compiler.patterns):
        steps[number, : len(words)] = words
    alone = np.asarray([_alone(code, rule) for code in codes for _, rule in code.rules], dtype=np.int64)
    return Compiled(codes, tuple(compiler.words), steps, lengths, alone, separable)


def _alone(code: CompiledCode, rule: Rule) -> int:
    """The pattern of a rule that has all its stretches and no others."""
    if isinstance(rule, Pattern) and code.negation is Negation.COUNT and not code.exceptions:
        return rule.number
    return NOT_ALONE


@dataclass(slots=True)
class _Compiler:
    """Numbers what it meets, and remembers which names it is inside of."""

    codebook: Codebook
    words: dict[Word, int] = field(default_factory=dict)
    patterns: dict[tuple[int, ...], int] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)
    named: dict[str, Rule] = field(default_factory=dict)

    def node(self, rule: str, where: str) -> Rule:
        """What a rule of this code or list looks for."""
        try:
            return self._node(parse(rule))
        except CodebookError as error:
            raise CodebookError(f"Code {where!r}: {error}") from None

    def _node(self, rule: Rule) -> Rule:
        match rule:
            case Word():
                return self._pattern((rule,))
            case Reference(name):
                return self._reference(name)
            case Row(parts) if all(isinstance(part, Word) for part in parts):
                return self._pattern([part for part in parts if isinstance(part, Word)])
            case Row(parts):
                return Row(self._all(parts))
            case All(parts):
                return All(self._all(parts))
            case Any(parts):
                return Any(self._all(parts))
            case Near(left, right, apart, ordered):
                return Near(self._node(left), self._node(right), apart, ordered)
            case Without(wanted, unwanted):
                return Without(self._node(wanted), self._node(unwanted))
            case Except() | Pattern():
                return rule

    def _all(self, parts: Iterable[Rule]) -> tuple[Rule, ...]:
        return tuple(self._node(part) for part in parts)

    def _pattern(self, words: Sequence[Word]) -> Pattern:
        numbers = tuple(ANY_WORD if word.is_any else self._word(word) for word in words)
        return Pattern(self.patterns.setdefault(numbers, len(self.patterns)))

    def _word(self, word: Word) -> int:
        return self.words.setdefault(word, len(self.words))

    def separable(self) -> Iterator[SeparableVerb]:
        """The inflected words that are looked for on their own and have a particle that may stand apart."""
        lone = [(numbers[0], pattern) for numbers, pattern in self.patterns.items() if len(numbers) == 1]
        words = list(self.words)
        for word, pattern in ((words[number], pattern) for number, pattern in lone if number != ANY_WORD):
            if word.way is Way.INFLECTED and (parts := apart(word.text)) is not None:
                particle, verb = parts
                numbers = self._word(Word(particle, Way.WRITTEN)), self._word(Word(verb, Way.INFLECTED))
                yield SeparableVerb(pattern, particle + verb, *numbers)

    def _reference(self, name: str) -> Rule:
        if name in self.inside:
            raise CodebookError(f"@{name} refers to itself ({' > '.join([*self.inside, name])}).")
        if name not in self.named:
            self.inside.append(name)
            self.named[name] = self._named(name)
            self.inside.pop()
        return self.named[name]

    def _named(self, name: str) -> Rule:
        if name in self.codebook.lists:
            return Any(tuple(self.node(rule, name) for rule in self.codebook.lists[name]))
        code = next((code for code in self.codebook.codes if code.id == name), None)
        if code is None:
            known = ", ".join(f"@{one}" for one in (*self.codebook.lists, *self.codebook.ids))
            raise CodebookError(f"@{name} is neither a code nor a list of words. There are: {known}.")
        return self._of_code(code)

    def _of_code(self, code: Code) -> Rule:
        found = Any(tuple(self.node(rule, code.id) for rule in code.rules))
        if not code.exceptions:
            return found
        exceptions = Any(tuple(self.node(rule, code.id) for rule in code.exceptions))
        return Except(found, exceptions)
