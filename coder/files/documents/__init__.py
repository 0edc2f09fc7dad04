"""Documents in: PDF, Word, OpenDocument, RTF, web pages, plain text and transcripts, as text with blocks."""

from pathlib import Path


def pdf_lines_path() -> Path:
    """The program that takes lines out of PDFs."""
    return Path(__file__).with_name("pdf_lines.py")
