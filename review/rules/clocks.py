"""When a clock is not believed: too far ahead of the log's last day, or behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from review.rules.words import N_

DAYS_AHEAD, DAYS_BACK = 7, 1

STOPPED = N_(
    "The clock of this machine says %(now)s, and the last entry of the log is of %(last)s. Everything can be read and "
    "nothing is written until an admin sets the clock right or, where it is right, accepts it with "
    "flask audit clock --accept."
)


@dataclass(frozen=True, slots=True)
class Step:
    """A clock that stepped further than the log follows by itself."""

    last: str
    now: str

    @property
    def values(self) -> dict[str, object]:
        """What its sentence names."""
        return {"last": self.last, "now": self.now}


def step(last: str | None, now: str) -> Step | None:
    """The step from the log's last day to this one that an admin must accept; None where nothing is in the way.

    A day may pass in which nothing was written, and a clock may be set right by an hour over midnight; a week ahead or
    two days back is a machine that lost its clock, and what it would write could not be told from a lie.
    """
    if last is None:
        return None
    ahead = (date.fromisoformat(now) - date.fromisoformat(last)).days
    return Step(last, now) if ahead > DAYS_AHEAD or ahead < -DAYS_BACK else None


def of_day(at: str, day: str) -> bool:
    """Whether a moment is of the day that an event carries.

    Or of the day before: where a clock was set right over midnight, the log's day stays as it was.
    """
    if at[:10] == day:
        return True
    try:
        return (date.fromisoformat(day) - date.fromisoformat(at[:10])).days == DAYS_BACK
    except ValueError:
        return False
