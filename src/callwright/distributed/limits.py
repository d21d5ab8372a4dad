"""What an endpoint may be sent is said once for the whole run; workers share it evenly."""

from __future__ import annotations

from typing import Any

from callwright.config import Config

_SHARED = ("concurrency", "requests_per_minute", "tokens_per_minute")


def divided(config: Config, workers: int) -> Config:
    """The configuration of one of `workers`: limits of models divided, at least 1 each; budgets are the run's."""
    value = _divided(config.model_dump(exclude_unset=True), workers)
    for name in ("max_cost", "max_tokens", "max_time"):
        value.get("run", {}).pop(name, None)
    default = config.llm.concurrency
    value.setdefault("llm", {}).setdefault("concurrency", max(1, default // workers))
    made = Config.model_validate(value)
    whole = {"mcp": config.generation.mcp, "world": config.generation.world}  # what stands there is the user's
    return made.model_copy(update={"generation": made.generation.model_copy(update=whole)})


def _divided(value: Any, workers: int) -> Any:
    if isinstance(value, list | tuple):
        return [_divided(part, workers) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: max(1, part // workers) if name in _SHARED and isinstance(part, int) else _divided(part, workers)
        for name, part in value.items()
    }
