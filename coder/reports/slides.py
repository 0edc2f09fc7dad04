"""Slides to write on, with charts that people can edit: what a .pptx is made of; Word has the same charts.

Slides are those of a house style, or our own, with a title, one place for what they show, and a foot. Layouts are
chosen by their placeholders, for their names are in the language of who made them. Our own set (16:9, one master and
two layouts) is made in code from the template of python-pptx, which is 4:3, so that no file of a program we do not own
has to be kept. Placeholders are real ones: who gives the slides a house style moves everything at once.

The colours of a chart are those of the theme, so that a house style has its own. This wave has the accent and the last
one is grey; where some bars changed significantly the others are lighter, and the figures of those have a sign too, for
who sees no colours.
"""
# ruff: noqa: ANN401, SLF001 (python-pptx types little, and what it has no word for is set in the XML)

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from html import escape
from io import BytesIO
from math import ceil
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.placeholder import ChartPlaceholder, TablePlaceholder
from pptx.util import Inches, Pt
from xlsxwriter import Workbook

from coder.errors import DataError
from coder.reports.chart import SIGNS, Chart, NativeChart, Series
from coder.reports.template import Template
from coder.reports.write_xlsx import percent_format

TEXT, FOOT = 14, 12
"""Points of the text on a slide and of its foot; no letters are smaller than these."""
FOOT_HIGH, _LEAST_TITLE = 0.72, 14
_INCH = 914400
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_CONTENT = (PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.CHART, PP_PLACEHOLDER.TABLE, PP_PLACEHOLDER.BODY)
"""Placeholders that may hold what a slide shows, those that take anything first."""
_BELOW = (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE)
_SMALL = 0.4
"""A place that is less of its slide than this is none for a chart or table."""
BARS = XL_CHART_TYPE.BAR_CLUSTERED
POINTS = 12
"""Points of all letters of a chart on a slide."""
_TEXT, _PAPER = MSO_THEME_COLOR.TEXT_1, MSO_THEME_COLOR.BACKGROUND_1
_ACCENTS = tuple(getattr(MSO_THEME_COLOR, f"ACCENT_{number}") for number in range(1, 7))
_LIGHT, _TINT, _FAINT = -0.15, 0.4, 0.7
"""How much darker than the ground the bars of the last wave are; how much lighter than the accent those under an
interval or not significant, and those that are both."""

Fill = tuple[Any, float]
"""A colour of the theme, and how much lighter (above 0) or darker it is."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    wide: float
    high: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.high

    @classmethod
    def of(cls, place: Any) -> "Box":
        """The place that a shape takes."""
        return cls(*(int(size or 0) / _INCH for size in (place.left, place.top, place.width, place.height)))

    def put(self, place: Any) -> None:
        """Let a shape take this place."""
        place.left, place.top, place.width, place.height = map(Inches, (self.left, self.top, self.wide, self.high))


@dataclass(frozen=True, slots=True)
class Deck:
    """Slides being made: their layouts, and the place that each slide has for what it shows.

    `index` is the placeholder that takes it, None where the layout has none; `foot` that of the foot in our own slides.
    """

    file: Any
    front: Any
    layout: Any
    index: int | None
    room: Box
    foot: int | None = None

    def title(self, title: str, lines: Sequence[str]) -> None:
        """The first slide."""
        slide = self._added(self.front)
        _titled(slide, title)
        text = "\n".join(lines)
        below = [one for one in slide.placeholders if one.placeholder_format.type not in _TITLES]
        kinds = (PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)
        place = next((one for kind in kinds for one in below if one.placeholder_format.type == kind), None)
        if place is not None and text:
            place.text_frame.text = text
        for one in below:
            if one is not place or not text:
                _remove(one)
        if place is None and text:
            self._text_box(slide, replace(self.room, high=FOOT_HIGH), text)
        _numbered(slide, self.front)

    def slide(self, title: str, foot: Sequence[str], notes: str) -> "Slide":
        """A slide with its title, its foot of these lines, and what stands in its notes."""
        slide = self._added(self.layout)
        _titled(slide, title)
        place = _numbered_place(slide, self.index)
        foot_place = _numbered_place(slide, self.foot)
        for one in list(slide.placeholders):
            if one not in (place, foot_place, slide.shapes.title):
                _remove(one)
        text, room = "\n".join(filter(None, foot)), self.room
        if foot_place is not None:
            foot_place.text = text
            if not text:
                _remove(foot_place)
        elif text:
            room = replace(room, high=room.high - FOOT_HIGH)
            self._text_box(slide, Box(room.left, room.bottom, room.wide, FOOT_HIGH), text)
        _numbered(slide, self.layout)
        if notes and (frame := slide.notes_slide.notes_text_frame) is not None:
            frame.text = notes
        return Slide(slide, place, room)

    def _added(self, layout: Any) -> Any:
        return self.file.slides.add_slide(layout)

    def _text_box(self, slide: Any, box: Box, text: str) -> None:
        """Words in a place of their own."""
        frame = slide.shapes.add_textbox(*map(Inches, (box.left, box.top, box.wide, box.high))).text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.BOTTOM
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.text = text
        for paragraph in frame.paragraphs:
            paragraph.font.size = Pt(FOOT)


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide and the room that is left on it; `place` is the placeholder that fills it, None where there is none."""

    slide: Any
    place: Any
    room: Box

    def chart(self, native: NativeChart) -> None:
        """Fill the place with a chart."""
        if (place := self.place) is None:
            frame = self.slide.shapes.add_chart(BARS, 0, 0, 0, 0, chart_data(native.chart))
        else:
            frame = ChartPlaceholder(place._element, place._parent).insert_chart(  # type: ignore[no-untyped-call]
                BARS, chart_data(native.chart)
            )
        self.room.put(frame)
        _alternative(frame, native.chart.described())
        dress_chart(frame.chart, native)

    def table(self, rows: int, columns: int, name: str, style: str | None) -> Any:
        """An empty table at the top of the place; `style` is the id of its style, None for that of python-pptx."""
        if (place := self.place) is None:
            frame = self.slide.shapes.add_table(rows, columns, 0, 0, 0, 0)
        else:
            frame = TablePlaceholder(place._element, place._parent).insert_table(rows, columns)  # type: ignore[no-untyped-call]
        self.room.put(frame)
        _alternative(frame, name)
        if style:
            frame._element.find(f".//{qn('a:tableStyleId')}").text = style
        return frame.table

    def text(self) -> Any:
        """The text of the place, empty and without bullets."""
        if (place := self.place) is None:
            place = self.slide.shapes.add_textbox(0, 0, 0, 0)
            place.text_frame.word_wrap = True
        self.room.put(place)
        return place.text_frame


def table_style(deck: Deck) -> str | None:
    """The style that the slides have for tables: that of the house where it has one, else a light one."""
    part = next((one.target_part for one in deck.file.part.rels.values() if one.reltype.endswith("/tableStyles")), None)
    return None if part is None else parse_xml(part.blob).get("def")


def house_deck(template: Template) -> Deck:
    """The slides of a house style, without those that are in it.

    Raises `DataError` where no layout has a title.
    """
    file = template.opened()
    layouts = [one for master in file.slide_masters for one in master.slide_layouts]
    shown = {one.slide_layout.part.partname for one in file.slides}
    layouts.sort(key=lambda one: one.part.partname not in shown)  # those that the house shows come first
    _emptied(file)
    titled = [one for one in layouts if _of(one, _TITLES)]
    if not titled:
        raise DataError("report.template_bare", file=template.name)
    size = Box(0, 0, file.slide_width / _INCH, file.slide_height / _INCH)
    front = next((one for one in titled if _of(one, (PP_PLACEHOLDER.SUBTITLE,))), titled[0])
    wanted = [(layout, place) for layout in titled if layout is not front for place in _places(layout, size)]
    if wanted:
        layout, place = max(wanted, key=_fit)
        return Deck(file, front, layout, place.placeholder_format.idx, Box.of(place))
    layout = min((one for one in titled if one is not front or len(titled) == 1), key=lambda one: len(one.placeholders))
    return Deck(file, front, layout, None, _under(layout, size))


def _emptied(file: Any) -> None:
    """Drop the slides, and the lists that name them."""
    slides = file.slides._sldIdLst
    for one in list(slides):
        file.part.drop_rel(one.rId)
        slides.remove(one)
    about = file.part._element
    for name in ("p:custShowLst",):
        for one in about.findall(qn(name)):
            about.remove(one)
    for one in list(about.iter("{http://schemas.microsoft.com/office/powerpoint/2010/main}sectionLst")):
        ext = one.getparent()
        ext.getparent().remove(ext)


def _of(layout: Any, kinds: Sequence[Any]) -> list[Any]:
    return [one for one in layout.placeholders if one.placeholder_format.type in kinds]


def _places(layout: Any, size: Box) -> Iterator[Any]:
    """The one place of a layout that is large enough for a chart: where it has two, it is made for two."""
    large = [
        one
        for one in _of(layout, _CONTENT)
        if (box := Box.of(one)).wide * box.high >= _SMALL * size.wide * size.high and box.wide >= box.high
    ]
    if len(large) == 1:
        yield large[0]


def _fit(wanted: tuple[Any, Any]) -> tuple[int, int, float]:
    """How well a layout serves: one that takes anything, with little else on it, and much room."""
    layout, place = wanted
    others = sum(one.placeholder_format.type not in (*_TITLES, *_BELOW) for one in layout.placeholders) - 1
    box = Box.of(place)
    return -_CONTENT.index(place.placeholder_format.type), -others, round(box.wide * box.high, 1)


def _under(layout: Any, size: Box) -> Box:
    """What is left of a slide under its title and above its date and number."""
    title = Box.of(_of(layout, _TITLES)[0])
    low = [box.top for one in _of(layout, _BELOW) if (box := Box.of(one)).top > size.high / 2]
    top = title.bottom + 0.1 if title.bottom < size.high / 2 else 1.5
    bottom = min([*low, size.high - 0.4])
    left = title.left or 0.5
    return Box(left, top, min(title.wide or size.wide, size.wide - 2 * left), bottom - top)


def _numbered_place(slide: Any, index: int | None) -> Any:
    """The placeholder of this index that is no title: some programs give all of them the same."""
    found = (one for one in slide.placeholders if one.placeholder_format.type not in _TITLES)
    return next((one for one in found if one.placeholder_format.idx == index), None)


def _titled(slide: Any, title: str) -> None:
    """Write the title, in smaller letters where those of its layout leave no room for it."""
    place = slide.shapes.title
    place.text_frame.text = title
    box, own = Box.of(place), _title_points(slide)
    sizes = [own, *range(min(int(own) - 1, 60), _LEAST_TITLE - 1, -1)]
    size = next((one for one in sizes if _needs(title, one, box.wide - 0.2) <= box.high), _LEAST_TITLE)
    if size != own:
        for paragraph in place.text_frame.paragraphs:
            paragraph.font.size = Pt(size)


def _needs(title: str, points: float, wide: float) -> float:
    """Inches of height that a title takes in letters of this size."""
    line = max(wide * 72 / (points * 0.56), 1)
    return ceil(len(title) / line) * points * 1.2 / 72


def _title_points(slide: Any) -> float:
    """The size of the letters of a title, as its layout or its master has it."""
    layout = slide.slide_layout
    shapes = [*_of(layout, _TITLES), *_of(layout.slide_master, _TITLES)]
    styles = [one._element.find(f"{qn('p:txBody')}/{qn('a:lstStyle')}") for one in shapes]
    styles.append(layout.slide_master._element.find(f"{qn('p:txStyles')}/{qn('p:titleStyle')}"))
    for style in styles:
        font = None if style is None else style.find(f"{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
        if font is not None and font.get("sz"):
            return int(font.get("sz")) / 100
    return 44.0


def _numbered(slide: Any, layout: Any) -> None:
    """Give a slide the number that its layout has a place for; python-pptx leaves it out."""
    for place in _of(layout, (PP_PLACEHOLDER.SLIDE_NUMBER,)):
        shape = deepcopy(place._element)
        looks = shape.find(qn("p:spPr"))
        for one in list(looks):
            looks.remove(one)
        shape.find(f"{qn('p:nvSpPr')}/{qn('p:cNvPr')}").set("id", str(max(one.shape_id for one in slide.shapes) + 1))
        slide.shapes._spTree.append(shape)


def _alternative(frame: Any, text: str) -> None:
    frame._element.nvGraphicFramePr.cNvPr.set("descr", text)


def _remove(place: Any) -> None:
    place._element.getparent().remove(place._element)


# Our own slides

_WIDTH, _HEIGHT = 13.333, 7.5
_LEFT, _WIDE = 0.6, 12.133
_ROOM = Box(_LEFT, 1.5, _WIDE, 4.85)
_FOOT = 13
"""The index of the place for base and notes at the foot of a slide."""
_INK, _SOFT, _BLUE = "1C2329", "4C5964", "1F4E79"
_LIGHT_TABLE = b"{3B4B98B0-60AC-42C2-AFA5-B58CD77FA1E5}"
"""A style that PowerPoint knows: lines above and below, pale bands, in the accent."""


def plain_deck() -> Deck:
    """Slides without a house style."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    for layout in list(deck.slide_layouts)[2:]:
        deck.slide_layouts.remove(layout)
    _master(deck)
    front, content = deck.slide_layouts
    _front(front)
    _content(content)
    return Deck(deck, front, content, 1, _ROOM, _FOOT)


def _master(deck: Any) -> None:
    master = deck.slide_master
    master.name = "coder"
    for place in master.placeholders:
        kind = place.placeholder_format.type
        if kind == PP_PLACEHOLDER.TITLE:
            Box(_LEFT, 0.45, _WIDE, 0.95).put(place)
        elif kind == PP_PLACEHOLDER.BODY:
            _ROOM.put(place)
        elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            _number_box().put(place)
        else:
            _remove(place)
    for about in master._element.iter(qn("a:bodyPr")):
        about.set("lIns", "0")
    styles = master._element.find(qn("p:txStyles"))
    first = styles.find(f"{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    first.set("algn", "l")
    _font(first, 2600, bold=True, colour=_BLUE)
    for number, level in enumerate(styles.find(qn("p:bodyStyle"))):
        if number == 0:
            _font(level, 1600, bold=False, colour=_INK)
    _rewritten(master.part, "/theme", {b"4F81BD": _BLUE.encode(), b"C0504D": b"7C9CB8"})
    _rewritten(deck.part, "/tableStyles", {b"{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}": _LIGHT_TABLE})


def _rewritten(part: Any, kind: str, words: Mapping[bytes, bytes]) -> None:
    """Write other words in the part of this kind that a part has."""
    other = next(one.target_part for one in part.rels.values() if one.reltype.endswith(kind))
    for old, new in words.items():
        other._blob = other.blob.replace(old, new)


def _number_box() -> Box:
    return Box(11.733, 7.06, 1.0, 0.32)


def _front(layout: Any) -> None:
    layout.name = "Title"
    for place in list(layout.placeholders):
        kind = place.placeholder_format.type
        if kind in _TITLES:
            Box(_LEFT, 2.3, _WIDE, 1.6).put(place)
        elif kind == PP_PLACEHOLDER.SUBTITLE:
            Box(_LEFT, 4.05, _WIDE, 2.4).put(place)
            _levels(place._element, 1800, _SOFT)
        else:
            _remove(place)


def _content(layout: Any) -> None:
    """A layout of a title, one place for anything, and the foot."""
    layout.name = "Content"
    for place in list(layout.placeholders):
        kind = place.placeholder_format.type
        if kind == PP_PLACEHOLDER.OBJECT:
            shape = deepcopy(place._element)
            _ROOM.put(place)
            _levels(place._element, 100 * TEXT, _INK)
        elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            _number_box().put(place)
        elif kind not in _TITLES:
            _remove(place)
    about = shape.find(f"{qn('p:nvSpPr')}/{qn('p:cNvPr')}")
    about.set("name", "Foot Placeholder")
    about.set("id", "90")
    role = shape.find(f"{qn('p:nvSpPr')}/{qn('p:nvPr')}/{qn('p:ph')}")
    role.set("type", "body")
    role.set("idx", str(_FOOT))
    layout.shapes._spTree.append(shape)
    foot = next(one for one in layout.placeholders if one.placeholder_format.idx == _FOOT)
    Box(_LEFT, _ROOM.bottom + 0.05, _WIDE, FOOT_HIGH).put(foot)
    _levels(foot._element, 100 * FOOT, _SOFT, anchor="b")


def _levels(shape: Any, size: int, colour: str, *, anchor: str = "t") -> None:
    """The text of a place: no bullets, to the left, of this size (hundredths of a point)."""
    body = shape.find(qn("p:txBody"))
    about = body.find(qn("a:bodyPr"))
    for child in list(about):
        about.remove(child)
    about.set("anchor", anchor)
    about.set("lIns", "0")
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


# Charts


def chart_data(chart: Chart) -> Any:
    """The numbers of a chart, for python-pptx."""
    found: Any = CategoryChartData(number_format=escape(percent_format()))  # type: ignore[no-untyped-call]
    found.categories = chart.names
    for series in chart.series:
        found.add_series(series.name, [None if value is None else value / 100 for value in series.percents])
    return found


def chart_alone(native: NativeChart, points: int) -> tuple[bytes, bytes]:
    """The chart as XML and the workbook behind it, for a document that is no set of slides; letters are so large."""
    deck: Any = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = map(Inches, (0, 0, 6, 4))
    drawn = slide.shapes.add_chart(BARS, *box, chart_data(native.chart)).chart
    dress_chart(drawn, native, points)
    bare = f"<c:spPr {nsdecls('c', 'a')}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
    drawn._chartSpace.chart.addnext(parse_xml(bare))  # Word draws a frame else
    return drawn.part.blob, drawn.part.chart_workbook.xlsx_part.blob


def dress_chart(drawn: Any, native: NativeChart, points: int = POINTS) -> None:
    """How a chart looks, and the numbers that people edit; its letters are so many points."""
    chart = native.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    drawn.font.size = Pt(points)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(drawn, chart, points)
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 45, 0
    for series, content, fill in zip(plot.series, chart.series, _fills(native), strict=True):
        _fill(series.format, fill)
        if content.intervals:
            _add_intervals(series._element, content)
        elif not chart.with_intervals:
            series.data_labels.show_value = True
            series.data_labels.number_format, series.data_labels.number_format_is_linked = percent_format(), False
    for row, way in (native.changes or {}).items():
        _stress(plot.series[0], row, way, points if not chart.with_intervals else 0)


def _axes(drawn: Any, chart: Chart, points: int) -> None:
    names, values = drawn.category_axis, drawn.value_axis
    names.tick_labels.font.size = Pt(points)
    names._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}").set("rot", "0")  # LibreOffice leaves out labels else
    names.reverse_order = True
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.theme_color = _TEXT
    skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>')
    before = [names._element.find(qn(f"c:{name}")) for name in ("noMultiLvlLbl", "tickMarkSkip")]
    first = next((one for one in before if one is not None), None)
    names._element.append(skip) if first is None else first.addprevious(skip)
    values.minimum_scale, values.maximum_scale = 0, chart.highest / 100 * 1.1 or 1
    values.visible = values.has_major_gridlines = False


def _fills(native: NativeChart) -> list[Fill]:
    """The colour of each series."""
    chart, light = native.chart, _TINT if native.chart.with_intervals else 0.0
    if native.changes:
        light = _FAINT if light else _TINT
    if len(chart.series) == 2:  # noqa: PLR2004 (this wave and the last)
        return [(_ACCENTS[0], light), (_PAPER, _LIGHT)]
    return [(_ACCENTS[place % len(_ACCENTS)], light) for place in range(len(chart.series))]


def _fill(look: Any, fill: Fill) -> None:
    colour, brightness = fill
    look.fill.solid()
    look.fill.fore_color.theme_color = colour
    if brightness:
        look.fill.fore_color.brightness = brightness
    if colour == _PAPER:
        look.line.color.theme_color, look.line.width = _TEXT, Pt(0.5)
        look.line.color.brightness = 0.5
    else:
        look.line.fill.background()


def _stress(series: Any, row: int, way: str, points: int) -> None:
    """Give a bar the accent, and its figure a sign, in letters of so many points; 0 where it has no figure."""
    _fill(series.points[row].format, (_ACCENTS[0], 0.0 if points else _TINT))
    if not points:
        return
    shape = escape(percent_format(f" {SIGNS[way]}"), quote=True)
    shows = "".join(
        f'<c:show{name} val="{int(name == "Val")}"/>'
        for name in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    bold = f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{points}00" b="1"/></a:pPr><a:endParaRPr/></a:p></c:txPr>'
    label = parse_xml(
        f'<c:dLbl {nsdecls("c", "a")}><c:idx val="{row}"/><c:numFmt formatCode="{shape}" sourceLinked="0"/>'
        f"<c:spPr/>{bold}{shows}</c:dLbl>"
    )
    labels = series.data_labels._element
    labels.insert(len(labels.findall(qn("c:dLbl"))), label)


def _add_intervals(drawn: Any, series: Series) -> None:
    """A line at each bar of a series from the low to the high end of its interval."""
    ups, downs = ([value or 0 for value in values] for values in series.reach())
    ends = "".join(
        f'<c:{name}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>'
        + "".join(f'<c:pt idx="{place}"><c:v>{value / 100}</c:v></c:pt>' for place, value in enumerate(values))
        + f"</c:numLit></c:{name}>"
        for name, values in (("plus", ups), ("minus", downs))
    )
    line = '<a:ln w="15875"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:ln>'
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"{ends}<c:spPr>{line}</c:spPr></c:errBars>"
    )
    drawn.find(qn("c:cat")).addprevious(bars)


def _workbook(chart: Chart) -> bytes:
    """The numbers behind a chart as python-pptx lays them out, but with labels that never become formulas."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet, look = book.add_worksheet(), book.add_format({"num_format": percent_format()})
        for row, label in enumerate(chart.names, start=1):
            sheet.write_string(row, 0, label)
        for column, series in enumerate(chart.series, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.percents, start=1):
                if value is not None:
                    sheet.write_number(row, column, value / 100, look)
    return content.getvalue()
