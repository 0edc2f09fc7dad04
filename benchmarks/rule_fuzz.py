"""Rules that nobody would write, on texts that nobody would write: no traceback, no rule that hangs or harms another.

    python benchmarks/rule_fuzz.py [--rules 10000] [--seed 1]

Rules are put together from words, signs, operators, references and hostile pieces, then some are damaged: a character
taken out, put in, doubled or swapped. Each is looked for beside a rule that is known to be right, in short texts of
every kind and in long ones (a million characters, a word of 100,000 letters, 20,000 negations). It must be read, or
be refused by `CodebookError`, or be left out and said; hits must lie within their text; and the rule beside it must
find what it finds alone. Parts of speech are asked of the short texts alone, as a pipeline reads 60,000 characters a
second. Prints JSON: how many were read, refused and left out, and the slowest; ends with an error
where anything else happens, or where a rule takes longer than ten seconds.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Sequence

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError
from coder.methods.rules.engine import Engine, Hits

SLOWEST, LONG_EVERY = 10.0, 250
"""Processor seconds that a rule may take; and one rule in so many is looked for in the long texts."""
WORDS = [
    *("video", "film", "budget", "meten", "gemeten", "communicatie", "sociale", "media", "foto's", "café", "IJsland"),
    *("AI", "c++", "r&d", "100%", "#mee", ".net", "24/7", "👍", "❤️", "@lijst", "plan/NOUN"),
]
OPERATORS = ["AND", "OR", "NOT", "EN", "OF", "NIET", "NEAR/3", "PRE/2", "NEAR/0", "NEAR/1000"]
HOSTILE = [
    *("NEAR/99999999999999999999999", "PRE/²", "NEAR/٣", "NEAR", "PRE/", "**a**b**c**", "*?*?*", "*", "?", "A*", "* *"),
    *("(", ")", "()", "((((((", '"', '""', "“", "”", "«x»", "'", "’", "=", "==", "@", "@x", "@kring", '@"lijst"'),
    *("/NOUN", "a/NOUN", "plan/VERB", "9" * 300, "a" * 300, "[a-z]*", "\\d+", "(?i)", "\\", "$", "^", "%s", "{x}", "-"),
    *("\u200b", "\u00ad", "\u202e", "\ud83d", "\x00", "\n", "-\n", "\t", "&amp;", "&nbsp;", "<b>", "<!--", "–", "…"),
    *("::", ":-)", "ﬁ", "ｃ＋＋", "e\u0301", "İ", "ß", "👨‍👩‍👧", "🇧🇪"),
]
SHORT = (
    *("", " ", "\u200b", "meer video en geen film", "a.i. A.I. wat nu? (x) [y] {z} \\d+ $^", "video " * 50),
    *("we hebben gemeten, sociale-media & foto's", "c++ r&d 100 % #mee .net 24/7 24 7", "👍🏽👍 ❤️ 👨‍👩‍👧 🇧🇪"),
    "com\u00admu-\nnicatie <b>vid</b>eo &amp;amp; caf&eacute;",
    "\ud83d \x00 ＶＩＤＥＯ ﬁlm İSTANBUL straße e\u0301e\u0301n",
    *("<" * 50 + "&" * 50, "niet geen zonder nooit " * 10),
)
LONG = (
    "de prijs is laag en niet hoog video film media " * 21_000,
    "abc" * 33_000 + " video",
    "geen video " * 20_000,
    "vi-\ndeo <p>film</p> c++ " * 10_000,
)
LISTS = {"lijst": ("video", "sociale media", "c++", "@andere"), "andere": ("film*", '"AI"'), "kring": ("@kring",)}


def main() -> None:
    """Try the rules and print what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)  # noqa: S311 (not for secrets)
    beside = {texts: _told(Engine(_book([], draw)).find(texts), 0) for texts in (SHORT, LONG)}
    count: Counter[str] = Counter()
    slowest = (0.0, "")
    for number in range(given.rules):
        rule = _damaged(_rule(draw, 3), draw)
        texts = LONG if number % LONG_EVERY == 0 and "/" not in rule else SHORT
        start = time.process_time()
        count[_tried(rule, texts, beside[texts], draw)] += 1
        slowest = max(slowest, (time.process_time() - start, rule[:100]))
    print(json.dumps({"rules": given.rules, **count, "slowest_s": round(slowest[0], 2), "slowest": slowest[1]}))
    if slowest[0] > SLOWEST:
        raise SystemExit("A rule took too long.")


def _tried(rule: str, texts: Sequence[str], beside: list[tuple[int, ...]], draw: random.Random) -> str:
    """What became of a rule: read, left out or refused. Raises where something is wrong."""
    book = _book([rule], draw)
    hits = Engine(book, strict=False).find(texts)
    list(hits.reasons)
    for text, start, end in zip(hits.text.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True):
        if not 0 <= start < end <= len(texts[text]):
            raise AssertionError(f"{rule!r} has a hit outside its text.")
    if _told(hits, 1) != beside:
        raise AssertionError(f"{rule!r} changed what another rule finds.")
    if not hits.left_out:
        return "read"
    try:
        Engine(book)
    except CodebookError:
        return "refused"
    return "left_out"


def _book(rules: Sequence[str], draw: random.Random) -> Codebook:
    odd = Code("odd", 1, {}, rules=tuple(rules), negation=draw.choice(list(Negation)))
    right = Code("right", 2, {}, rules=("video", "niet NEAR/2 hoog", "sociale media"))
    return Codebook((odd, right), lists=LISTS)


def _told(hits: Hits, before: int) -> list[tuple[int, ...]]:
    """The hits of the rules after the first so many."""
    rows = zip(*(column.tolist() for column in (hits.rule, hits.text, hits.start, hits.end)), strict=True)
    return [(rule - before, *place) for rule, *place in rows if rule >= before]


def _rule(draw: random.Random, depth: int) -> str:
    kind = draw.random()
    if depth == 0 or kind < 0.35:  # noqa: PLR2004 (shares of kinds of pieces)
        word = draw.choice(HOSTILE if draw.random() < 0.12 else WORDS)  # noqa: PLR2004
        return draw.choice(("{}", "{}", "{}", "{}", '"{}"', "={}", "{}*", "*{}")).format(word)
    parts = [_rule(draw, depth - 1) for _ in range(draw.randint(2, 4))]
    if kind < 0.6:  # noqa: PLR2004
        return " ".join(parts)
    joined = "".join(f" {draw.choice(OPERATORS)} {part}" for part in parts[1:])
    return f"({parts[0]}{joined})" if kind < 0.9 else f"{parts[0]}{joined}"  # noqa: PLR2004


def _damaged(rule: str, draw: random.Random) -> str:
    for _ in range(draw.choice((0, 0, 0, 0, 1, 3))):
        place = draw.randrange(len(rule) + 1)
        piece = draw.choice(("", rule[place : place + 1] * 2, draw.choice('()*?"=@/& \n'), draw.choice(HOSTILE)))
        rule = rule[:place] + piece + rule[place + 1 :]
    return rule * draw.choice((1,) * 40 + (200,))


if __name__ == "__main__":
    main()
