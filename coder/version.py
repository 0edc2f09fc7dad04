"""The version of the package; what was made with it says so."""

__version__ = "0.2.0"
