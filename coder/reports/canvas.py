"""Shapes and texts as data: one drawing for the page, for .html, .docx and .pptx, and for files of its own.

A drawing is made for a width, so that its letters keep their size wherever it stands, and the same drawing gives the
same bytes. Its colours are named (`COLOURS`): they are written as attributes, so that a file stands alone in light
colours, and as classes ("fill-accent"), by which the stylesheet of a page that is dark has its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

COLOURS: Mapping[str, str] = {
    "ink": "#1c2329",
    "soft": "#4c5964",
    "line": "#d5dbe0",
    "edge": "#7d8994",
    "accent": "#1f4e79",
    "middle": "#7c9cb8",
    "pale": "#dbe4ec",
    "grey": "#b9c0c7",
    "sheet": "#ffffff",
}
"""Ink and two greys for words and lines; the accent, and two lighter; the grey of what does not count; the ground."""
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Fonts with letters of the same width, so that what is measured here fits where it is shown."""
SIZE, SMALL = 13, 12
"""Pixels of the letters of labels, and of all else: none is smaller."""
_WIDTHS = {
    191: "'", 222: "ijl‘’", 260: "|", 278: " !,./:;I[\\]ftìíîï·\N{NO-BREAK SPACE}",
    333: "()-`r“”{}", 355: '"', 389: "*",
    500: "Jcksvxyzç", 584: "+<=>~×−", 611: "FTZø", 667: "&ABEKPSVXYÀÉÈ", 722: "CDHNRUwÇÜ", 778: "GOQÖ", 833: "Mm",
    889: "%", 944: "W", 990: "▲▼", 1000: "—…", 1015: "@",
}  # fmt: skip
"""How wide signs are, in thousandths of the size of the letters; those that are not here are as wide as a digit."""
_WIDTH = {sign: width / 1000 for width, signs in _WIDTHS.items() for sign in signs}
_DIGIT, _SQUARE, _EAST = 0.556, 1.0, 0x2E80
_BOLD = 1.07
_BREAK = re.compile(r"(?<=[\s/])(?=\S)|(?<=\w-)(?=\w)")
_VOWELS, _TOGETHER, _SHORTEST = "aeiouyàâäéèêëîïôöùûü", ("ch", "th", "ph", "sh"), 3
"""Vowels, letters that stay together, and the fewest letters before and after a hyphen."""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """An element of SVG: its name, its attributes, and elements or one text in it."""

    name: str
    attributes: Mapping[str, str]
    children: tuple["Element | str", ...] = ()

    def tree(self) -> list[Any]:
        """The element as a page builds it: `[name, attributes, child, …]`."""
        return [
            self.name,
            dict(self.attributes),
            *(one if isinstance(one, str) else one.tree() for one in self.children),
        ]

    def svg(self) -> Iterator[str]:
        """The element as text, in pieces."""
        given = "".join(f' {name}="{escape(legible(value), quote=True)}"' for name, value in self.attributes.items())
        if not self.children:
            yield f"<{self.name}{given}/>"
            return
        yield f"<{self.name}{given}>"
        for one in self.children:
            if isinstance(one, str):
                yield escape(legible(one), quote=False)
            else:
                yield from one.svg()
        yield f"</{self.name}>"


@dataclass(slots=True)
class Canvas:
    """What is drawn on, from the top left, in pixels. `height` is how far down it is used."""

    width: float
    height: float = 0.0
    shapes: list[Element] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **more: object) -> None:
        """A rectangle of a colour; of no width it is left out."""
        if width > 0 and height > 0:
            self._add("rect", {"x": x, "y": y, "width": width, "height": height, "fill": fill, **more})

    def line(self, x: float, y: float, to_x: float, to_y: float, stroke: str = "ink", **more: object) -> None:
        """A straight line."""
        self._add("line", {"x1": x, "y1": y, "x2": to_x, "y2": to_y, "stroke": stroke, "stroke-width": 1.5, **more})

    def path(self, points: str, stroke: str, **more: object) -> None:
        """A line as SVG describes it."""
        self._add("path", {"d": points, "stroke": stroke, "stroke-width": 1.5, "fill": "none", **more})

    def dot(self, x: float, y: float, fill: str, radius: float = 5, **more: object) -> None:
        """A full point, or a hollow one where its `fill` is the sheet and it has a `stroke`."""
        self._add("circle", {"cx": x, "cy": y, "r": radius, "fill": fill, **more})

    def text(
        self, x: float, y: float, words: str, fill: str = "ink", *, size: int = SMALL, anchor: str = "start",
        bold: bool = False,
    ) -> None:  # fmt: skip
        """Words whose middle is at `y`."""
        about: dict[str, object] = {"x": x, "y": y + size * 0.36, "fill": fill, "font-size": size}
        about |= {"text-anchor": anchor} if anchor != "start" else {}
        self._add("text", about | ({"font-weight": 700} if bold else {}), words)

    def lines(self, x: float, y: float, words: Sequence[str], fill: str = "ink", **about: Any) -> None:  # noqa: ANN401
        """Lines of words of which the middle is at `y`."""
        step = about.get("size", SIZE) + 3
        for place, one in enumerate(words):
            self.text(x, y + (place - (len(words) - 1) / 2) * step, one, fill, **{"size": SIZE, **about})

    def place(self, other: "Canvas", x: float, y: float) -> None:
        """Another drawing within this one, from here."""
        moved = {"transform": f"translate({_number(x)} {_number(y)})"}
        self.shapes.append(Element("g", moved, tuple(other.shapes)))

    def mark(self, name: str, box: tuple[float, float, float, float], **picked: str) -> "Mark":
        """What is drawn within is one mark: it says its name, and `picked` is what it stands for (`code`, `group`).

        `box` is where it is pressed: x, y, width, height.
        """
        return Mark(self, name, box, {key: value for key, value in picked.items() if value})

    def _add(self, name: str, given: Mapping[str, object], *children: str) -> None:
        classes, written = [], {}
        for key, value in given.items():
            if key in ("fill", "stroke") and value in COLOURS:
                classes.append(f"{key}-{value}")
                written[key] = COLOURS[str(value)]
            else:
                written[key.replace("_", "-")] = _number(value) if isinstance(value, (int, float)) else str(value)
        about = {**({"class": " ".join(classes)} if classes else {}), **written}
        self.shapes.append(Element(name, about, children))

    def svg(self, name: str, *, alone: bool = False) -> str:
        """The drawing as an SVG element with its text alternative; `alone` as a file, on a white ground."""
        size = {"width": _number(self.width), "height": _number(self.height)}
        about = {"viewBox": f"0 0 {size['width']} {size['height']}", "font-family": FONT, **size}
        about |= {"role": "img", "aria-label": name}
        ground = (Element("rect", {"width": "100%", "height": "100%", "fill": COLOURS["sheet"]}),) if alone else ()
        about |= {"xmlns": "http://www.w3.org/2000/svg"} if alone else {}
        return "".join(Element("svg", about, (*ground, *self.shapes)).svg())

    def png(self, name: str, *, scale: float = 2.0) -> bytes:
        """The drawing as dots, `scale` for each pixel, on a white ground: what is half transparent stays what it is."""
        import vl_convert  # noqa: PLC0415 (only where a picture of dots is asked for)

        return bytes(vl_convert.svg_to_png(self.svg(name, alone=True), scale=scale))

    def tree(self) -> dict[str, Any]:
        """The drawing as a page builds it."""
        return {"width": self.width, "height": self.height, "shapes": [one.tree() for one in self.shapes]}


class Mark:
    """A group of shapes that stands for something that was counted; a context in which it is drawn."""

    def __init__(
        self, canvas: Canvas, name: str, box: tuple[float, float, float, float], picked: Mapping[str, str]
    ) -> None:
        self.canvas, self.name, self.picked, self.box = canvas, name, picked, box

    def __enter__(self) -> None:
        self.before, self.canvas.shapes = self.canvas.shapes, []

    def __exit__(self, *_: object) -> None:
        about = {"class": "mark", **{f"data-{key}": value for key, value in self.picked.items()}}
        x, y, width, height = map(_number, self.box)
        pressed = Element(
            "rect", {"x": x, "y": y, "width": width, "height": height, "fill": "none"} | {"class": "pressed"}
        )
        children = (Element("title", {}, (self.name,)), pressed, *self.canvas.shapes)
        self.canvas.shapes = [*self.before, Element("g", about, children)]


def measured(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """How wide words are, in pixels."""
    signs = (_WIDTH.get(sign) or (_SQUARE if ord(sign) >= _EAST else _DIGIT) for sign in words)
    return sum(signs) * size * (_BOLD if bold else 1)


def wrapped(words: str, width: float, size: float = SIZE, *, most: int = 0, bold: bool = False) -> list[str]:
    """Words in lines of at most this width; a longer word is broken. Of more than `most` lines the rest is left out."""
    lines, now = [], ""
    for word in _BREAK.split(words.strip()):
        rest = word
        while measured(f"{now}{rest}".rstrip(), size, bold=bold) > width:
            if now.strip():
                lines.append(now.rstrip())
                now = ""
                continue
            fits = [at for at in range(len(rest) - 2, 1, -1) if measured(rest[:at] + "-", size, bold=bold) <= width]
            if not fits:
                break
            cut = next((at for at in fits if _is_syllable(rest, at)), fits[0])
            lines.append(rest[:cut] + ("-" if rest[cut - 1].isalnum() else ""))
            rest = rest[cut:]
        now = f"{now}{rest}"
    lines += [now.rstrip()] if now.strip() else []
    if most and len(lines) > most:
        lines = [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), width, size, bold=bold)]
    return lines or [""]


def _is_syllable(word: str, at: int) -> bool:
    """Whether a syllable may begin here: at a consonant before a vowel, with enough letters on both sides."""
    last, first, second = word[at - 1].lower(), word[at].lower(), word[at + 1 : at + 2].lower()
    together = f"{last}{first}" in _TOGETHER or not (first.isalpha() and second in _VOWELS)
    return min(at, len(word) - at) >= _SHORTEST and first not in _VOWELS and not together


def _cut(words: str, width: float, size: float, *, bold: bool) -> str:
    while words and measured(words + "…", size, bold=bold) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def _number(value: float) -> str:
    return f"{round(float(value), 2):g}"


def legible(words: str) -> str:
    """Words with "�" for control characters and halves of characters, for which XML has no place."""
    return _UNWRITABLE.sub("\ufffd", words)
