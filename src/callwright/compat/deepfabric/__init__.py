"""DeepFabric's own library, thin: the article's snippets run with only the package name changed.

Covered: what the article shows (configuration, tree, generator, dataset manager, evaluation). Not covered: the rest of
DeepFabric's classes, and its automatic upload; nothing is sent anywhere unless `callwright upload` is asked to.
"""

from callwright.compat.deepfabric.config import DeepFabricConfig

__all__ = ["DeepFabricConfig"]
