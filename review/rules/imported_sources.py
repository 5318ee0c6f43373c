"""Rows of published sources as sources: what a cell says in one word is taken apart, what it cannot say stays blank."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from review.rules.sources import SourceDraft, normalised_url, url_problem
from review.rules.vocabulary import LANGUAGES, PLATFORMS, key_of
from review.rules.words import N_

LONGEST = 2_000
UNCHECKED = "unchecked"
BLANK = ("", "-", "–", "—")
KIND_AT = {
    "twitter": "social_post",
    "facebook": "social_post",
    "telegram": "social_post",
    "instagram": "social_post",
    "tiktok": "social_post",
    "video": "video",
    "web": "web_page",
}
PLATFORM_AT = {
    "twitter.com": "twitter",
    "facebook.com": "facebook",
    "t.me": "telegram",
    "instagram.com": "instagram",
    "tiktok.com": "tiktok",
    "youtube.com": "video",
}
MONTHS = (
    ("january", "يناير", "كانون الثاني"),
    ("february", "فبراير", "شباط"),
    ("march", "مارس", "آذار"),
    ("april", "أبريل", "نيسان"),
    ("may", "مايو", "أيار"),
    ("june", "يونيو", "حزيران"),
    ("july", "يوليو", "تموز"),
    ("august", "أغسطس", "آب"),
    ("september", "سبتمبر", "أيلول"),
    ("october", "أكتوبر", "تشرين الأول"),
    ("november", "نوفمبر", "تشرين الثاني"),
    ("december", "ديسمبر", "كانون الأول"),
)

NOTES = {
    "spaces": N_("The address held spaces; they are written as addresses write them."),
    "no-address": N_("This is no web address; it was kept as the title of a source without one."),
    "archive": N_("The archive's address is none; it was left out."),
    "archive-only": N_("There is no address; the archive's was taken."),
    "date": N_("The day cannot be read; its words were kept in a note."),
    "language": N_("The language or platform is none that is known here; its words were kept in a note."),
    "repeated": N_("This address stands twice in the incident; it was attached once."),
    "known": N_("This address is attached in the incident already; nothing was added."),
}
REFUSED = {
    "nameless": N_("The row names no incident."),
    "no-url": N_("The row has no address."),
    "no-incident": N_("No incident has these codes, all of them and no others."),
    "incidents": N_("More than one incident has these codes."),
}

_DAY_FIRST = re.compile(r"(\d{1,2})\s+(\D+?)\s+(\d{4})")
_MONTH_FIRST = re.compile(r"(\D+?)\s+(\d{1,2})\s*,?\s+(\d{4})")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What one row amounts to: the source, by what it is known again, its archived copy, the notes."""

    draft: SourceDraft
    key: str
    archive: str | None
    notes: tuple[str, ...]


def read(row: Mapping[str, str]) -> SourceRow | None:
    """The source of one row, publishable as every imported link is; None where it has no address at all."""
    notes: list[str] = []
    cells = {name: value.strip() for name, value in row.items()}
    address, archive = cells.get("url", ""), cells.get("archive_url", "")
    if not address and not archive:
        return None
    if not address:
        notes.append("archive-only")
        address, archive = archive, ""
    url = _address(address, notes)
    platform, language = _platform(cells.get("language_platform", ""), url, notes)
    published = _day(cells.get("date", ""), notes)
    kind = KIND_AT.get(platform or "", "web_page")
    draft = SourceDraft(
        url=url,
        title=None if url else address[:LONGEST],
        kind="video" if _says_yes(cells.get("video", "")) else kind,
        platform=platform,
        language=language,
        published=published,
        note=_as_found(cells, notes),
        publishable=True,
    )
    kept = _archive(archive, address, notes)
    return SourceRow(draft, _key(url, address), kept, tuple(notes))


def _key(url: str | None, address: str) -> str:
    return hashlib.sha256((normalised_url(url) if url else address).encode()).hexdigest()


def _address(cell: str, notes: list[str]) -> str | None:
    mended = _SPACE.sub("%20", cell)
    if url_problem(mended):
        notes.append("no-address")
        return None
    if mended != cell:
        notes.append("spaces")
    return mended


def _archive(cell: str, address: str, notes: list[str]) -> str | None:
    """The archive's address; one that only repeats the source's is no archive."""
    if cell == address or not cell:
        return None
    mended = _SPACE.sub("%20", cell)
    if url_problem(mended):
        notes.append("archive")
        return None
    return mended


def _platform(cell: str, url: str | None, notes: list[str]) -> tuple[str | None, str | None]:
    platform, language, strange = _split(cell[:LONGEST])
    if strange:
        notes.append("language")
    return platform or _host(url), language


@lru_cache(maxsize=512)  # a file says the same few pairs in every row
def _split(cell: str) -> tuple[str | None, str | None, bool]:
    """A cell such as `Twitter Arabic`: a platform, a language, both in this order, or neither; True where strange."""
    first, _space, rest = cell.partition(" ")
    platform, language = key_of(first, PLATFORMS), key_of(rest or first, LANGUAGES)
    strange = cell not in BLANK and (platform is None or bool(rest)) and language is None
    return platform, language, strange


def _host(url: str | None) -> str | None:
    if url is None:
        return None
    return PLATFORM_AT.get(urlsplit(normalised_url(url)).hostname or "", "web")


def _says_yes(cell: str) -> bool:
    return cell.casefold() in ("yes", "true", "y", "1", "نعم")


def _day(cell: str, notes: list[str]) -> str | None:
    if not cell:
        return None
    found = _written(cell) or _spoken(cell)
    if found is None:
        notes.append("date")
    return found


def _written(cell: str) -> str | None:
    try:
        return date.fromisoformat(cell).isoformat() if len(cell) == 10 else None
    except ValueError:
        return None


def _spoken(cell: str) -> str | None:
    """`14 March 2031`, `March 14, 2031` or the same in Arabic."""
    if found := _DAY_FIRST.fullmatch(cell):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(cell):
        name, day, year = found.groups()
    else:
        return None
    month = next((number for number, names in enumerate(MONTHS, start=1) if name.casefold() in names), 0)
    try:
        return date(int(year), month, int(day)).isoformat()
    except ValueError:
        return None


def _as_found(cells: Mapping[str, str], notes: list[str]) -> str | None:
    """The words of those cells that could not be read, in a note that only the desk sees."""
    columns = {"date": "date", "language": "language_platform"}
    words = [cells[column][:LONGEST] for note, column in columns.items() if note in notes]
    return "\n".join(words) or None
