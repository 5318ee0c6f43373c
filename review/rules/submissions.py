"""What the public may send in without an account: its parts, its limits, and for how long it is kept.

An allegation or a request for a correction waits in quarantine until somebody of the desk takes it in or turns it
away. Before that nothing of it stands in the trail: what stands there stays for ever, and so would every piece of spam.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from review.rules import texts
from review.rules.errors import Invalid
from review.rules.vocabulary import LANGUAGES
from review.rules.words import N_

CLAIM, CORRECTION = "claim", "correction"
WAITING, ACCEPTED, REFUSED = "waiting", "accepted", "refused"

LONGEST = {
    "text": 5_000, "translation": 5_000, "right": 1_500, "source": 1_000, "when": 300, "where": 300, "contact": 200,
}  # fmt: skip
MOST_LINKS, LONGEST_LINKS = 5, 2_000
MOST_FILES = 4
MOST_MEGABYTES = 7  # of one file: four of them and the words stay under what one form may carry

QUICKEST = timedelta(seconds=4)  # nobody reads the page and writes an account in less
A_DAY = timedelta(days=1)
MOST_AN_HOUR, MOST_A_DAY = 10, 40  # from one place: a reading room, or the exit of a network of many
MOST_OF_ALL = 300  # in an hour of the clock, from everywhere
MOST_WAITING = 5_000
MOST_KEPT_BYTES = 2 * 1024**3  # of files that came with submissions, until their time is up

LONGEST_AGO = timedelta(days=365)  # so long after it came a call or a letter can still be taken down

KEPT_DAYS, KEPT_CHOICES = 90, (30, 90, 180, 365)  # in quarantine; a desk chooses one of them
REFUSED_KEPT = timedelta(days=30)  # and can be taken back so long
RECEIPT_YEARS = 2
RECEIPT_KEPT = timedelta(days=365 * RECEIPT_YEARS)
CODE_LETTERS = 16  # of a receipt: letters and digits, 80 bits

NO_TEXT = N_("Not answered yet. Say what happened, in your own words.")
NO_CORRECTION = N_("Not answered yet. Say what is wrong on the page.")
TOO_LONG: Mapping[str, str] = {
    "text": N_("Say it in at most %(longest_text)s characters, and send the rest in another message."),
    "translation": N_("A translation may have at most %(longest_translation)s characters here."),
    "right": N_("Say what would be right in at most %(longest_right)s characters."),
    "source": N_("Say how it is known in at most %(longest_source)s characters."),
    "when": N_("Say when it was in at most %(longest_when)s characters."),
    "where": N_("Say where it was in at most %(longest_where)s characters."),
    "contact": N_("Say how to reach you in at most %(longest_contact)s characters."),
}
TOO_MANY_LINKS = N_("At most %(most)s links can be sent at once, one on each line. Send the others in another message.")
LONG_LINKS = N_("The links together are longer than can be sent here: at most %(longest)s characters.")
NO_LANGUAGE = N_("Choose one of the languages listed, or leave it open.")
TOO_MANY_FILES = N_(
    "At most %(most)s files can be sent at once. Choose them again, and send the others in another message."
)
TOO_LARGE = N_("A file may have up to %(most)s MB here. Choose the files again, without the one that is larger.")
NO_ROOM = N_("The desk cannot keep further files just now. Send the words and the links without them.")
LEAVE_EMPTY = N_("Leave this field empty: only programs that fill in every field write something here.")
TOO_QUICK = N_("This came faster than anybody types. Look through it once more, then send it again: it is taken then.")
NOT_OURS = N_("This page was open over a change of the desk's keys, or came from elsewhere. Send it once more.")
PAUSED = N_(
    "Too much was sent from where you are, or to this desk, within a short time. Keep your text, and try again later."
)
NO_WAY = N_("Not answered yet. Say by what way it came.")
NO_DAY = N_("Give the day on which it came, as 2031-03-24: not in the future, and at most a year ago.")
NO_PUBLIC_PAGE = N_("No public page answers to this. Give the code as it stands on the page that is to be corrected.")
NO_CODE = N_("Not answered yet. Type the code that was shown after sending: %(letters)s letters and digits.")
UNKNOWN_CODE = N_(
    "No receipt has this code. Look whether all %(letters)s letters and digits are there; receipts are kept for "
    "%(years)s years."
)
NOT_WAITING = N_("Somebody of the desk has looked through this already. Load the page again to see what they did.")
NOT_REFUSED = N_("This does not lie among what was turned away any more.")
WORDS_GONE = N_("Its words have been erased. There is nothing left that could wait again.")
NOT_OFFERED = N_("Choose one of the spans listed.")
LONG_NUMBER = N_(
    "%(number)s looks like a national ID or a telephone number. Once taken in it stays in the record; a lead editor "
    "can ask to have it removed from there."
)

LABELS = {
    "when": "When", "where": "Where", "links": "Further links", "right": "What would be right", "source": "Source",
    "taken": "Taken down",
}  # fmt: skip
WAYS: Mapping[str, str] = {
    "telephone": N_("by telephone"),
    "letter": N_("by letter"),
    "email": N_("by e-mail"),
    "person": N_("in person"),
}
HEARD = frozenset({"telephone", "person"})  # what was said and not written
STATES: Mapping[str, str] = {
    WAITING: N_("waits to be looked through"),
    ACCEPTED: N_("taken in"),
    REFUSED: N_("turned away"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody says happened, in their words, and what they left to be reached by."""

    text: str
    language: str | None = None
    translation: str | None = None
    when: str | None = None
    where: str | None = None
    links: tuple[str, ...] = ()
    contact: str | None = None

    @property
    def url(self) -> str | None:
        """The address by which the claim is known: the first that was given."""
        return self.links[0] if self.links else None

    @property
    def received(self) -> str:
        """The account as the record keeps it: their words first, then when and where, then the further links."""
        return composed(self.text, when=self.when, where=self.where, links="\n".join(self.links[1:]))

    def as_dict(self) -> dict[str, Any]:
        """What is kept of it, encrypted."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Account:
        """What was kept."""
        return cls(**{**_known(cls, kept), "links": tuple(kept.get("links") or ())})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says is wrong on a public page, and what would be right."""

    text: str
    right: str | None = None
    source: str | None = None
    contact: str | None = None
    taken: str | None = None  # where somebody of the desk wrote it down: by what way it came, and when

    @property
    def received(self) -> str:
        """The request as the record keeps it."""
        return composed(self.text, right=self.right, source=self.source, taken=self.taken)

    def as_dict(self) -> dict[str, Any]:
        """What is kept of it, encrypted."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Wish:
        """What was kept."""
        return cls(**_known(cls, kept))


def _known(kind: type[Account] | type[Wish], kept: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}


def composed(text: str, **parts: str | None) -> str:
    """The words, and under them each further part with its label, in one text."""
    return "\n\n".join((text, *(f"{LABELS[name]}: {part}" for name, part in parts.items() if part)))


def account(typed: Mapping[str, str | None]) -> Account:
    """An account as it was typed; Invalid with a sentence for each field that cannot be taken."""
    found, problems, values = _fields(typed, ("text", "translation", "when", "where", "contact"))
    if not found["text"]:
        problems["text"] = NO_TEXT
    language = (typed.get("language") or "").strip() or None
    if language is not None and language not in LANGUAGES:
        problems["language"] = NO_LANGUAGE
    links = tuple(line.strip() for line in (texts.cleaned(typed.get("links")) or "").split("\n") if line.strip())
    if len(links) > MOST_LINKS:
        problems["links"], values["most"] = TOO_MANY_LINKS, MOST_LINKS
    elif sum(map(len, links)) > LONGEST_LINKS:
        problems["links"], values["longest"] = LONG_LINKS, LONGEST_LINKS
    if problems:
        raise Invalid(problems, **values)
    return Account(
        found["text"] or "", language, found["translation"], found["when"], found["where"], links, found["contact"]
    )


def wish(typed: Mapping[str, str | None]) -> Wish:
    """A request for a correction as it was typed; Invalid with a sentence for each field that cannot be taken."""
    return _wish(typed, {})


def _wish(typed: Mapping[str, str | None], beside: Mapping[str, str]) -> Wish:
    found, problems, values = _fields(typed, ("text", "right", "source", "contact"))
    problems.update(beside)
    if not found["text"]:
        problems["text"] = NO_CORRECTION
    if problems:
        raise Invalid(problems, **values)
    return Wish(found["text"] or "", found["right"], found["source"], found["contact"])


def taken_down(typed: Mapping[str, str | None], today: date) -> tuple[Wish, str, str]:
    """A request that somebody of the desk wrote down, by what way it came and on which day; Invalid as above."""
    way, day = typed.get("way") or "", typed.get("day") or ""
    problems = {} if way in WAYS else {"way": NO_WAY}
    if not _lately(day, today):
        problems["day"] = NO_DAY
    told = _wish(typed, problems)
    return replace(told, taken=f"{WAYS[way]}, {day}"), way, day


def _lately(day: str, today: date) -> bool:
    try:
        known = date.fromisoformat(day)
    except ValueError:
        return False
    return known.isoformat() == day and today - LONGEST_AGO <= known <= today


def _fields(
    typed: Mapping[str, str | None], names: Iterable[str]
) -> tuple[dict[str, str | None], dict[str, str], dict[str, Any]]:
    found = {name: texts.cleaned(typed.get(name)) for name in names}
    long = [name for name, words in found.items() if len(words or "") > LONGEST[name]]
    values = {f"longest_{name}": LONGEST[name] for name in long}
    return found, {name: TOO_LONG[name] for name in long}, values


def check_files(sizes: Iterable[int]) -> None:
    """Invalid where there are more files than can be sent at once, or one is larger than can be kept here."""
    known = tuple(sizes)
    if len(known) > MOST_FILES:
        raise Invalid({"files": TOO_MANY_FILES}, most=MOST_FILES)
    if any(size > MOST_MEGABYTES * 1024 * 1024 for size in known):
        raise Invalid({"files": TOO_LARGE}, most=MOST_MEGABYTES)


def paused(*, this_hour: int, today: int, of_all: int) -> bool:
    """Whether so much came from one place, or from everywhere, that no more is taken for a while."""
    return this_hour >= MOST_AN_HOUR or today >= MOST_A_DAY or of_all >= MOST_OF_ALL


def tidy_code(typed: str | None) -> str:
    """A receipt's code as it is compared: its letters and digits, however they were grouped."""
    return "".join(letter for letter in (typed or "").casefold() if letter.isalnum())


def grouped_code(code: str) -> str:
    """A receipt's code as people copy it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
