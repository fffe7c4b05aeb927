"""YAML that remembers where everything stood, so that every fault is reported with its line.

Scalars stay strings: in a lexicon ``no`` is a word, not a truth value.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from thb_indicators.errors import LexiconError, Problem

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # the two share one interface


class Mapping(dict[str, Any]):
    """A YAML mapping; ``lines[key]`` is the line its key stands on, ``line`` its own first line."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """Return the line of `key`, or of the mapping when it has no such key."""
        return self.lines.get(key, self.line)


class Sequence(list[Any]):
    """A YAML sequence; ``lines`` has the line of each item."""

    def __init__(self, items: list[Any], lines: list[int]) -> None:
        super().__init__(items)
        self.lines = lines


def read_yaml(path: Path, shown: str) -> Mapping:
    """Read a file whose top level is a mapping.

    Raises
    ------
    LexiconError
        With every duplicate key, or the place where the YAML breaks.
    """
    problems: list[Problem] = []
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except UnicodeDecodeError as error:
        raise LexiconError([Problem(shown, 1, f"not UTF-8: {error.reason}", "save the file as UTF-8")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = getattr(error, "problem", None) or "cannot be read as YAML"
        hint = "quote text that holds `: `, `#` or a leading `*`, `[` or `{`"
        raise LexiconError([Problem(shown, line, what, hint)]) from error
    if not isinstance(root, yaml.MappingNode):
        raise LexiconError([Problem(shown, 1, "the file must be a mapping", "start it with `schema: thb-lexicon/1`")])
    value = _value(root, shown, problems)
    if problems:
        raise LexiconError(problems)
    assert isinstance(value, Mapping)
    return value


def _value(node: yaml.Node, shown: str, problems: list[Problem]) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        lines = [item.start_mark.line + 1 for item in node.value]
        return Sequence([_value(item, shown, problems) for item in node.value], lines)
    mapping = Mapping(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in mapping:
            problems.append(Problem(shown, line, f"`{key}` stands twice", "keep one of them"))
        mapping.lines[key] = line
        mapping[key] = _value(value_node, shown, problems)
    return mapping
