"""Numbers as people read them."""

from collections.abc import Iterable

from fracture.artifacts.scores import Estimate, number

LEAST_P = 0.001
"""Below this a p-value is not told apart from others."""


def count(n: int, one: str, several: str | None = None) -> str:
    """Return a number with its noun: `1 group`, `2,040 groups`, `3 studies`."""
    return f"{n:,} {one if n == 1 else several or f'{one}s'}"


def known(n: int | None) -> str:
    """Return a count, or say that the data set names none."""
    return "not named" if n is None else f"{n:,}"


def percent(share: float | None) -> str:
    """Return a share, 0 to 1, in percent with one decimal; `-` where it is undefined."""
    return "-" if share is None else f"{100 * share:.1f} %"


def signed(difference: Estimate) -> str:
    """Return a difference with its sign and interval."""
    if difference.value is None:
        return "-"
    value = f"{difference.value:+.3f}"
    if difference.low is None or difference.high is None:
        return value
    return f"{value} ({difference.low:+.3f} to {difference.high:+.3f})"


def p_value(p: float | None) -> str:
    """Return a p-value with three decimals; `-` where it is undefined."""
    if p is None:
        return "-"
    return f"below {LEAST_P}" if p < LEAST_P else number(p)


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: `a`, `a and b`, `a, b and c`."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def readable(key: str) -> str:
    """Return a key of an artifact as words: `image_number` as `image number`."""
    return key.replace("_", " ")
