"""How each picture is drawn: bars, dumbbells, points with intervals, heat maps, small lines, a matrix.

Each takes what it shows and a width in pixels. Labels stand left and go on on the next line; a narrow picture breaks
them sooner or puts them above, so that its letters need not shrink. Lengths begin at zero. Colour never says alone what
a picture says: what is significant is bold and has a sign too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log2

from coder.reports.canvas import SMALL, Canvas, measured, wrapped
from coder.words import decimal, percent, percent_sign

_GAP, _ROW, _LINE, _TARGET = 10, 26, 16, 24
_NARROW = 480
_END = 3.5
"""Half of the stroke at an end of an interval."""
_DARKEST = 0.48
"""How full the fullest cell of a heat map is, so that words stand out on it, in dark too."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows: its label, and what it stands for where it is pressed.

    `told` says all of it in words; `place` stands before the label; what is `apart` stands last, in grey.
    """

    label: str
    code: str = ""
    told: str = ""
    place: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of one series: a share (0..100) of each row, None where it is not known, and their intervals."""

    name: str
    shares: Sequence[float | None]
    intervals: Sequence[Interval | None]
    fill: str


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a row: shares or ranks then and now, None where there was none; `change` as signs say it."""

    then: float | None
    now: float | None
    now_ends: Interval | None = None
    sure: bool = False
    change: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was counted of a row beside what it was corrected to, as shares, with the interval of the latter.

    `off` where the count lies outside that interval.
    """

    counted: float
    corrected: float
    ends: Interval
    off: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a heat map: its share (None: too few to tell), a sign where it stands out, and all of it in words."""

    share: float | None
    sign: str
    told: str


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels in lines, and where what is beside them begins. `places` is the room before them."""

    lines: Sequence[Sequence[str]]
    places: float
    x: float

    def height(self, row: int) -> float:
        return max(_ROW, len(self.lines[row]) * _LINE + _GAP)

    def draw(self, canvas: Canvas, row: int, one: Row, y: float) -> None:
        fill = "soft" if one.apart else "ink"
        if one.place:
            canvas.text(self.places - 6, y, one.place, "soft", anchor="end")
        canvas.lines(self.places, y, self.lines[row], fill)


def _labels(rows: Sequence[Row], width: float, share: float = 0.4) -> _Labels:
    places = max((measured(one.place, SMALL) for one in rows), default=0)
    places = places + 6 if places else 0.0
    widest = max((measured(one.label) for one in rows), default=0)
    room = min(widest + 1, width * (share if width >= _NARROW else min(share + 0.04, 0.46)) - places)
    return _Labels([wrapped(one.label, room) for one in rows], places, places + room + _GAP)


def _first_apart(rows: Sequence[Row]) -> int:
    """The place of the first row that stands apart; the number of rows where none does, or all do."""
    found = next((place for place, one in enumerate(rows) if one.apart), len(rows))
    return found or len(rows)


def paint_bars(
    rows: Sequence[Row], series: Sequence[Bars], width: float, *, scale: float = 0, axis: str = ""
) -> Canvas:
    """Horizontal bars from zero with their value at the end, and a thin line for the interval.

    The longest goes to the end, unless `scale` is more; `axis` says under the bars what they measure.
    """
    canvas, labels = Canvas(width), _labels(rows, width)
    figures = [[None if one is None else percent(one) for one in bars.shares] for bars in series]
    known = [one for bars in series for one in bars.shares if one is not None]
    highest = max([*known, *(ends[1] for bars in series for ends in bars.intervals if ends), scale, 1e-9])
    room = width - labels.x - max(measured(one or "", SMALL) for each in figures for one in each) - 8
    y = _legend(canvas, labels.x, [(bars.name, bars.fill) for bars in series]) if len(series) > 1 else 2.0
    thick = 17 if len(series) == 1 else 15
    for place, one in enumerate(rows):
        y += 8 if place == _first_apart(rows) else 0
        height = max(labels.height(place), thick * len(series) + _GAP)
        with canvas.mark(one.told or one.label, (0, y, width, height), code=one.code):
            labels.draw(canvas, place, one, y + height / 2)
            for number, bars in enumerate(series):
                share, ends = bars.shares[place], bars.intervals[place] if bars.intervals else None
                if share is None:
                    continue
                top = y + height / 2 + (number - len(series) / 2) * thick
                fill = "grey" if one.apart else bars.fill
                edge = {"stroke": "accent", "stroke_width": 1} if fill == "pale" else {}
                canvas.rect(labels.x, top, share / highest * room, thick - 1, fill, **edge)
                if ends and ends[0] < ends[1]:
                    _interval(canvas, labels.x, room / highest, ends, top + thick / 2 - 0.5)
                reach = max(share, ends[1] if ends else 0) / highest * room
                canvas.text(labels.x + reach + 6, top + thick / 2, figures[number][place] or "")
        y += height
    canvas.line(labels.x, 0 if len(series) == 1 else 20, labels.x, y, "edge", stroke_width=1)
    if axis:
        canvas.text(labels.x, y + 12, axis, "soft")
    canvas.height = y + (22 if axis else 4)
    return canvas


def _legend(canvas: Canvas, x: float, names: Sequence[tuple[str, str]]) -> float:
    """Each series with its colour; how far down it comes."""
    total = sum(measured(name, SMALL) + 34 for name, _ in names)
    at = x if x + total <= canvas.width else 0.0
    for name, fill in names:
        edge = {"stroke": "accent", "stroke_width": 1} if fill == "pale" else {}
        canvas.rect(at + 1, 4, 11, 11, fill, **edge)
        canvas.text(at + 18, 9.5, name)
        at += measured(name, SMALL) + 34
    return 24.0


def _interval(canvas: Canvas, x: float, scale: float, ends: Interval, y: float, stroke: str = "ink") -> None:
    low, high = (x + end * scale for end in ends)
    canvas.path(
        f"M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - _END:.1f}v{2 * _END}M{high:.1f} {y - _END:.1f}v{2 * _END}",
        stroke,
    )


def paint_dumbbells(
    rows: Sequence[Row], steps: Sequence[Step], names: tuple[str, str], width: float, *, gone: str, ranks: bool = False
) -> Canvas:
    """Shares, or ranks, then (hollow) and now (full) on one line; colour where the difference is significant.

    Ranks go from 1 at the left, with the interval of the present one; what is gone stands last, under a heading.
    """
    canvas, labels = Canvas(width), _labels(rows, width, 0.36)
    changes = [wrapped(one.change, 150 if width >= _NARROW else 84, SMALL, bold=True) for one in steps]
    side = max(measured(line, SMALL, bold=True) for lines in changes for line in lines) + 10
    ends = [step.now_ends[1] for step in steps if step.now_ends]
    highest = max([*(one for step in steps for one in (step.then, step.now) if one is not None), *ends, 1])
    edge, start = measured(_figure(highest, ranks=ranks), SMALL) + 10, 1 if ranks else 0
    tight = (step for step in steps if None not in (step.then, step.now) and (step.then or 0) > (step.now or 0))
    left = labels.x + 6 + max((measured(_figure(one.now or 0, ranks=ranks), SMALL) + 4 for one in tight), default=0)
    room = width - left - side - edge
    scale = room / max(highest - start, 1e-9)
    ticks = _ticks(highest, room, ranks=ranks)

    def at(value: float) -> float:
        return left + (value - start) * scale

    _waves(canvas, labels.x, names)
    first = _first_apart(rows)
    heights = [labels.height(place) for place in range(len(rows))]
    tops = [46 + sum(heights[:place]) + (26 if place >= first else 0) for place in range(len(rows))]
    bottom = tops[-1] + heights[-1]
    for tick in ticks:
        canvas.line(at(tick), 40, at(tick), tops[first - 1] + heights[first - 1], "line", stroke_width=1)
        if first < len(rows):
            canvas.line(at(tick), tops[first], at(tick), bottom, "line", stroke_width=1)
        canvas.text(at(tick), 31, _figure(tick, ranks=ranks), "soft", anchor="middle")
    if first < len(rows):
        canvas.text(0, tops[first] - 11, gone, "soft")
    for place, (one, step, top, height) in enumerate(zip(rows, steps, tops, heights, strict=True)):
        middle = top + height / 2
        with canvas.mark(one.told, (0, top, width, height), code=one.code):
            labels.draw(canvas, place, one, middle)
            _dumbbell(canvas, at, step, middle, ranks=ranks)
            tone = "accent" if step.sure else "soft"
            canvas.lines(width, middle, changes[place], tone, size=SMALL, anchor="end", bold=step.sure)
    canvas.height = bottom + 4
    return canvas


def _figure(value: float, *, ranks: bool) -> str:
    if ranks:
        return f"{value:.0f}"
    return percent(value) if value else f"0{percent_sign()}"


def _waves(canvas: Canvas, x: float, names: tuple[str, str]) -> None:
    """Which sign is which wave: hollow then, full now."""
    then, now = names
    if x + measured(then, SMALL) + measured(now, SMALL) + 50 > canvas.width:
        x = 0.0
    canvas.dot(x + 6, 9, "sheet", stroke="edge", stroke_width=1.8)
    canvas.text(x + 17, 9, then)
    x += measured(then, SMALL) + 34
    canvas.dot(x + 6, 9, "edge", 5.5)
    canvas.text(x + 17, 9, now)


def _dumbbell(canvas: Canvas, at: Callable[[float], float], step: Step, y: float, *, ranks: bool) -> None:
    tone = "accent" if step.sure else "edge"
    then, now = (None if one is None else at(one) for one in (step.then, step.now))
    if ranks and step.now_ends and step.now_ends[0] < step.now_ends[1]:
        low, high = map(at, step.now_ends)
        canvas.rect(low, y - 4, high - low, 8, "edge", fill_opacity=0.22)
    if then is not None and now is not None:
        canvas.line(then, y, now, y, tone, stroke_width=2.5 if step.sure else 1.5)
    if then is not None:
        canvas.dot(then, y, "sheet", stroke=tone, stroke_width=1.8)
    if now is None:
        return
    canvas.dot(now, y, tone, 5.5)
    words = _figure(step.now or 0, ranks=ranks)
    left = then is not None and then > now
    canvas.text(now - 9 if left else now + 9, y, words, anchor="end" if left else "start", bold=step.sure)


def _ticks(highest: float, room: float, *, ranks: bool) -> list[float]:
    """Round values up to the highest, as many as there is room for."""
    most = max(min(room / (22 if ranks else 40), 12 if ranks else 5), 1)
    step = next(one for one in (1, 2, 5, 10, 20, 25, 50, 100, 1000) if highest / one <= most)
    found = [float(step * place) for place in range(int(highest // step) + 1)]
    return [1.0, *(one for one in found if one > max(step / 2, 1))] if ranks else found


def paint_corrected(rows: Sequence[Row], pairs: Sequence[Beside], names: tuple[str, str], width: float) -> Canvas:
    """What was counted (a cross) and corrected (a point with its interval) on one line, in colour where they differ."""
    canvas, labels = Canvas(width), _labels(rows, width, 0.36)
    figures = [percent(one.corrected) for one in pairs]
    side = max(measured(one, SMALL, bold=True) for one in figures) + 12
    highest = max([*(value for one in pairs for value in (one.counted, one.corrected, one.ends[1])), 1])
    left, room = labels.x + 6, width - labels.x - 12 - side
    scale = room / highest
    total = sum(labels.height(place) for place in range(len(rows)))
    _corrected_legend(canvas, labels.x, names)
    for tick in _ticks(highest, room, ranks=False):
        canvas.line(left + tick * scale, 40, left + tick * scale, 44 + total, "line", stroke_width=1)
        canvas.text(left + tick * scale, 31, _figure(tick, ranks=False), "soft", anchor="middle")
    y = 44.0
    for place, (one, pair, figure) in enumerate(zip(rows, pairs, figures, strict=True)):
        height = labels.height(place)
        middle, tone = y + height / 2, "accent" if pair.off else "edge"
        with canvas.mark(one.told, (0, y, width, height), code=one.code):
            labels.draw(canvas, place, one, middle)
            if pair.ends[0] < pair.ends[1]:
                _interval(canvas, left, scale, pair.ends, middle, tone)
            canvas.dot(left + pair.corrected * scale, middle, tone)
            _cross(canvas, left + pair.counted * scale, middle)
            canvas.text(width, middle, figure, "accent" if pair.off else "ink", anchor="end", bold=pair.off)
        y += height
    canvas.height = y + 4
    return canvas


def _corrected_legend(canvas: Canvas, x: float, names: tuple[str, str]) -> None:
    counted, corrected = names
    if x + measured(counted, SMALL) + measured(corrected, SMALL) + 60 > canvas.width:
        x = 0.0
    _cross(canvas, x + 6, 9)
    canvas.text(x + 17, 9, counted)
    x += measured(counted, SMALL) + 34
    _interval(canvas, x, 1, (0, 20), 9, "edge")
    canvas.dot(x + 10, 9, "edge")
    canvas.text(x + 28, 9, corrected)


def _cross(canvas: Canvas, x: float, y: float) -> None:
    canvas.path(f"M{x - 4.5:.1f} {y - 4.5:.1f}l9 9m0 -9l-9 9", "ink", stroke_width=2)


def paint_order(
    rows: Sequence[Row], ends: Sequence[Interval], ranks: Sequence[int], width: float, alike: str
) -> Canvas:
    """Ranks as points with intervals; a bracket holds the codes that may have the rank of the first among them."""
    canvas, labels = Canvas(width), _labels(rows, width, 0.38)
    last = max(high for _, high in ends)
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100) if last / one <= (12 if width >= _NARROW else 7))
    room = width - labels.x - 30
    scale = room / max(last - 1, 1)
    ticks = [1, *(tick for tick in range(step, int(last) + 1, step) if tick > max(step / 2, 1))]
    total = sum(labels.height(place) for place in range(len(rows)))
    for tick in ticks:
        x = labels.x + 6 + (tick - 1) * scale
        canvas.line(x, 22, x, 26 + total, "line", stroke_width=1)
        canvas.text(x, 11, str(tick), "soft", anchor="middle")
    y, tops = 26.0, []
    for place, (one, interval, rank) in enumerate(zip(rows, ends, ranks, strict=True)):
        height = labels.height(place)
        tops.append(y)
        with canvas.mark(one.told, (0, y, width - 24, height), code=one.code):
            labels.draw(canvas, place, one, y + height / 2)
            shifted = (interval[0] - 1, interval[1] - 1)
            if shifted[0] < shifted[1]:
                _interval(canvas, labels.x + 6, scale, shifted, y + height / 2, "edge")
            canvas.dot(labels.x + 6 + (rank - 1) * scale, y + height / 2, "accent")
        y += height
    for first, end in _brackets(ends, ranks):
        top, bottom = tops[first] + 5, tops[end] + labels.height(end) - 5
        x = width - 14
        canvas.path(f"M{x - 5:.1f} {top:.1f}h5V{bottom:.1f}h-5", "soft")
    canvas.height = y + 4
    if len(_brackets(ends, ranks)):
        x = labels.x + 6
        canvas.path(f"M{x:.1f} {y + 8:.1f}h5v12h-5", "soft")
        for place, words in enumerate(wrapped(alike, width - x - 14, SMALL)):
            canvas.text(x + 12, y + 14 + place * 15, words, "soft")
        canvas.height = y + 26 + 15 * (len(wrapped(alike, width - x - 14, SMALL)) - 1)
    return canvas


def _brackets(ends: Sequence[Interval], ranks: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of rows, two or more, of which each may have the rank of the first; places of the first and last."""
    found, first = [], 0
    while first < len(ends):
        end = first
        while end + 1 < len(ends) and ends[end + 1][0] <= ranks[first]:
            end += 1
        if end > first:
            found.append((first, end))
        first = end + 1
    return found


def paint_points(
    rows: Sequence[Row], values: Sequence[float], ends: Sequence[Interval | None], width: float,
    lines: Sequence[tuple[float, str]],
) -> Canvas:  # fmt: skip
    """Coefficients up to 1 as points with intervals, with lines that stand for how good is good enough."""
    canvas, labels = Canvas(width), _labels(rows, width, 0.38)
    known = [one for one in values if one == one]  # noqa: PLR0124 (nan)
    lowest = min([0.0, *known, *(one[0] for one in ends if one)])
    lowest = -ceil(-lowest * 5) / 5
    figure = measured(decimal(0.88, 2), SMALL) + 10
    room = width - labels.x - figure - 12
    scale, x0 = room / (1 - lowest), labels.x + 6
    total = sum(labels.height(place) for place in range(len(rows)))
    for tick in [lowest + place * 0.2 for place in range(round((1 - lowest) / 0.2) + 1)]:
        x = x0 + (tick - lowest) * scale
        canvas.line(x, 40, x, 44 + total, "line", stroke_width=1)
        if width >= _NARROW or round(tick * 10) % 4 == 0 or tick > 0.95:  # noqa: PLR2004
            canvas.text(x, 31, decimal(tick, 1).replace("-", "−"), "soft", anchor="middle")
    for number, (value, name) in enumerate(lines):
        x = x0 + (value - lowest) * scale
        canvas.line(x, 17, x, 22, "edge", stroke_width=1)
        canvas.line(x, 40, x, 44 + total, "edge", stroke_width=1, stroke_dasharray="4 3")
        canvas.text(
            x + (4 if number == len(lines) - 1 else -4),
            9,
            name,
            "soft",
            anchor="start" if number == len(lines) - 1 else "end",
        )
    y = 44.0
    for place, (one, value, interval) in enumerate(zip(rows, values, ends, strict=True)):
        height = labels.height(place)
        with canvas.mark(one.told, (0, y, width, height), code=one.code):
            labels.draw(canvas, place, one, y + height / 2)
            if value == value:  # noqa: PLR0124 (nan)
                tone = "accent" if value < lines[0][0] else "edge"
                if interval and interval[0] < interval[1]:
                    _interval(canvas, x0 - lowest * scale, scale, interval, y + height / 2, "edge")
                canvas.dot(x0 + (value - lowest) * scale, y + height / 2, tone)
                canvas.text(
                    width,
                    y + height / 2,
                    decimal(value, 2).replace("-", "−"),
                    anchor="end",
                    bold=tone == "accent",
                )
        y += height
    canvas.height = y + 4
    return canvas


def paint_heat(
    rows: Sequence[Row], groups: Sequence[tuple[str, str]], cells: Sequence[Sequence[Cell]], width: float
) -> Canvas:
    """Shares of codes (rows) in groups (columns: name, base), light to dark; what stands out has a sign and an edge."""
    widest = max(measured(part, SMALL) for name, _ in groups for word in name.split() for part in word.split("-"))
    least = min(max(widest + 8, 48.0), 80.0)
    left = width - least * len(groups)
    above = left < min(110.0, max(measured(one.label) for one in rows))
    labels = _labels(rows, width, max(min(left / width, 0.32), 0.05))
    x0 = 0.0 if above else labels.x
    wide = max((width - x0 - 1) / len(groups), least) if above else min((width - x0 - 1) / len(groups), 110.0)
    canvas = Canvas(max(width, x0 + wide * len(groups) + 1))
    heads = [wrapped(name, wide - 6, SMALL, most=3) for name, _ in groups]
    top = max(map(len, heads)) * 15 + 22.0
    for place, ((_, base), head) in enumerate(zip(groups, heads, strict=True)):
        middle = x0 + (place + 0.5) * wide
        canvas.lines(middle, top - 22 - (len(head) - 1) * 7.5, head, "ink", anchor="middle", size=SMALL)
        canvas.text(middle, top - 8, base, "soft", anchor="middle")
    highest = max((cell.share for row in cells for cell in row if cell.share is not None), default=1) or 1
    y = top
    for place, (one, row) in enumerate(zip(rows, cells, strict=True)):
        height = 30.0 if above else max(30.0, labels.height(place))
        if above:
            lines = wrapped(one.label, width - 4)
            canvas.lines(0, y + 6 + len(lines) * 8, lines, "soft" if one.apart else "ink")
            y += 8 + len(lines) * 16
        else:
            labels.draw(canvas, place, one, y + height / 2)
        for number, cell in enumerate(row):
            box = (x0 + number * wide, y, wide - 2, height - 2)
            with canvas.mark(cell.told, box, code=one.code, group=groups[number][0] if number else ""):
                _cell(canvas, cell, box, highest, grey=one.apart)
        y += height
    canvas.height = y + 2
    return canvas


def _cell(canvas: Canvas, cell: Cell, box: tuple[float, float, float, float], highest: float, *, grey: bool) -> None:
    x, y, width, height = box
    middle = x + width / 2, y + height / 2
    if cell.share is None:
        hatch = "".join(_hatch(x, y, width, height))
        canvas.rect(x, y, width, height, "none", stroke="line", stroke_width=1)
        canvas.path(hatch, "line", stroke_width=1)
        return
    fill = "edge" if grey else "accent"
    canvas.rect(x, y, width, height, fill, fill_opacity=round(0.03 + (_DARKEST - 0.03) * cell.share / highest, 3))
    if cell.sign:
        canvas.rect(x + 1, y + 1, width - 2, height - 2, "none", stroke="ink", stroke_width=1.8)
    words = f"{percent(cell.share)}{cell.sign}"
    canvas.text(*middle, words, anchor="middle", bold=bool(cell.sign))


def _hatch(x: float, y: float, width: float, height: float, step: float = 8) -> Iterable[str]:
    """Slanting lines that stay within a box."""
    start = step
    while start < width + height:
        from_x, from_y = (x + start, y) if start <= width else (x + width, y + start - width)
        to_x, to_y = (x, y + start) if start <= height else (x + start - height, y + height)
        yield f"M{from_x:.1f} {from_y:.1f}L{to_x:.1f} {to_y:.1f}"
        start += step


def paint_lines(
    rows: Sequence[Row],
    waves: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    sure: Sequence[bool],
    width: float,
) -> Canvas:
    """A small picture of lines for each code, all on one scale; the latest value is written."""
    across = max(1, min(len(rows), int(width // 150)))
    wide = width / across
    canvas = Canvas(width)
    heads = [wrapped(one.label, wide - 24, most=2) for one in rows]
    high, plot = 20 + 16 * max(map(len, heads)), 78.0
    height = high + plot + 30
    known = [one for row in shares for one in row if one is not None]
    highest = max([*known, 1e-9])
    for place, (one, row) in enumerate(zip(rows, shares, strict=True)):
        x, y = (place % across) * wide, (place // across) * height
        tone = "accent" if sure[place] else "edge"
        side = measured(percent(100), SMALL) + 8
        room = wide - side - 28

        def spot(
            number: int, share: float, left: float = x + 6, base: float = y + high + plot, room: float = room
        ) -> tuple[float, float]:
            return left + number * room / max(len(waves) - 1, 1), base - share / highest * plot

        with canvas.mark(one.told, (x, y, wide - 16, height - 8), code=one.code):
            canvas.lines(x, y + 12 + (len(heads[place]) - 1) * 8, heads[place], bold=False)
            canvas.line(x, y + high + plot, x + room + 12, y + high + plot, "edge", stroke_width=1)
            points = [spot(number, share) for number, share in enumerate(row) if share is not None]
            if points:
                canvas.path(
                    "M" + "L".join(f"{at:.1f} {down:.1f}" for at, down in points),
                    tone,
                    stroke_width=2.2 if sure[place] else 1.6,
                )
            for at, down in points:
                canvas.dot(at, down, tone, 2.8)
            if points and row[-1] is not None:
                canvas.text(points[-1][0] + 7, points[-1][1], percent(row[-1]), bold=True)
            canvas.text(x, y + high + plot + 13, waves[0], "soft")
            canvas.text(x + room + 12, y + high + plot + 13, waves[-1], "soft", anchor="end")
    canvas.height = ceil(len(rows) / across) * height
    return canvas


@dataclass(frozen=True, slots=True)
class Pair:
    """How often two codes go together: its lift (None where never), whether that is sure, and all of it in words."""

    lift: float | None
    sure: bool
    told: str


def paint_matrix(rows: Sequence[Row], pair: Callable[[int, int], Pair], width: float) -> Canvas:
    """Each two codes once: more often together than by chance in colour, less in grey.

    What is sure has its lift, and what may be chance is pale.
    """
    count = len(rows)
    size = max(24.0, min(40.0, (width * 0.58) / max(count, 1)))
    most = 2 if size >= 2 * SMALL + 5 else 1
    rooms = [max(width - place * size - 12, min(measured(one.label, SMALL), 150)) for place, one in enumerate(rows)]
    lines = [wrapped(one.label, room + 1, SMALL, most=most) for one, room in zip(rows, rooms, strict=True)]
    canvas = Canvas(max(width, *(place * size + room + 12 for place, room in enumerate(rooms))))
    for place, one in enumerate(rows):
        y = place * size
        for other in range(place):
            found = pair(place, other)
            box = (other * size, y, size - 2, size - 2)
            picked = {"code": one.code, "with": rows[other].code}
            with canvas.mark(found.told, box, **picked):
                strength = 0.0 if not found.lift else min(abs(log2(found.lift)) / 2, 1)
                fill = "accent" if (found.lift or 0) > 1 else "edge"
                depth = 0.44 if found.sure else 0.12
                canvas.rect(*box, fill, fill_opacity=round(0.04 + depth * strength, 3))
                if found.sure and found.lift is not None:
                    canvas.rect(box[0] + 1, y + 1, size - 4, size - 4, "none", stroke="ink", stroke_width=1.8)
                    words = decimal(found.lift, 1)
                    canvas.text(box[0] + size / 2 - 1, y + size / 2 - 1, words, anchor="middle", bold=True)
        canvas.lines(place * size + 6, y + size / 2 - 1, lines[place], size=SMALL)
    canvas.height = count * size + 4
    return canvas
