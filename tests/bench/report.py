"""What a benchmark says: a figure, its yardstick, the ratio, the goal, and whether it was reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Line:
    name: str
    figure: str
    yardstick: str
    ratio: float
    goal: float
    at_least: bool = True

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


@dataclass
class Report:
    lines: list[Line] = field(default_factory=list)

    def say(self, line: Line) -> None:
        self.lines.append(line)
        sign = "≥" if line.at_least else "≤"
        verdict = "reached" if line.reached else "MISSED"
        print(
            f"{line.name:<58} {line.figure:>16} {line.yardstick:>18}  {line.ratio:6.2f} {sign} {line.goal:<5} {verdict}"
        )

    def close(self) -> None:
        missed = [line.name for line in self.lines if not line.reached]
        print(
            f"\n{len(self.lines) - len(missed)} of {len(self.lines)} goals reached"
            + "".join(f"\n  missed: {name}" for name in missed)
        )


def alternately(
    subject: Callable[[], float], yardstick: Callable[[], float], rounds: int = 5
) -> tuple[float, float, float]:
    """Subject and yardstick in turn, so many rounds: both medians and the median of the ratios."""
    pairs = [(subject(), yardstick()) for _round in range(rounds)]
    return (
        median(one for one, _other in pairs),
        median(other for _one, other in pairs),
        median(one / other for one, other in pairs),
    )
