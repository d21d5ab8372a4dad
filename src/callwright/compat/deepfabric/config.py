"""DeepFabric's `DeepFabricConfig`: a configuration file and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from callwright.config import Config


@dataclass(frozen=True)
class Arguments:
    """What DeepFabric's classes are built from; opaque to the user."""

    config: Config
    base: Path
    """The folder that the paths of the configuration's sources start from."""


@dataclass(frozen=True)
class DeepFabricConfig:
    """A configuration, loaded."""

    config: Config
    base: Path

    @classmethod
    def from_yaml(cls, path: str | Path) -> DeepFabricConfig:
        """The configuration in the file `path`. Raises `ConfigError` with place, fact and way out."""
        return cls(Config.load(path), Path(path).parent)

    def get_tree_arguments(self) -> Arguments:
        """What `Tree` takes."""
        return Arguments(self.config, self.base)

    def get_generator_arguments(self) -> Arguments:
        """What `DataSetGenerator` takes."""
        return Arguments(self.config, self.base)
