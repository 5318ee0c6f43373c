"""Sources: what hangs in an incident, of which origin, and what of it moves the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

from review.rules import texts
from review.rules.dossier import Dossier, Source
from review.rules.errors import Invalid, NotFound
from review.rules.provenance import Credibility, Kind
from review.rules.vocabulary import CAPTURE_STATES, NOTE, PLATFORMS, SOURCE_KINDS, SOURCE_ROLES
from review.rules.words import N_

LONGEST_URL = 2_048
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CODE = re.compile(r"[A-F][1-6]")
_SAME_HOST = {"x.com": "twitter.com", "fb.com": "facebook.com", "youtu.be": "youtube.com"}
_TRACKING = frozenset({"fbclid", "gclid", "igshid", "igsh", "mc_cid", "mc_eid", "ref_src", "ref_url", "si"})
_TRACKING_AT = {"twitter.com": frozenset({"s", "t", "lang"}), "facebook.com": frozenset({"mibextid", "rdid"})}
_NEVER_SHOWN = re.compile(r"^(www|m|mobile|amp)\.")


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A source as somebody typed it; `origin` is the number of the source that it repeats, if it repeats
    one."""

    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    kind: str | None = None
    language: str | None = None
    published: str | None = None
    role: str | None = None
    origin: int | None = None
    note: str | None = None
    publishable: bool = False
    link: str | None = None
    text: str | None = None  # words to be kept as they are, where there is no address
    file: bool = False  # a file comes with it
    platform: str | None = None
    affiliated: str | None = None  # the party to the conflict whose media it is, where it is one's

    @property
    def provenance(self) -> Kind:
        """What the trail seals as its kind."""
        return Kind(self.kind, self.platform, self.affiliated)


@dataclass(frozen=True, slots=True)
class Attached:
    """What attaching amounts to: its number, its origin, whether it moves the evidence, and the words as
    kept."""

    number: int
    origin: int
    material: bool
    draft: SourceDraft


@dataclass(frozen=True, slots=True)
class Assessment:
    """What somebody makes of an attached source, whole each time: its role, whether it may be shown, the 6 × 6
    code and why, whether it holds together, whose media it is, a note."""

    role: str | None
    publishable: bool
    credibility: str | None = None
    coherence: str | None = None
    note: str | None = None
    credibility_note: str | None = None
    affiliated: str | None = None

    @property
    def credence(self) -> Credibility:
        """What the trail seals as its credibility."""
        return Credibility(self.credibility, self.credibility_note, self.affiliated)


@dataclass(frozen=True, slots=True)
class Archived:
    """The address of an archive's copy, and what was found there."""

    address: str
    checked: str


@dataclass(frozen=True, slots=True)
class Assessed:
    number: int
    material: bool
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Grouped:
    origin: int
    sources: tuple[int, ...]


def normalised_url(url: str) -> str:
    """The address by which two links are known to be the same: no tracking, no fragment, one spelling of
    a host."""
    parts = urlsplit(url.strip())
    host = _NEVER_SHOWN.sub("", (parts.hostname or "").lower().rstrip("."))
    host = _SAME_HOST.get(host, host)
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    path = parts.path.rstrip("/") or "/"
    query = urlencode(sorted(_kept(parts.query, host)))
    return f"https://{host}{port}{path}" + (f"?{query}" if query else "")


def _kept(query: str, host: str) -> list[tuple[str, str]]:
    dropped = _TRACKING | _TRACKING_AT.get(host, frozenset())
    pairs = parse_qsl(query, keep_blank_values=True)
    return [(name, value) for name, value in pairs if name not in dropped and not name.startswith("utm_")]


def url_problem(url: str) -> str | None:
    """Why this is no address that could be kept; None where it is one."""
    if len(url) > LONGEST_URL:
        return N_("This address is longer than can be kept.")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return N_("This is no web address.")
    if (
        parts.scheme.lower() not in ("http", "https")
        or not parts.hostname
        or re.search(r"[\s\x00-\x1f]", url)
    ):
        return N_("This is no web address. It begins with https:// or http://")
    if parts.username or parts.password:
        return N_("This address holds a name or a password. Leave those out.")
    return None


def the_source(dossier: Dossier, number: int) -> Source:
    """An attached source by its number."""
    found = dossier.source(number)
    if found is None or found.withdrawn:
        raise NotFound("unknown-source", source=number)
    return found


def same_source(dossier: Dossier, url: str | None) -> Source | None:
    """The source that is attached here already under this address."""
    if not url or url_problem(url):
        return None
    wanted = normalised_url(url)
    known = ((source, source.url) for source in dossier.attached)
    return next((source for source, held in known if held and normalised_url(held) == wanted), None)


def attach(dossier: Dossier, draft: SourceDraft) -> Attached:
    """The next source of this incident. It moves the evidence iff its origin is new and it is no note of
    the desk."""
    kept = _cleaned(draft)
    problems = _draft_problems(dossier, kept)
    if problems:
        raise Invalid(problems, same=_number(same_source(dossier, kept.url)), longest=texts.LONGEST)
    number = max((source.number for source in dossier.sources), default=0) + 1
    repeated = dossier.source(kept.origin) if kept.origin else None
    origin = repeated.origin if repeated else number
    return Attached(number, origin, material=repeated is None and kept.kind != NOTE, draft=kept)


def _number(source: Source | None) -> int | None:
    return source.number if source else None


def _cleaned(draft: SourceDraft) -> SourceDraft:
    return replace(
        draft,
        url=texts.cleaned(draft.url),
        title=texts.cleaned(draft.title),
        publisher=texts.cleaned(draft.publisher),
        kind=draft.kind or None,
        language=draft.language or None,
        published=texts.cleaned(draft.published),
        role=draft.role or None,
        note=texts.cleaned(draft.note),
        text=texts.cleaned(draft.text),
        platform=draft.platform or None,
        affiliated=texts.cleaned(draft.affiliated),
    )


def _draft_problems(dossier: Dossier, draft: SourceDraft) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not (draft.url or draft.text or draft.note or draft.title or draft.file):
        problems["url"] = N_("Not answered yet. Give an address, a text or a file.")
    if draft.url:
        problem = url_problem(draft.url)
        if problem:
            problems["url"] = problem
        elif same_source(dossier, draft.url):
            problems["url"] = N_("This address is attached here already, as S%(same)s.")
    problems |= _word_problems(draft)
    if draft.origin is not None and draft.origin not in {source.number for source in dossier.attached}:
        problems["origin"] = N_("The source that it repeats is not attached here.")
    return problems


def _word_problems(draft: SourceDraft) -> dict[str, str]:
    problems: dict[str, str] = {}
    if draft.kind is not None and draft.kind not in SOURCE_KINDS:
        problems["kind"] = N_("Choose one of the kinds listed.")
    if draft.role is not None and draft.role not in SOURCE_ROLES:
        problems["role"] = N_("Choose one of the roles listed.")
    if draft.platform is not None and draft.platform not in PLATFORMS:
        problems["platform"] = N_("Choose one of the platforms listed.")
    if draft.language is not None and not _LANGUAGE.fullmatch(draft.language):
        problems["language"] = N_("Choose a language, or leave it empty.")
    if draft.published is not None and not _is_day(draft.published):
        problems["published"] = N_("This is no day of the calendar. Leave it empty where nobody knows.")
    return problems | _length_problems(draft, "title", "publisher", "affiliated", "note")


def _length_problems(typed: SourceDraft | Assessment, *names: str) -> dict[str, str]:
    return {name: texts.TOO_LONG for name in names if texts.too_long(getattr(typed, name))}


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def assess(dossier: Dossier, number: int, assessment: Assessment) -> Assessed:
    """What is made of a source; it moves the evidence iff the role changed."""
    source = the_source(dossier, number)
    kept = replace(
        assessment,
        role=assessment.role or None,
        credibility=texts.cleaned(assessment.credibility),
        coherence=texts.cleaned(assessment.coherence),
        note=texts.cleaned(assessment.note),
        credibility_note=texts.cleaned(assessment.credibility_note),
        affiliated=texts.cleaned(assessment.affiliated),
    )
    problems = {}
    if kept.role is not None and kept.role not in SOURCE_ROLES:
        problems["role"] = N_("Choose one of the roles listed.")
    if kept.credibility is not None and not _CODE.fullmatch(kept.credibility):
        problems["credibility"] = N_("The code is a letter from A to F and a figure from 1 to 6, such as B2.")
    problems |= _length_problems(kept, "credibility_note", "coherence", "affiliated", "note")
    if problems:
        raise Invalid(problems, longest=texts.LONGEST)
    return Assessed(number, material=kept.role != source.role, assessment=kept)


def archive(dossier: Dossier, number: int, address: str | None, checked: str | None) -> Archived:
    """Where a copy of a source stands in somebody's archive, and whether there is anything in it.

    The desk fetches nothing: what was found there is what a person says who looked."""
    source = the_source(dossier, number)
    kept = Archived(texts.cleaned(address) or "", checked or "unchecked")
    problems = {}
    if not kept.address:
        problems["archive"] = N_("Not answered yet. Give the address of the archived copy.")
    elif sentence := url_problem(kept.address):
        problems["archive"] = sentence
    if kept.checked not in CAPTURE_STATES:
        problems["checked"] = N_("Choose what was found there.")
    elif not problems and (source.archive, source.checked) == (kept.address, kept.checked):
        problems["archive"] = N_("This is recorded already.")
    if problems:
        raise Invalid(problems)
    return kept


def group(dossier: Dossier, origin: int, numbers: Iterable[int]) -> Grouped:
    """Several sources that repeat one root account: corroboration counts them once."""
    root = dossier.source(origin)
    attached = {source.number: source for source in dossier.attached}
    chosen = tuple(sorted(set(numbers)))
    if root is None or not chosen or any(number not in attached for number in chosen):
        raise Invalid({"sources": N_("Choose sources that are attached here, and the one that they repeat.")})
    if all(attached[number].origin == root.origin for number in chosen):
        raise Invalid({"sources": N_("These are of one origin already.")})
    return Grouped(root.origin, chosen)


def separate(dossier: Dossier, number: int) -> Grouped:
    """A source stands for itself again: its origin is its own number."""
    source = the_source(dossier, number)
    if source.origin == number:
        raise Invalid({"sources": N_("This source is an origin of its own already.")})
    return Grouped(number, (number,))


def withdraw(dossier: Dossier, number: int) -> Source:
    """The source that is taken out; every vote that cites it stands as it was cast."""
    return the_source(dossier, number)


def cited_by(dossier: Dossier, number: int) -> tuple[int, ...]:
    """The votes, live or not, that rest on a source and are open to the reader."""
    return tuple(vote.seq for vote in dossier.votes if vote.ballot and number in vote.ballot.sources)
