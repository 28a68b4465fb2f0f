"""Curves over the size of a store as an SVG picture, both axes logarithmic, out of the figures that ``scale.py`` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["drawn"]

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 190, 40, 50
_COLOURS = ("#0b6e99", "#c0392b", "#2e8b57", "#8e44ad", "#d08700")


def drawn(title: str, sizes: Sequence[int], curves: Mapping[str, Sequence[float]], unit: str) -> str:
    """A picture of some curves, named at their right ends; each has a value above 0 for every size."""
    values = [value for curve in curves.values() for value in curve]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        share = (math.log10(size) - first) / (last - first) if last > first else 0.5
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (math.log10(value) - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{_WIDTH - _RIGHT}" y2="{at:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:,g} {escape(unit)}</text>')
    for size in sizes:
        parts.append(f'<text x="{x(size):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{size:,}</text>')
    parts.append(
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 10}" text-anchor="middle">passages in the store</text>'
    )
    beneath = math.inf
    # Names from the bottom up, so that those of close curves do not lie on each other.
    for number, (name, curve) in sorted(enumerate(curves.items()), key=lambda item: item[1][1][-1]):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in zip(sizes, curve, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        beneath = min(y(curve[-1]) + 4, beneath - 15)
        last_value = f"{curve[-1]:,.0f}" if curve[-1] >= 100 else f"{curve[-1]:.3g}"
        label = f"{escape(name)}: {last_value} {escape(unit)}"
        parts.append(f'<text x="{_WIDTH - _RIGHT + 8}" y="{beneath:.1f}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])
