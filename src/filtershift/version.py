"""The version, which modules below the package may name, too."""

__version__ = "0.3.0"
