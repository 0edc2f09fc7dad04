"""A codebook made ready to be looked for: references resolved, words and rows of words numbered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError, shortened
from coder.languages.language import DUTCH, Language, language_of
from coder.languages.lines import Places
from coder.languages.nl.pipeline import BUNDLED
from coder.languages.nl.verbs import apart
from coder.methods.rules.syntax import (
    AllOf,
    AnyOf,
    ButNot,
    Near,
    Reference,
    Row,
    Rule,
    Way,
    Without,
    Word,
    parse,
    plain_word,
    plain_words,
    within,
)
from coder.note import Note

_DECIDES = (Negation.SKIP, Negation.ONLY)
ANY_WORD, PAST_END = -1, -2
NOT_ALONE = -1
_WIDEST, _DEEPEST, _FURTHEST = 12, 80, 20
"""Words of a pattern, operators within one another, and references in a chain, at most."""


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """The rules of a code that are more than a pattern, by their number in the codebook, and its exceptions."""

    negation: Negation
    rules: tuple[tuple[int, Rule], ...]
    exceptions: Rule | None


@dataclass(frozen=True, slots=True)
class SeparableVerb:
    """A verb that is looked for on its own (a pattern), and the words that are its two parts."""

    pattern: int
    lemma: str
    particle: int
    verb: int


@dataclass(frozen=True, slots=True)
class Program:
    """What is looked for.

    `rules` are those of all codes in order, each a code and the rule as written; `alone` has the pattern of each
    that is a pattern and nothing more, and `NOT_ALONE` for those that are `worked_out`.
    `with_signs` marks the rules in which a word asks for signs.
    `steps` has the words of the patterns by number, shape (patterns, longest): `ANY_WORD` stands for any
    word at all, `PAST_END` fills up. `lengths` has their numbers of words. `classed` marks the words that ask for
    a part of speech, `signed` those that ask for signs around them. `named` has what codes and lists that rules
    refer to look for. `left_out` says of rules that cannot be looked for, by number, why.
    """

    rules: tuple[tuple[str, str], ...]
    alone: Places
    with_signs: npt.NDArray[np.bool_]
    worked_out: tuple[WorkedOut, ...]
    words: tuple[Word, ...]
    classed: npt.NDArray[np.bool_]
    signed: npt.NDArray[np.bool_]
    steps: Places
    lengths: Places
    separable: tuple[SeparableVerb, ...]
    named: Mapping[str, Rule]
    left_out: Mapping[int, Note]


def compile_codebook(codebook: Codebook, *, strict: bool = True, classes: bool = True) -> Program:
    """Make a codebook ready; `classes` says whether parts of speech can be asked for.

    Raises `CodebookError` on a rule that cannot be read or that refers to nothing; when not `strict` such a rule is
    left out, and all rules of a code of which an exception is one.
    """
    language = language_of(codebook.language)
    compiler = _Compiler(codebook, language, strict, classes)
    worked_out = tuple(filter(None, [compiler.code(code) for code in codebook.codes]))
    separable = tuple(compiler.separable()) if language is DUTCH else ()
    words, patterns = tuple(compiler.words), compiler.patterns
    lengths = np.fromiter(map(len, patterns), dtype=np.int64, count=len(patterns))
    steps = np.full((len(lengths), lengths.max(initial=1)), PAST_END, dtype=np.int64)
    steps[np.arange(steps.shape[1]) < lengths[:, None]] = list(chain.from_iterable(patterns))
    return Program(
        tuple((code.id, rule) for code in codebook.codes for rule in code.rules),
        np.asarray(compiler.alone, dtype=np.int64),
        np.asarray([rule in compiler.with_signs for code in codebook.codes for rule in code.rules], dtype=np.bool_),
        worked_out,
        words,
        np.asarray([bool(word.pos) for word in words], dtype=np.bool_),
        np.asarray([word.has_signs for word in words], dtype=np.bool_),
        steps,
        lengths,
        separable,
        compiler.named,
        compiler.left_out,
    )


@dataclass(slots=True)
class _Compiler:
    """Numbers what it meets, and remembers which names it is inside of."""

    codebook: Codebook
    language: Language
    strict: bool
    classes: bool
    words: dict[Word, int] = field(default_factory=dict)
    plain: dict[str, int] = field(default_factory=dict)
    patterns: dict[tuple[int, ...], int] = field(default_factory=dict)
    alone: list[int] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    named: dict[str, Rule] = field(default_factory=dict)
    left_out: dict[int, Note] = field(default_factory=dict)
    with_signs: set[str] = field(default_factory=set)
    depth: int = 0
    written: str = ""

    def code(self, code: Code) -> WorkedOut | None:
        """What is to be worked out of a code; its rules that are a pattern and nothing more are noted in `alone`."""
        try:
            self._check_negation(code)
            exceptions = self._any(code.exceptions, code.id) if code.exceptions else None
        except CodebookError as error:
            self._leave_out(len(code.rules), error)
            return None
        may_be_alone = code.negation is Negation.COUNT and exceptions is None
        rules = []
        for written in code.rules:
            try:
                rule = self.node(written, code.id)
            except CodebookError as error:
                self._leave_out(1, error)
                continue
            if may_be_alone and isinstance(rule, int):
                self.alone.append(rule)
            else:
                rules.append((len(self.alone), rule))
                self.alone.append(NOT_ALONE)
        return WorkedOut(code.negation, tuple(rules), exceptions) if rules else None

    def _check_negation(self, code: Code) -> None:
        if code.negation in _DECIDES and not self.language.denies:
            raise CodebookError(
                "rules.negation_unknown", code=code.id, negation=code.negation.value, language=self.language.code
            )

    def _leave_out(self, rules: int, error: CodebookError) -> None:
        """Leave out the next rules, unless `strict`."""
        if self.strict:
            raise error
        first = len(self.alone)
        self.left_out.update(dict.fromkeys(range(first, first + rules), error.note))
        self.alone += [NOT_ALONE] * rules
        self.inside.clear()
        self.depth = 0

    def node(self, rule: str, where: str) -> Rule:
        """What a rule of this code or list looks for."""
        if (texts := plain_words(rule)) is not None:
            for text in texts:
                if text not in self.plain:
                    self.plain[text] = self._word(plain_word(text))
            return self._row([self.plain[text] for text in texts])
        try:
            read, self.written = parse(rule), rule
            if any(isinstance(part, Word) and part.has_signs for part in within(read)):
                self.with_signs.add(rule)
            return self._node(read)
        except CodebookError as error:
            raise CodebookError("rules.in_code", code=where, problem=error.note) from None

    def _node(self, rule: Rule) -> Rule:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise CodebookError("rules.too_many_operators", rule=shortened(self.written), most=_DEEPEST)
        found = self._compiled(rule)
        self.depth -= 1
        return found

    def _compiled(self, rule: Rule) -> Rule:
        match rule:
            case Word():
                return self._pattern([self._word(rule)])
            case Reference(name):
                return self._reference(name)
            case Row(parts) if all(isinstance(part, Word) for part in parts):
                return self._row([self._word(part) for part in parts if isinstance(part, Word)])
            case Row(parts):
                return Row(self._all(parts))
            case AllOf(parts):
                return AllOf(self._all(parts))
            case AnyOf(parts):
                return AnyOf(self._all(parts))
            case Near(left, right, apart, ordered):
                return Near(self._node(left), self._node(right), apart, ordered)
            case Without(wanted, unwanted):
                return Without(self._node(wanted), self._node(unwanted))
            case ButNot() | int():
                return rule

    def _all(self, parts: Iterable[Rule]) -> tuple[Rule, ...]:
        return tuple(self._node(part) for part in parts)

    def _any(self, rules: Iterable[str], where: str) -> Rule:
        return AnyOf(tuple(self.node(rule, where) for rule in rules))

    def _row(self, words: Sequence[int]) -> Rule:
        """Words in a row; many of them in parts, as a pattern is as wide as the widest."""
        if len(words) <= _WIDEST:
            return self._pattern(words)
        parts = [words[start : start + _WIDEST] for start in range(0, len(words), _WIDEST)]
        whole = [[word] for word in words] if any(set(part) == {ANY_WORD} for part in parts) else parts
        return Row(tuple(map(self._pattern, whole)))

    def _pattern(self, words: Sequence[int]) -> int:
        return self.patterns.setdefault(tuple(words), len(self.patterns))

    def _word(self, word: Word) -> int:
        if word.pos and not self.classes:
            of = {"language": self.language.code, "pipeline": BUNDLED}
            raise CodebookError("rules.no_classes", word=word.text, pos=word.pos, **of)
        return ANY_WORD if word.is_any else self.words.setdefault(word, len(self.words))

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
        if len(self.inside) >= _FURTHEST:
            raise CodebookError("rules.chain", name=name, most=_FURTHEST)
        if name in self.inside:
            raise CodebookError("rules.itself", name=name, chain=" > ".join([*self.inside, name]))
        if name not in self.named:
            self.inside.append(name)
            self.named[name] = self._named(name)
            self.inside.pop()
        found = self.named[name]
        return found if isinstance(found, int) else Reference(name)

    def _named(self, name: str) -> Rule:
        if name in self.codebook.lists:
            return self._any(self.codebook.lists[name], name)
        code = next((code for code in self.codebook.codes if code.id == name), None)
        if code is None:
            known = [f"@{one}" for one in (*self.codebook.lists, *self.codebook.ids)]
            raise CodebookError("rules.no_reference", name=name, known=known)
        return self._of_code(code)

    def _of_code(self, code: Code) -> Rule:
        found = self._any(code.rules, code.id)
        return ButNot(found, self._any(code.exceptions, code.id)) if code.exceptions else found
