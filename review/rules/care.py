"""How people are looked after: what is shown unasked, what they take on, when a break is due.

Exposure to traumatic material works like a dose, and control over it protects (Dart Center): so nothing that may show
harm loads unasked, everybody sets their own limits, and passing needs no reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from review.rules.words import N_

TEXT, ASK, CALM = "text", "ask", "calm"
MEDIA = (TEXT, ASK, CALM)
WITHHELD, GREY, COLOUR = "withheld", "grey", "colour"
GRAPHIC = "graphic"
WARNINGS = (GRAPHIC, CALM)
ONCE, DAILY, NEVER = "once", "daily", "none"
MAILS = (ONCE, DAILY, NEVER)
BREAKS = (20, 30, 45, 60, 90)
PAUSE = timedelta(minutes=15)  # away from the desk for so long, one begins anew
MOST_A_DAY, MOST_A_WEEK = 50, 200
PASSED = "Passed, no reason needed."  # the record's reason of a pass: the same for everybody

# What a kept copy may be shown as in a page; everything else is a download.
PICTURE, VIDEO, SOUND = "picture", "video", "sound"
SHOWN_AS = {
    "image/jpeg": PICTURE, "image/png": PICTURE, "image/gif": PICTURE, "image/webp": PICTURE,
    "video/mp4": VIDEO, "video/webm": VIDEO, "video/quicktime": VIDEO,
    "audio/mpeg": SOUND, "audio/wav": SOUND, "audio/ogg": SOUND,
}  # fmt: skip
MAY_SHOW_HARM = tuple(media for media, kind in SHOWN_AS.items() if kind in (PICTURE, VIDEO))

NOT_AVAILABLE = N_("%(names)s is not available now. Ask somebody else.")
NO_NUMBER = N_("This is no number from 1 to %(most)s. Leave it empty for no limit.")


@dataclass(frozen=True, slots=True)
class Settings:
    """What somebody set for themselves; nobody else ever sees it."""

    media: str = ASK
    per_day: int | None = None
    per_week: int | None = None
    no_graphic: bool = False
    break_after: int | None = 45
    mail: str = DAILY

    @property
    def limited(self) -> bool:
        """Whether anything that is asked of them has to be looked at first."""
        return self.no_graphic or self.per_day is not None or self.per_week is not None


def showing(media: str, warning: str | None, asked: str | None) -> str:
    """How a kept picture or recording stands in a page: withheld until asked for, then grey and muted, then in colour.

    What nobody has looked at counts as graphic. Only who chose so is shown unasked what somebody found calm.
    """
    if asked is not None:
        return asked
    return GREY if media == CALM and warning == CALM else WITHHELD


def graphic(warning: str | None, media: str | None) -> bool:
    """Whether a source may show harm: it is said to, or it is a picture or a video that nobody called calm."""
    return warning == GRAPHIC or (warning is None and media in MAY_SHOW_HARM)


def available(settings: Settings, *, today: int, this_week: int, is_graphic: bool) -> bool:
    """Whether one more incident may be asked of somebody, by the limits that they set for themselves."""
    if settings.no_graphic and is_graphic:
        return False
    return not spent(settings, today=today, this_week=this_week)


def spent(settings: Settings, *, today: int, this_week: int) -> bool:
    """Whether somebody has taken on as much as they wanted to, in this day or in seven."""
    a_day = settings.per_day is not None and today >= settings.per_day
    return a_day or (settings.per_week is not None and this_week >= settings.per_week)


def break_due(settings: Settings, sitting_since: datetime | None, now: datetime) -> int | None:
    """After how many minutes at the desk a break is suggested now; None while it is not."""
    if settings.break_after is None or sitting_since is None:
        return None
    minutes = int((now - sitting_since).total_seconds() // 60)
    return minutes if minutes >= settings.break_after else None


def sits_since(began: datetime | None, last_seen: datetime, now: datetime) -> datetime:
    """Since when somebody sits at the desk: a pause of a quarter of an hour begins it anew."""
    return now if began is None or now - last_seen >= PAUSE else began
