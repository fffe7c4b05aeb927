"""Where the data that ships with the library lies: beside the package in a wheel, one level up in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, for example ``data_path("lexicons", "en")``."""
    inside = _PACKAGE / parts[0]
    root = inside if inside.is_dir() else _PACKAGE.parent / parts[0]
    return root.joinpath(*parts[1:])
