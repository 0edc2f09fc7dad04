"""The codebooks and corpora that come with the package, and its version, which what was made with it says."""

from pathlib import Path


def resource(name: str) -> Path:
    """The path of a file such as "codebooks/trends.yaml": in the installed package, or in the checkout."""
    package = Path(__file__).parent
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / name


__version__ = "0.2.0"
