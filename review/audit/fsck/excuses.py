"""What is gone from the disclosures, and whether an event of the log covers it: no more, and no less."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from review.audit import canonical
from review.audit.keys import Keys
from review.models import Claim, Disclosure, Event, Participation, Person, PersonKey
from review.models.dossiers import read_disclosure
from review.models.persons import KEY_LABEL
from review.rules.places import here

EXCUSING = ("detail.redacted", "person.left")
SOME = 500


class _Redaction(NamedTuple):
    """One detail that an event says was removed: by which event, of which event."""

    seq: int
    of: int


class _Absence(NamedTuple):
    """One event of which something is gone."""

    seq: int
    type: str
    actor: str
    about: str | None
    incident: str | None
    digests: frozenset[str]
    names: frozenset[str]


class Excuses:
    """Gathered while the log is read: redactions, who left, and every disclosure that is not there."""

    def __init__(self, session: Any, keys: Keys | None) -> None:
        self.session, self.keys = session, keys
        self.redacted: dict[str, _Redaction] = {}
        self.left: dict[str, int] = {}
        self.found: list[_Absence] = []

    def take(self, event: Mapping[str, Any]) -> None:
        """Take one more event into account."""
        seq, body = event["seq"], event["body"]
        if event["type"] == "person.left":
            self.left[body["who"]] = seq
        elif event["type"] == "detail.redacted":
            self.redacted.update({digest: _Redaction(seq, body["of"]) for digest in body["digests"]})

    def absent(self, event: Mapping[str, Any], digests: Collection[str], names: Collection[str]) -> None:
        """These disclosures of an event are not there; these are the names that nothing stands under."""
        self.found.append(
            _Absence(
                event["seq"], event["type"], event["actor"], event["body"].get("who"), event["incident"],
                frozenset(digests), frozenset(names),
            )
        )  # fmt: skip

    def sentences(self) -> Iterator[str]:
        """What is gone without an event that covers it, and what is there though an event says that it went."""
        for absence in self.found:
            gone = self._uncovered(absence)
            if gone:
                yield f"Event {absence.seq}: {gone} of its disclosures are gone and no redaction covers them."
        yield from self._shown_again()
        yield from self._still_linked()

    # gone

    def _uncovered(self, absence: _Absence) -> int:
        covered = {digest for digest in absence.digests if self._covers(digest, absence.seq)}
        return max(0, len(absence.digests - covered) - len(self._of_who_left(absence)))

    def _covers(self, digest: str, seq: int) -> bool:
        redaction = self.redacted.get(digest)
        return redaction is not None and redaction.of == seq < redaction.seq

    def _of_who_left(self, absence: _Absence) -> set[str]:
        """The names of what went with somebody who left: of those that are absent, and of nobody who is still here."""
        gone = set()
        if absence.type.startswith("person.") and absence.about in self.left and "name" in absence.names:
            gone.add("name")
        if self.left and "person" in absence.names and not self._is_here(absence):
            gone.add("person")
        return gone

    def _is_here(self, absence: _Absence) -> bool:
        """Whether somebody who has not left stands behind an event: by the link in its incident, else by their key."""
        if absence.actor == "system":
            return True
        if absence.incident is not None:
            link = select(Participation.person_id).join(Event, Event.incident_id == Participation.incident_id)
            theirs = link.where(Event.seq == absence.seq, Participation.pseudonym == absence.actor)
            return self.session.execute(theirs).first() is not None
        if absence.type.startswith("claim."):
            return self._claims_actor(absence)
        return absence.actor not in self.left

    def _claims_actor(self, absence: _Absence) -> bool:
        if self.keys is None:
            return False
        line = self.session.scalar(select(Event.line).where(Event.seq == absence.seq))
        body = here(canonical.read_line(bytes(line)), absence.seq)["body"]
        claim = body["claim"]
        if isinstance(claim, int):
            claim = self.session.scalar(select(Claim.name).where(Claim.seq == claim))
        sealed = self.session.scalars(select(PersonKey.key))
        names = {canonical.pseudonym(self.keys.open(bytes(key), KEY_LABEL), claim) for key in sealed}
        return absence.actor in names

    # there

    def _shown_again(self) -> Iterator[str]:
        places = sorted({redaction.of for redaction in self.redacted.values()})
        for start in range(0, len(places), SOME):
            there = select(Disclosure.seq, Disclosure.name, Disclosure.digest).where(
                Disclosure.seq.in_(places[start : start + SOME])
            )
            for seq, name, digest in sorted(self.session.execute(there)):
                if digest in self.redacted:
                    by = self.redacted[digest].seq
                    yield f"Event {seq}: its {name} was removed by event {by} and stands here again."

    def _still_linked(self) -> Iterator[str]:
        """Whoever left has no key and no name here, and no event says that they stand behind it."""
        if not self.left:
            return
        for who, name, key in self.session.execute(
            select(Person.log_name, Person.name, PersonKey.person_id)
            .outerjoin(PersonKey, PersonKey.person_id == Person.id)
            .where(Person.log_name.in_(self.left))
        ):
            if name or key is not None:
                yield f"{who} left at event {self.left[who]}, and their name or key is still kept."
        yield from self._still_named()

    def _still_named(self) -> Iterator[str]:
        endings = {_ending(who): who for who in self.left}
        named = select(Disclosure.seq, Disclosure.text).where(
            Disclosure.name == "person", Disclosure.sealed.is_(False)
        )
        for seq, text in self.session.execute(named.order_by(Disclosure.seq)):
            if text[-24:] in endings:
                yield f"Event {seq}: it still says that {endings[text[-24:]]} stands behind it, who left."
        yield from self._names_of_who_left()

    def _names_of_who_left(self) -> Iterator[str]:
        named = (
            select(Disclosure.seq, Disclosure.text, Event.line)
            .join(Event, Event.seq == Disclosure.seq)
            .where(Event.type.like("person.%"), Disclosure.name == "name")
        )
        for seq, text, line in self.session.execute(named.order_by(Disclosure.seq)):
            who = canonical.read_line(bytes(line))["body"]["who"]
            if who in self.left and read_disclosure(text)[1] is not None and seq <= self.left[who]:
                yield f"Event {seq}: it still names {who}, who left."


def _ending(who: str) -> str:
    """How every disclosure ends that names this person: its value begins at a border of base64."""
    return canonical.b64url(f'{who}"]'.encode())


