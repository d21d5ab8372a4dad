"""Members in a fixed order, some of which may be left out: properties of an object, the values of a set."""

from __future__ import annotations

from callwright.llm.grammar.ebnf import EMPTY, Expression, Impossible, Rules, either, literal, repeat, sequence

SEPARATOR: Expression = '"," " "?'


def ordered(parts: list[tuple[Expression, bool]], rules: Rules, low: int = 0, high: int | None = None) -> Expression:
    """`parts` (expression, required) in order, separated, from `low` to `high` of them. Raises `Impossible`."""
    cap = max(1, low) if high is None else max(high, 1)
    memo: dict[tuple[int, int], Expression | None] = {}

    def rest(index: int, written: int) -> Expression | None:
        """What may follow once `written` members stand there (counted up to `cap`); None where nothing can."""
        if index == len(parts):
            return EMPTY if written >= low else None
        if (index, written) not in memo:
            memo[index, written] = step(index, written)
        return memo[index, written]

    def step(index: int, written: int) -> Expression | None:
        part, required = parts[index]
        options = []
        if high is None or written < high:
            behind = rest(index + 1, min(written + 1, cap))
            if behind is not None:
                options.append(sequence(SEPARATOR if written else EMPTY, part, behind))
        skipped = None if required else rest(index + 1, written)
        if skipped is not None:
            options.append(skipped)
        if not options:
            return None
        return options[0] if len(options) == 1 else rules.rule("members", either(options))

    whole = rest(0, 0)
    if whole is None:
        raise Impossible(f"no choice of {len(parts)} members makes {low} to {high}")
    return whole


def listed(opening: str, one: Expression, closing: str, low: int, high: int) -> Expression:
    """From `low` to `high` times the same member in brackets. Raises `Impossible`."""
    if low > high:
        raise Impossible(f"no list of {low} to {high} members")
    some = sequence(one, repeat(f"{SEPARATOR} {one}", max(low - 1, 0), max(high, 1) - 1))
    return sequence(literal(opening), some if low else f"({some})?", literal(closing))
