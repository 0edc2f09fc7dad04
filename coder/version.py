"""The version of the package; what was made with it says so."""

__version__ = "0.1.0"
