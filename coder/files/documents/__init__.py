"""Documents in: PDF, Word, OpenDocument, RTF, web pages, plain text and transcripts, as text with blocks."""

from pathlib import Path


def pdf_lines_path() -> Path:
    """The program that takes lines out of PDFs."""
    return Path(__file__).with_name("pdf_lines.py")


def read_document(path, name=None):
    from coder.files.documents.pdf import PdfReader
    with PdfReader() as r:
        return r.read(Path(path), name or Path(path).stem)
