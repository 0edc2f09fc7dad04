"""PDFs for tests, set by reportlab: pages of lines, in columns, with running heads."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

WIDE, HIGH = 595.0, 842.0
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"


class Typeset:
    """A PDF in the making; y counts from the top."""

    def __init__(self, path: Path, **options: object) -> None:
        self.path, self.canvas = path, Canvas(str(path), pagesize=(WIDE, HIGH), **options)

    def line(self, x: float, y: float, text: str, size: float = 10, font: str = PLAIN) -> None:
        """A line of text."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HIGH - y, text)

    def lines(self, x: float, y: float, texts: Iterable[str], size: float = 10, font: str = PLAIN) -> float:
        """Lines under each other; returns where the next would be."""
        for text in texts:
            self.line(x, y, text, size, font)
            y += 1.2 * size
        return y

    def paragraph(self, x: float, y: float, text: str, width: float, size: float = 10, font: str = PLAIN) -> float:
        """A paragraph, with space under it."""
        return self.lines(x, y, simpleSplit(text, font, size, width), size, font) + 0.8 * size

    def page(self) -> None:
        """Go on to the next page."""
        self.canvas.showPage()

    def save(self) -> Path:
        """Write the file."""
        self.canvas.save()
        return self.path


TEXT = """
de gemeente wil dat elke inwoner kan meedoen aan cultuur en sport in de eigen buurt en daarom maken we plaats voor
nieuwe huizen met een zaal waar verenigingen samen komen oefenen en optreden voor een publiek van jong en oud
"""
WORDS = TEXT.split()


def sentence(number: int, words: int = 24) -> str:
    """A sentence of which the words depend on its number, so that no two are alike."""
    chosen = [WORDS[(7 * number + 3 * place + number * place) % len(WORDS)] for place in range(words)]
    return f"Punt {number} zegt dat {' '.join(chosen)}."


def paged(path: Path, pages: int, head: str = "", foot: str = "", columns: int = 1, each: int = 6) -> list[str]:
    """A document of so many pages, each with paragraphs in columns; returns its paragraphs in order."""
    made, number = Typeset(path), 0
    found: list[str] = []
    width = (WIDE - 100 - 30 * (columns - 1)) / columns
    for page in range(1, pages + 1):
        if head:
            made.line(50, 40, head, 9)
        if foot:
            made.line(280, HIGH - 30, foot.format(page=page), 9)
        for column in range(columns):
            y = 80.0
            for _ in range(each):
                number += 1
                found.append(sentence(number))
                y = made.paragraph(50 + column * (width + 30), y, found[-1], width)
        made.page()
    made.save()
    return found


def kinds(rows: Sequence[str]) -> dict[str, int]:
    """How often each kind of block is there."""
    return {kind: list(rows).count(kind) for kind in dict.fromkeys(rows)}
