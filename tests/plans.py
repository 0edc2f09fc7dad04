"""Plans as tests make them: documents of blocks, and the fragments that stand on words of them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coder.codebook import Code, Codebook
from coder.documents import BLOCKS, FRAGMENTS, Document, Documents

BOOK = Codebook(
    (
        Code("people", 1, {"nl": "Mensen"}, definition="Wie het werk doet."),
        Code("volunteers", 2, {"nl": "Vrijwilligers"}, net="people"),
        Code("staff", 3, {"nl": "Personeel"}, net="people"),
        Code("climate", 4, {"nl": "Klimaat"}),
    ),
    name="plans",
)
TEXTS = {
    "vrt.pdf": (
        ("heading", "1 Visie"),
        ("paragraph", "Wij geloven in mensen. Vrijwilligers dragen onze werking. Dat blijft zo."),
        ("heading", "1.2 Ploeg"),
        ("paragraph", "Het personeel werkt met vrijwilligers samen."),
    ),
    "pluto.pdf": (
        ("heading", "Plan"),
        ("paragraph", "Ons klimaat verandert snel. Vrijwilligers planten bomen."),
        ("item", "Bomen."),
    ),
    "saturn.pdf": (("heading", "Plan"), ("paragraph", "Wij doen verder zoals altijd.")),
}
ATTRIBUTES = pd.DataFrame(
    {
        "organisatie": ["VRT vzw", "Pluto", "Saturn"],
        "plan": ["plan 2021-2025"] * 3,
        "sector": ["Cultuur", "Jeugd", "Jeugd"],
    },
    index=list(TEXTS),
)


def document(name: str, parts: tuple[tuple[str, str], ...], kind: str = "pdf") -> Document:
    """A document of (kind, text) parts, two blocks a page; headings are of one level."""
    text, rows, section = "", [], ""
    for number, (sort, part) in enumerate(parts):
        section = part if sort == "heading" else section
        page = number // 2 + 1
        row = (len(text), len(text) + len(part), sort, int(sort == "heading"), page, str(page + 2), section, "", -1)
        rows.append(row)
        text += part + "\n\n"
    return Document(name, text, pd.DataFrame(rows, columns=list(BLOCKS)), kind=kind, pages=len(parts) // 2)


def plans(texts: Mapping[str, tuple[tuple[str, str], ...]] = TEXTS, attributes: pd.DataFrame = ATTRIBUTES) -> Documents:
    """These documents."""
    return Documents(tuple(document(name, parts) for name, parts in texts.items()), attributes)


def on(documents: Documents, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> pd.DataFrame:
    """Fragments of document, words, code and coder ("an" unless given), each where its words first stand."""
    made = []
    for name, words, code, *coder in rows:
        start = documents[name].text.index(words)
        made.append((name, start, start + len(words), code, coder[0] if coder else "an", "", ""))
    return pd.DataFrame(made, columns=list(FRAGMENTS))


def read_whole(documents: Documents, *names: str, coder: str = "an") -> pd.DataFrame:
    """Read marks of whole documents."""
    rows = [(name, 0, len(documents[name].text), coder) for name in names]
    return pd.DataFrame(rows, columns=["document", "start", "end", "coder"])


PLANS = plans()
FOUND = on(
    PLANS,
    ("vrt.pdf", "Vrijwilligers dragen onze werking.", "volunteers"),
    ("vrt.pdf", "Het personeel werkt met vrijwilligers samen.", "staff"),
    ("vrt.pdf", "vrijwilligers samen", "volunteers"),
    ("pluto.pdf", "Ons klimaat verandert snel.", "climate"),
    ("pluto.pdf", "Vrijwilligers planten bomen.", "volunteers"),
)


def cells(frame: pd.DataFrame, row: str, *names: str, by: str = "code") -> list[Any]:
    """These cells of the row of a code, or of what stands in another column."""
    found: list[Any] = frame.loc[frame[by] == row, list(names)].to_numpy(dtype=object).tolist()[0]
    return found
