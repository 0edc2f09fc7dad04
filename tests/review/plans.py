"""Synthetic Dutch policy plans, and a study that has them."""

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

import pandas as pd

from coder import Code, Codebook
from coder.documents import BLOCKS, SECTION, Document, Documents
from coder.study import Study

_CODES = {
    "digital": ("Digitalisering", "digitale media, platformen, data"),
    "volunteers": ("Vrijwilligers", "werven, vormen en waarderen"),
    "cooperation": ("Samenwerking", "met andere organisaties"),
    "diversity": ("Diversiteit en inclusie", "drempels, nieuwe groepen"),
    "climate": ("Klimaat en duurzaamheid", "ecologische voetafdruk"),
    "funding": ("Financiering", "subsidies en eigen inkomsten"),
    "youth": ("Jongeren", "tot 26 jaar"),
    "wellbeing": ("Welzijn van medewerkers", "werkdruk, opleiding"),
    "local": ("Lokale verankering", "buurt, gemeente, regio"),
}
BOOK = Codebook(
    (
        *(
            Code(id_, 1 + place, {"nl": told[0]}, definition=told[1])
            for place, (id_, told) in enumerate(_CODES.items())
        ),
        Code("other", 99, {"nl": "Andere", "en": "Other", "fr": "Autres"}),
    ),
    name="plans",
    language="nl",
)
SENTENCES = (
    "Tegen 2028 heeft elke afdeling een digitaal aanspreekpunt dat leden helpt bij hun eerste stappen online.",
    "We brengen in kaart welke drempels nieuwe deelnemers ervaren, bv. taal, vervoer en kostprijs.",
    "De vrijwilligers blijven het hart van de vereniging; we investeren in vorming, waardering en verzekering.",
    "Samen met drie partnerorganisaties ontwikkelen we een gedeeld platform voor het vormingsaanbod.",
    "Onze ecologische voetafdruk daalt met 30 % ten opzichte van 2021, onder meer door minder drukwerk.",
    "Jongeren tussen 16 en 26 jaar krijgen een eigen budget en beslissen zelf waaraan ze het besteden.",
    "De werkdruk van medewerkers wordt elk half jaar gemeten en besproken in het team.",
    "In elke gemeente zoeken we één plek die we met buurtwerk, bibliotheek en sportclub delen.",
    "Naast de structurele subsidie willen we tegen 2027 een kwart eigen inkomsten halen.",
    "We evalueren jaarlijks met leden, partners en de overheid of we op koers liggen.",
    "De nieuwsbrief wordt vervangen door een podcastreeks waarin leden zelf aan het woord komen.",
    "Wie minder mobiel is, kan alle lezingen voortaan ook van thuis uit volgen.",
    "Dat vraagt tijd, en die tijd maken we vrij door te stoppen met twee jaarlijkse evenementen.",
    "De raad van bestuur wordt een afspiegeling van de samenleving waarin we werken.",
)
_HEADINGS = (
    "Missie en visie", "Omgevingsanalyse", "Strategische doelstellingen", "Digitale transformatie", "Vrijwilligers",
    "Partnerschappen", "Participatie en inclusie", "Duurzaamheid", "Personeel", "Financieel plan",
)  # fmt: skip
_KINDS = ("paragraph", "paragraph", "paragraph", "item", "item", "paragraph", "row", "paragraph", "footnote")


def document(name: str, parts: Iterable[tuple[str, str] | tuple[str, str, int]], *, a_page: int = 3_000) -> Document:
    """A document of parts: kind, text and, for a heading, its level. A turn begins with "Name: "."""
    text, rows = "", []
    path: list[str] = []
    for kind, part, *rest in parts:
        level = (rest[0] if rest else 1) if kind == "heading" else 0
        if level:
            path = [*path[: level - 1], part]
        page = 1 + len(text) // a_page
        speaker = part.partition(":")[0] if kind == "turn" else ""
        place = len(text), len(text) + len(part)
        rows.append((*place, kind, level, page, str(page + 2), SECTION.join(path), speaker, -1))
        text += part + "\n\n"
    return Document(name, text, pd.DataFrame(rows, columns=list(BLOCKS)), kind="pdf", pages=1 + len(text) // a_page)


def long_plan(name: str, characters: int, seed: int = 0) -> Document:
    """A plan of about so many characters, in chapters and sections."""
    parts: list[tuple[str, str] | tuple[str, str, int]] = [("heading", f"Beleidsplan {name}", 1)]
    size = 0
    for number in count(seed):
        if size >= characters:
            return document(name, parts)
        if number % 9 == seed % 9:
            chapter = (number - seed) // 9
            title = _HEADINGS[chapter % len(_HEADINGS)]
            level = 1 if chapter % 3 == 0 else 2
            parts.append(("heading", f"{chapter // 3 + 1}{'' if level == 1 else f'.{chapter % 3}'} {title}", level))
        kind = _KINDS[number * 5 % len(_KINDS)]
        length = 1 if kind in ("item", "row", "footnote") else 2 + number % 3
        said = [SENTENCES[(number * 7 + step * 3) % len(SENTENCES)] for step in range(length)]
        part = " | ".join([said[0][:60].rsplit(" ", 1)[0], "2026", "Coördinator"]) if kind == "row" else " ".join(said)
        parts.append((kind, part))
        size += len(part) + 2
    raise AssertionError


def make_plans(path: Path, documents: Sequence[Document], attributes: pd.DataFrame | None = None) -> Path:
    """A study with these documents as its set "plannen"."""
    with Study.create(path, name="Beleidsplannen") as study:
        add_plans(study, documents, attributes)
    return path


def add_plans(study: Study, documents: Sequence[Document], attributes: pd.DataFrame | None = None) -> None:
    """Add these documents to a study as its set "plannen", with a codebook."""
    study.documents("plannen").add(Documents(tuple(documents), _known(documents, attributes)), who="anna")
    study["plannen"].set_codebook(BOOK, "anna")


def _known(documents: Sequence[Document], attributes: pd.DataFrame | None) -> pd.DataFrame:
    if attributes is not None:
        return attributes
    sectors = ("Cultuur", "Jeugd", "Sport", "Welzijn")
    rows = {one.name: {"sector": sectors[place % 4], "period": "2026-2030"} for place, one in enumerate(documents)}
    return pd.DataFrame.from_dict(rows, orient="index")
