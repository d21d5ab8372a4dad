"""Arithmetic in words of a call: `(1250 * 1.19) / 12`, evaluated exactly as far as floats are, and nothing else."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 300
_LARGEST_POWER = 1000
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_CALLS: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt, "log": math.log, "log10": math.log10, "exp": math.exp, "sin": math.sin, "cos": math.cos,
    "tan": math.tan, "abs": abs, "round": round, "min": min, "max": max, "floor": math.floor, "ceil": math.ceil,
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "e": math.e}


def evaluate(expression: str, names: Mapping[str, Any] | None = None) -> int | float:
    """The value of an arithmetic expression over numbers and `names`. Raises `ValueError` for anything else."""
    text = expression.strip().rstrip("=").replace("^", "**").replace("×", "*").replace("÷", "/").replace(",", "")
    if len(text) > LONGEST:
        raise ValueError("the expression is too long")
    try:
        value = _value(ast.parse(text, mode="eval").body, {**_CONSTANTS, **(names or {})})
        is_number = isinstance(value, int | float) and math.isfinite(value)
    except (SyntaxError, ArithmeticError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"{expression!r} cannot be evaluated: {error}") from error
    if not is_number:
        raise ValueError(f"{expression!r} has no finite value")
    return value  # type: ignore[no-any-return]


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if isinstance(names.get(name), int | float):
            return names[name]
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            one, other = _value(left, names), _value(right, names)
            if isinstance(sign, ast.Pow) and (abs(other) > _LARGEST_POWER or abs(one) > 10**6):
                raise ValueError("the power is too large")
            return _BINARY[type(sign)](one, other)
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            return _UNARY[type(sign)](_value(operand, names))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _CALLS:
            return _CALLS[name](*(_value(argument, names) for argument in arguments))
    raise ValueError("only numbers and arithmetic are known")
