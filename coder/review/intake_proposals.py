"""What a file of answers has to do with a study: of which question and wave its answers are, and whose codes it has.

And what a new question or study may be called: short, and of what it is about.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import pandas as pd

from coder.files import roles
from coder.files.published_by_content import year_of
from coder.files.sheets import Sheet
from coder.study import Question, Study

ASKED = frozenset("u je jij jullie men we wij ze zij vous tu on nous you they uw".split())
"""Who is asked; in Dutch and French the verb stands just before."""
EMPTY = ASKED | frozenset(
    """
    welke welk wat hoe waarom waar wie wanneer hoeveel waarmee waarover waarvoor waarin is zijn was waren wordt
    worden heeft hebt heb hebben had kan kunt kunnen zou zouden zal zult zullen moet moeten mag wil wilt willen
    doet doen vindt vind ziet zie denkt denk noem geef de het een en of er te in op aan met voor van door bij
    uit om over naar tot als dat die dit deze volgens jouw je mijn ons onze hun haar nog ook niet wel meer zelf
    binnen dan vandaag nu eens al allemaal quel quelle quels quelles que quoi qui comment pourquoi où quand est
    sont a ont peut peuvent le la les un une des du et ou dans sur avec pour par votre vos notre nos leur selon
    au aux ce cette ces en what which how why where who when is are was were do does did can could would should
    will the a an and or of in on with for by to from at about your our their my this that these those there has
    have
    """.split()
)
"""Words that a question is made of, beside what it is about."""


_SAME = 0.8
"""Answers are those of a question where so great a share of them has its texts."""
_FEWEST = 3
_WHOSE = re.compile(
    r"(?:codes?|codering|gecodeerd|coder|labels?|thema'?s?)[ _-]+(?:(?:van|door|by|of|de|par)[ _-]+)?(\D.*)",
    re.IGNORECASE,
)
"""A column of codes that is called by who gave them: "Codes Els"."""


def known(
    study: Study | None, sheet: Sheet, guesses: Sequence[roles.Guess], columns: Sequence[dict[str, Any]], beyond: int
) -> dict[str, str]:
    """The wave and the coder that are proposed; `columns` of answers of a question of the study get its name.

    A file whose answers are in the study is one of their wave, such as the sheet that a colleague coded; of any
    other the year in its name, or in a title above its columns, is the wave.
    """
    found = {"wave": "", "whose": _whose(study, guesses)}
    ids = next((sheet.frame[one.column] for one in guesses if one.role == roles.ID), None)
    questions = [study[name] for name in study.questions()] if study is not None else []
    for guess, column in zip(guesses, columns, strict=True):
        if guess.role != roles.OPEN:
            continue
        name, wave = _of(questions, sheet.frame[guess.column], ids) if not beyond else ("", "")
        name = name or _called(questions, guess)
        column["question"] = name or column["question"]
        found["wave"] = found["wave"] or wave
    if not found["wave"]:
        titles = takewhile(lambda row: sum(cell.strip() != "" for cell in row) < 2, sheet.file.top())  # noqa: PLR2004
        found["wave"] = year_of(sheet.file.path.stem, *(" ".join(row) for row in titles))
    return found


def _of(questions: Sequence[Question], cells: "pd.Series[str]", ids: "pd.Series[str] | None") -> tuple[str, str]:
    """The question whose texts these are, and the wave in which they have the same ids; "" where there is none."""
    filled = cells.str.strip() != ""
    texts = cells.str.strip()[filled]
    names = (ids if ids is not None else pd.Series(range(1, len(cells) + 1), index=cells.index)).astype(str)[filled]
    if len(texts) < _FEWEST:
        return "", ""
    for question in questions:
        units = question.units()
        said = units["text"].str.strip()
        if texts.isin(set(said)).mean() < _SAME:
            continue
        same = {wave: _alike(said, texts, names.str.strip(), str(wave)) for wave in units["wave"].unique()}
        best = max(same, key=lambda wave: same[wave])
        return question.name, str(best) if same[best] >= _SAME else ""
    return "", ""


def _alike(said: "pd.Series[str]", texts: "pd.Series[str]", names: "pd.Series[str]", wave: str) -> float:
    """The share of the texts that the answers of a wave with these ids have."""
    there = said.reindex([f"{wave}:{name}" if wave else name for name in names])
    return float((there.to_numpy() == texts.to_numpy()).mean())


def _called(questions: Sequence[Question], guess: roles.Guess) -> str:
    """The question that is called or worded as the column is."""
    asked = {" ".join(text.split()).casefold() for text in (guess.column, guess.wording) if text.strip()}
    for question in questions:
        if asked & {question.name.casefold(), " ".join(question.roles().wording.split()).casefold()}:
            return question.name
    return ""


def _whose(study: Study | None, guesses: Sequence[roles.Guess]) -> str:
    """Whose codes they are, where the only column of codes says so; as the study spells it."""
    given = [one.column for one in guesses if one.role == roles.CODES]
    match = _WHOSE.fullmatch(given[0].strip()) if len(given) == 1 else None
    if match is None:
        return ""
    spelt: dict[str, str] = {}
    if study is not None:
        spelt = {str(name).casefold(): str(name) for name in study.people()["name"]}
    return spelt.get(match[1].casefold(), match[1])


_LONGEST, _MOST_WORDS = 30, 3
"""A name of so many characters, or made of so many words, is short."""
_NUMBER = re.compile(
    r"(?:[A-Za-z]{0,3}\d+[a-z]?(?:[_.]\d+)*|vraag \d+|question \d+)\s*[.:)\]–-]*\s+(?=\S)", re.IGNORECASE
)
"""The number of a question before its words: "Q12." or "V3 -"."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def short_name(asked: str) -> str:
    """A short name for a question, from how it was asked: what it is about, or its beginning.

    >>> short_name("Welke uitdagingen ziet u voor uw organisatie in de komende drie jaar?")
    'Uitdagingen'
    >>> short_name("Trends")
    'Trends'
    """
    plain = " ".join(asked.split())
    if len(plain) <= _LONGEST:
        return plain
    words = [word for part in _WORD.findall(_NUMBER.sub("", plain, count=1)) for word in _parted(part)]
    while words:
        run = list(takewhile(lambda word: word.casefold() not in EMPTY, words))
        after = words[len(run)].casefold() if len(run) < len(words) else ""
        words = words[len(run) + 1 :]
        kept = run[:-1] if after in ASKED else run
        name = ""
        for word in kept[:_MOST_WORDS]:
            longer = f"{name} {word}".strip()
            name = longer if len(longer) <= _LONGEST else name
        if name:
            return name[:1].upper() + name[1:]
    return _cut(plain)


def _parted(word: str) -> list[str]:
    """A word, and apart from it who is asked ("voyez-vous")."""
    verb, dash, who = word.rpartition("-")
    return [verb, who] if dash and who.casefold() in ASKED else [word]


def _cut(text: str) -> str:
    """The first words that fit."""
    return text if len(text) <= _LONGEST else text[: _LONGEST + 1].rpartition(" ")[0].rstrip(" ,;:") or text[:_LONGEST]


def apart(names: Sequence[str]) -> list[str]:
    """The names, in which one that was there already has a number."""
    found: list[str] = []
    for name in names:
        numbered = (f"{name} {number}" for number in range(2, len(names) + 2))
        found.append(name if name not in found else next(one for one in numbered if one not in found))
    return found


def common_name(names: Sequence[str]) -> str:
    """What names of files have in common at their beginning or their end, in whole words; "" where that is nothing.

    >>> common_name(["plan-kortrijk-2020", "plan-gent-2026"])
    'plan'
    >>> common_name(["kortrijk-2020", "gent-2026"])
    ''
    """
    if len(names) == 1:
        return names[0]
    parts = [re.split(r"([\s_.,–-]+)", name) for name in names]
    first = _named_alike(parts)
    last = _named_alike([one[::-1] for one in parts])[::-1]
    return max(("".join(one).strip(" _.,–-") for one in (first, last)), key=_letters, default="")


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _named_alike(parts: Sequence[Sequence[str]]) -> list[str]:
    """The first parts that all have."""
    return [some[0] for some in takewhile(lambda some: len({*map(str.casefold, some)}) == 1, zip(*parts, strict=False))]
