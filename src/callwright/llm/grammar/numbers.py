"""Numbers between bounds, as the digits that may be written."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from callwright.llm.grammar.ebnf import Expression, Impossible, either, literal, repeat, sequence
from callwright.records import Schema

MOST_DIGITS = 15
"""Of an integer without bounds, so that no model writes digits for ever; IEEE doubles hold as many exactly."""
MOST_MULTIPLES = 64
_DECIMALS = 2
_MOST_DECIMALS = 12


def integer(schema: Schema) -> Expression:
    """An integer within the schema's bounds. Raises `Impossible`."""
    low, high = _bounds(schema)
    if "multipleOf" in schema:
        return _multiples(low, high, Decimal(str(schema["multipleOf"])), whole=True)
    if low is None and high is None:
        return either([literal("0"), sequence('"-"?', "[1-9]", repeat("[0-9]", 0, MOST_DIGITS - 1))])
    low, high = _closed(low, high)
    return _signed(*_units(schema, low, high, 1), _between)


def number(schema: Schema) -> Expression:
    """A number within the schema's bounds, with few decimals. Raises `Impossible`."""
    low, high = _bounds(schema)
    if "multipleOf" in schema:
        return _multiples(low, high, Decimal(str(schema["multipleOf"])), whole=False)
    if low is None and high is None:
        return sequence('"-"?', either([literal("0"), "[1-9] [0-9]{0,11}"]), _fraction(4))
    low, high = _closed(low, high)
    for decimals in range(max(_DECIMALS, _places(low), _places(high)), _MOST_DECIMALS + 1):
        first, last = _units(schema, low, high, 10**decimals)
        if first <= last:
            return _signed(first, last, functools.partial(_decimal, places=decimals))
    raise Impossible(f"no number from {low} to {high}")


def _closed(low: Decimal | None, high: Decimal | None) -> tuple[Decimal, Decimal]:
    """Both bounds; one that is missing is far away."""
    far = Decimal(10**MOST_DIGITS)
    first = min(-far, (high or Decimal(0)) - far) if low is None else low
    return first, (max(far, first + far) if high is None else high)


def _units(schema: Schema, low: Decimal, high: Decimal, unit: int) -> tuple[int, int]:
    """The first and the last allowed, counted in `1 / unit`."""
    first, last = math.ceil(low * unit), math.floor(high * unit)
    first += first == low * unit and _excludes(schema, "Minimum")
    last -= last == high * unit and _excludes(schema, "Maximum")
    return first, last


def _bounds(schema: Schema) -> tuple[Decimal | None, Decimal | None]:
    lows = _given(schema.get("minimum"), schema.get("exclusiveMinimum"))
    highs = _given(schema.get("maximum"), schema.get("exclusiveMaximum"))
    return (max(lows) if lows else None), (min(highs) if highs else None)


def _given(*bounds: Any) -> list[Decimal]:
    """The bounds that are numbers, exactly as they are written."""
    numbers = [bound for bound in bounds if isinstance(bound, int | float) and not isinstance(bound, bool)]
    return [Decimal(str(bound)) for bound in numbers if math.isfinite(bound)]


def _excludes(schema: Schema, side: str) -> bool:
    """Whether the bound itself is excluded: draft 4 says it with true, later drafts with the number."""
    excluded, bound = schema.get(f"exclusive{side}"), schema.get(side.lower())
    if isinstance(excluded, bool):
        return excluded
    if excluded is None:
        return False
    return bound is None or (excluded >= bound if side == "Minimum" else excluded <= bound)


def _places(value: Decimal) -> int:
    return min(_MOST_DECIMALS, max(0, -int(value.normalize().as_tuple().exponent)))


def _multiples(low: Decimal | None, high: Decimal | None, step: Decimal, *, whole: bool) -> Expression:
    """The multiples nearest to zero, or to the bound that is nearest to zero."""
    if step <= 0:
        raise Impossible("multipleOf is not positive")
    if whole:
        step = Decimal(math.lcm(*(step.as_integer_ratio()))) if step % 1 else step
    start = max(0, math.ceil(low / step)) if low is not None else 0
    start = min(start, math.floor(high / step)) if high is not None else start
    factors = [start + sign * offset for offset in range(MOST_MULTIPLES) for sign in (1, -1)]
    values = [factor * step for factor in factors]
    fit = [v for v in values if (low is None or v >= low) and (high is None or v <= high)][:MOST_MULTIPLES]
    return either([literal(f"{value.normalize():f}") for value in fit])


def _signed(first: int, last: int, digits: Callable[[int, int], Expression]) -> Expression:
    if first > last:
        raise Impossible(f"no number from {first} to {last}")
    options = [digits(max(first, 0), last)] if last >= 0 else []
    if first < 0:
        options.append(sequence('"-"', digits(max(-last, 1), -first)))
    return either(options)


def _between(first: int, last: int) -> Expression:
    """Every integer from `first` to `last`, neither negative."""
    options = []
    for length in range(len(str(first)), len(str(last)) + 1):
        low = max(first, 0 if length == 1 else 10 ** (length - 1))
        high = min(last, 10**length - 1)
        options += _same_length(str(low), str(high))
    return either(options)


def _same_length(first: str, last: str) -> list[Expression]:
    """Every string of digits from `first` to `last`, which are equally long."""
    if first == last:
        return [literal(first)]
    if len(first) == 1:
        return [f"[{first}-{last}]"]
    low, high, rest = int(first[0]), int(last[0]), len(first) - 1
    if low == high:
        return [sequence(literal(first[0]), either(_same_length(first[1:], last[1:])))]
    options = []
    if first[1:] != "0" * rest:
        options.append(sequence(literal(first[0]), either(_same_length(first[1:], "9" * rest))))
        low += 1
    if last[1:] != "9" * rest:
        options.append(sequence(literal(last[0]), either(_same_length("0" * rest, last[1:]))))
        high -= 1
    if low <= high:
        options.append(sequence(f"[{low}-{high}]", repeat("[0-9]", rest, rest)))
    return options


def _decimal(first: int, last: int, places: int) -> Expression:
    """Every decimal from `first` to `last`, given in units of the last place; neither negative."""
    unit = 10**places
    (low, low_part), (high, high_part) = divmod(first, unit), divmod(last, unit)
    if low == high:
        return _with_part(low, low_part, high_part, places)
    options = [_with_part(low, low_part, unit - 1, places), _with_part(high, 0, high_part, places)]
    if low + 1 < high:
        options.append(sequence(_between(low + 1, high - 1), _fraction(places)))
    return either(options)


def _with_part(whole: int, first: int, last: int, places: int) -> Expression:
    part = sequence('"."', either(_same_length(f"{first:0{places}}", f"{last:0{places}}")))
    return sequence(literal(str(whole)), f"({part})?" if first == 0 else part)


def _fraction(places: int) -> Expression:
    return f'("." [0-9]{{1,{places}}})?'
