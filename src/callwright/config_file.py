"""A YAML file as plain values, and where in the file each of them stands.

Strict: a key given twice is an error, tags that build objects are errors, size, depth and aliases are bounded.
`${NAME}` and `${NAME:default}` stand for environment variables (`$${` for the characters themselves); a plain value
is typed after that, so `${N:5}` is a number and `"${N:5}"` a text. What the keys mean is not known here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from callwright.errors import ConfigError
from callwright.records import Finding

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 50_000
"""Values after aliases are followed."""

Keys: TypeAlias = tuple[str | int, ...]
"""Where a value stands: `("generation", "tools", "sources", 0)`."""

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_MERGE = "tag:yaml.org,2002:merge"


class InvalidConfig(ConfigError):
    """A configuration with one or more problems; `findings` holds all of them, the message the first."""

    def __init__(self, findings: Sequence[Finding], document: Document) -> None:
        broken = {finding.path for finding in document.problems}
        others = [finding for finding in findings if finding.path not in broken]
        self.findings = tuple(sorted(dict.fromkeys([*document.problems, *others]), key=_line))
        first, *more = self.findings
        hint = f"({len(more)} more: callwright validate {document.name})" if more else ""
        super().__init__(f"{first.path}: {first.message}", hint=hint)


@dataclass(frozen=True)
class Document:
    """Plain values (dict, list, str, int, float, bool, None) with the place of each."""

    name: str
    value: dict[str, Any]
    places: Mapping[Keys, str] = field(default_factory=dict)
    """`article.yaml:14`, or the option of the command line that set the value."""

    problems: tuple[Finding, ...] = ()
    """What is wrong with the file itself: keys given twice, variables not set."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of how it was read."""

    def place(self, keys: Keys) -> str:
        """Where `keys` stand; for what is not there, where it belongs."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, self.name)


def read(path: Path, environment: Mapping[str, str] | None = None) -> Document:
    """The document in `path`. Raises `ConfigError` where there is no mapping to speak of."""
    name = str(path)
    root = _composed(_text(path), name)
    reader = _Reader(name, os.environ if environment is None else environment)
    value = {} if root is None else reader.value(root, ())
    if not isinstance(value, dict):
        raise ConfigError(f"{name}: must be a mapping with sections such as `topics:`; `callwright init` writes one.")
    return Document(name, value, reader.places, tuple(reader.problems))


def located(base: Path, name: str) -> Path:
    """The file `name`: from `base`, the configuration's folder, or else from the working directory."""
    beside = base / name
    # os.path, because Path.exists raises for a name that no file can have
    return Path(name) if os.path.exists(name) and not os.path.exists(beside) else beside  # noqa: PTH110


def scalar(text: str) -> Any:
    """The YAML value that `text` is, as on the command line. Raises `ConfigError`."""
    reader = _Reader("value", os.environ)
    try:
        root = _composed(text, "value")
    except ConfigError:
        raise ConfigError("the value is not valid YAML; put quotes around it.") from None
    value = "" if root is None else reader.value(root, ())
    if reader.problems:
        raise ConfigError(reader.problems[0].message)
    return value


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ConfigError(f"{path}: is larger than {MAX_BYTES:,} bytes; this is no configuration.")
        return raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; `callwright init {path}` writes a starter.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {(error.strerror or 'error').lower()}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8.") from error


class _Loader(yaml.SafeLoader):
    """PyYAML's own, with bounded depth and without dates: `2026-01-01` is a text."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            problem = f"is nested deeper than {MAX_DEPTH} levels"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _composed(text: str, name: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{name}{line}: is not valid YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: is not valid YAML: {' '.join(str(error).split())}.") from error
    return node


class _Reader:
    """Values out of YAML nodes. Collects problems and places as it goes."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.problems: list[Finding] = []
        self.places: dict[Keys, str] = {}
        self._name = name
        self._environment = environment
        self._nodes = 0
        self._open: set[int] = set()
        """The nodes that the walk is inside of."""
        self._loader = _Loader("")
        """For its rules of what a scalar is."""

    def value(self, node: yaml.Node, keys: Keys) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ConfigError(f"{self._place(node)}: unfolds to more than {MAX_NODES:,} values; use fewer aliases.")
        self.places.setdefault(keys, self._place(node))
        if node.tag not in _PLAIN_TAGS:
            self._problem("config.tag", node, f"{dotted(keys)}: the tag {node.tag!r} is not allowed here; remove it.")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, keys)
        if id(node) in self._open:
            raise ConfigError(f"{self._place(node)}: {dotted(keys)} holds itself; remove the alias.")
        self._open.add(id(node))
        if isinstance(node, yaml.MappingNode):
            value: Any = self._mapping(node, keys)
        else:
            value = [self.value(item, (*keys, number)) for number, item in enumerate(node.value)]
        self._open.discard(id(node))
        return value

    def _mapping(self, node: yaml.MappingNode, keys: Keys) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, item in node.value:
            if key.tag == _MERGE or not isinstance(key, yaml.ScalarNode):
                continue
            name, line = str(key.value), key.start_mark.line + 1
            if name in found:
                said = f"{dotted((*keys, name))}: is given twice (first in line {lines[name]}); remove one."
                self._problem("config.duplicate_key", key, said)
                continue
            lines[name] = line
            self.places[(*keys, name)] = self._place(key)
            found[name] = self.value(item, (*keys, name))
        for base in self._merged(node):
            for name, item in self.value(base, keys).items() if isinstance(base, yaml.MappingNode) else ():
                found.setdefault(name, item)
        return found

    @staticmethod
    def _merged(node: yaml.MappingNode) -> Iterator[yaml.Node]:
        """The mappings that `<<` brings in."""
        for key, item in node.value:
            if key.tag == _MERGE:
                yield from item.value if isinstance(item, yaml.SequenceNode) else [item]

    def _scalar(self, node: yaml.ScalarNode, keys: Keys) -> Any:
        text = str(node.value)
        if "${" in text:
            text = _VARIABLE.sub(lambda match: self._variable(match, node, keys), text)
            plain = node.style is None
            tag = self._loader.resolve(yaml.ScalarNode, text, (plain, not plain))  # type: ignore[no-untyped-call]
            node = yaml.ScalarNode(tag, text, node.start_mark, node.end_mark, node.style)
        if control := _CONTROL.search(text):
            said = f"{dotted(keys)}: holds the control character {control.group()!r}; remove it."
            self._problem("config.control", node, said)
        try:
            return self._loader.construct_object(node)
        except (ValueError, KeyError, IndexError):  # `!!bool maybe`, `!!int ""`
            return text

    def _variable(self, match: re.Match[str], node: yaml.Node, keys: Keys) -> str:
        name, default = match.groups()
        if name is None:
            return "${"
        value = self._environment.get(name, default)
        if value is None:
            said = f"{dotted(keys)}: the environment variable {name} is not set; set it, or write ${{{name}:default}}."
            self._problem("config.variable", node, said)
        return value or ""

    def _place(self, node: yaml.Node) -> str:
        return f"{self._name}:{node.start_mark.line + 1}"

    def _problem(self, code: str, node: yaml.Node, message: str) -> None:
        self.problems.append(Finding(code=code, path=self._place(node), message=message))


def _line(finding: Finding) -> int:
    line = finding.path.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def dotted(keys: Keys) -> str:
    """As a person writes them: `generation.tools.sources.0.path`."""
    return ".".join(str(key) for key in keys) or "document"
