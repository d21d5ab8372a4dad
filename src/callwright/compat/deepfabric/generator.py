"""DeepFabric's `DataSetGenerator`: how rows are made; `create_dataset` makes them."""

from __future__ import annotations

from dataclasses import dataclass

from callwright.compat.deepfabric.config import Arguments


@dataclass(frozen=True)
class DataSetGenerator:
    """The generation settings of a configuration."""

    arguments: Arguments
