"""An empty set of slides of 16:9: one master and four layouts whose places fit what a report puts in them.

Made in code from the template of python-pptx, which is 4:3, so that no file of a program we do not own
has to be kept. Placeholders are real ones: who gives the slides a house style moves everything at once.
"""
# ruff: noqa: ANN401, SLF001 (python-pptx has no way to change a layout but in its XML)

from copy import deepcopy
from typing import Any

from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches

WIDTH, HEIGHT = 13.333, 7.5
LEFT, WIDE = 0.6, 12.133
BODY_TOP, BODY_HIGH = 1.5, 4.95
"""Inches: where charts, tables and texts stand."""
_FOOT_TOP, _FOOT_HIGH = 6.5, 0.62
FOOT = 13
"""The index of the place for base and notes at the foot of a slide."""
TITLE, CHART, TABLE, TEXT = range(4)
_INK, _SOFT, _BLUE = "1C2329", "4C5964", "1F4E79"


def empty_deck() -> Any:
    """A presentation without slides, with the layouts TITLE, CHART, TABLE and TEXT."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for layout in list(deck.slide_layouts)[4:]:
        deck.slide_layouts.remove(layout)
    _master(deck)
    _title(deck.slide_layouts[TITLE])
    body = next(one for one in deck.slide_layouts[CHART].placeholders if one.placeholder_format.idx == 1)
    pattern = deepcopy(body._element)
    heading = deepcopy(deck.slide_layouts[CHART].placeholders[0]._element)
    for place, (name, kind) in enumerate([("Chart", "chart"), ("Table", "tbl"), ("Text", "body")], start=CHART):
        _content(deck.slide_layouts[place], name, kind, heading, pattern)
    return deck


def _master(deck: Any) -> None:
    master = deck.slide_master
    master.name = "coder"
    for place in master.placeholders:
        kind = place.placeholder_format.type
        if place.placeholder_format.idx == 0 and "TITLE" in str(kind):
            _put(place, 0.45, 0.95)
        elif "BODY" in str(kind):
            _put(place, BODY_TOP, BODY_HIGH)
        elif "SLIDE_NUMBER" in str(kind):
            _put(place, 7.08, 0.3, left=11.733, wide=1.0)
        else:
            place._element.getparent().remove(place._element)
    for about in master._element.iter(qn("a:bodyPr")):
        about.set("lIns", "0")
    styles = master._element.find(qn("p:txStyles"))
    first = styles.find(f"{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    first.set("algn", "l")
    _font(first, 2600, bold=True, colour=_BLUE)
    for number, level in enumerate(styles.find(qn("p:bodyStyle"))):
        if number == 0:
            _font(level, 1600, bold=False, colour=_INK)
    theme = next(one.target_part for one in master.part.rels.values() if one.reltype.endswith("/theme"))
    theme._blob = theme.blob.replace(b"4F81BD", _BLUE.encode()).replace(b"C0504D", b"7C9CB8")


def _title(layout: Any) -> None:
    layout.name = "Title"
    for place in list(layout.placeholders):
        if place.placeholder_format.idx == 0:
            _put(place, 2.3, 1.6)
        elif place.placeholder_format.idx == 1:
            _put(place, 4.05, 2.4)
            _levels(place._element, 1800, _SOFT)
        else:
            place._element.getparent().remove(place._element)


def _content(layout: Any, name: str, kind: str, heading: Any, pattern: Any) -> None:
    """A layout of a title, one place of this kind, and the foot."""
    layout.name = name
    for place in list(layout.placeholders):
        if "SLIDE_NUMBER" in str(place.placeholder_format.type):
            _put(place, 7.08, 0.3, left=11.733, wide=1.0)
        else:
            place._element.getparent().remove(place._element)
    layout.shapes._spTree.append(deepcopy(heading))
    for number, (label, type_, index) in enumerate([(name, kind, 1), ("Foot", "body", FOOT)]):
        shape = deepcopy(pattern)
        about = shape.find(f"{qn('p:nvSpPr')}/{qn('p:cNvPr')}")
        about.set("name", f"{label} Placeholder")
        about.set("id", str(90 + number))
        role = shape.find(f"{qn('p:nvSpPr')}/{qn('p:nvPr')}/{qn('p:ph')}")
        role.set("type", type_)
        role.set("idx", str(index))
        layout.shapes._spTree.append(shape)
    for place in layout.placeholders:
        if place.placeholder_format.idx == 0:
            _put(place, 0.45, 0.95)
        elif place.placeholder_format.idx == 1:
            _put(place, BODY_TOP, BODY_HIGH)
            _levels(place._element, 1400, _INK)
        elif place.placeholder_format.idx == FOOT:
            _put(place, _FOOT_TOP, _FOOT_HIGH)
            _levels(place._element, 1100, _SOFT, anchor="b")


def _put(place: Any, top: float, high: float, *, left: float = LEFT, wide: float = WIDE) -> None:
    place.left, place.top, place.width, place.height = (Inches(size) for size in (left, top, wide, high))


def _levels(shape: Any, size: int, colour: str, *, anchor: str = "t") -> None:
    """The text of a place: no bullets, to the left, of this size (hundredths of a point), shrunk where it is long."""
    body = shape.find(qn("p:txBody"))
    about = body.find(qn("a:bodyPr"))
    for child in list(about):
        about.remove(child)
    about.set("anchor", anchor)
    about.set("lIns", "0")
    about.append(parse_xml(f"<a:normAutofit {nsdecls('a')}/>"))
    style = body.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    level = parse_xml(
        f'<a:lvl1pPr {nsdecls("a")} marL="0" indent="0" algn="l"><a:spcBef><a:spcPts val="300"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{size}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )
    style.append(level)


def _font(level: Any, size: int, *, bold: bool, colour: str) -> None:
    font = level.find(qn("a:defRPr"))
    font.set("sz", str(size))
    font.set("b", "1" if bold else "0")
    fill = font.find(qn("a:solidFill"))
    fresh = parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{colour}"/></a:solidFill>')
    font.replace(fill, fresh)
