"""What stays unsaid: which leaves are hash only, which disclosures never leave (AUDIT-FORMAT 3 and 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

# The types that open and close mouths; nothing else has to be read to know what is mute.
TELLING = (
    "incident.restricted", "round.closed", "round.opened", "settlement.argued", "settlement.closed", "vote.excluded",
)  # fmt: skip
BLIND = ("vote.", "reviewer.", "conflict.", "source.", "attempt.refused")
NEVER_REVEALED = ("superseded", "withdrawn", "excluded")


class Silence:
    """What must stay unsaid of a log, folded from its TELLING events in the order of their seq."""

    blind: tuple[str, ...] = BLIND

    def __init__(self, named: Iterable[str] = (), joints: Sequence[int] = ()) -> None:
        self.named = frozenset(named)  # restricted incidents that the command names
        self.joints = tuple(joints)  # where the log went on under another name: what was open fell there
        self.restricted: set[str] = set()
        self.open: dict[str, int] = {}
        self.abandoned: dict[str, list[tuple[int, int]]] = {}
        self.sealed: set[int] = set()
        self.excluded: dict[int, int] = {}  # exclusion -> the vote that it is of
        self.arguments: dict[int, int] = {}
        self.withheld: set[int] = set()  # the log's own events that are mute: of claims in restricted incidents

    def take(self, seq: int, type_: str, incident: str, body: Mapping[str, Any]) -> None:
        """Take one more event into account."""
        if type_ == "round.opened":
            self.abandoned[incident] = list(self.windows(incident))
            self.open[incident] = seq
        elif type_ == "round.closed":
            self._close(seq, incident, body)
        elif type_ == "settlement.argued":
            self.arguments[seq] = body["settlement"]
        elif type_ == "settlement.closed":
            of = body["settlement"]
            self.arguments = {argued: settled for argued, settled in self.arguments.items() if settled != of}
        elif type_ == "vote.excluded":
            self.excluded[seq] = int(body["of"])
        elif type_ == "incident.restricted":
            self._restrict(incident, body["on"])

    def _restrict(self, incident: str, on: bool) -> None:
        (self.restricted.add if on else self.restricted.discard)(incident)

    def open_since(self, incident: str) -> int | None:
        """Where the incident's open round was opened; None where none is open, or the one that was fell at a joint."""
        opened = self.open.get(incident)
        return None if opened is None or self._joint_after(opened) is not None else opened

    def windows(self, incident: str) -> Iterator[tuple[int, int]]:
        """From where to where the incident's abandoned and fallen rounds lasted."""
        yield from self.abandoned.get(incident, ())
        opened = self.open.get(incident)
        joint = None if opened is None else self._joint_after(opened)
        if opened is not None and joint is not None:
            yield opened, joint

    def never_told(self, incident: str, seq: int) -> bool:
        """Whether a vote's event is one of an abandoned or fallen round. An exclusion goes with the vote that it is of:
        of a vote of an earlier round it says nothing of the one in which it was made."""
        voted = self.excluded.get(seq, seq)
        return any(start < voted < end for start, end in self.windows(incident))

    def _joint_after(self, seq: int) -> int | None:
        return next((joint for joint in self.joints if joint > seq), None)

    def _close(self, seq: int, incident: str, body: Mapping[str, Any]) -> None:
        opened = self.open.pop(incident, seq)
        if body["result"] == "abandoned":
            self.abandoned.setdefault(incident, []).append((opened, seq))
        for answer in NEVER_REVEALED:
            self.sealed.update(body[answer])


class BundleSilence(Silence):
    """A bundle shows each event with its place in its incident: whatever stands behind the opening of a round counts
    what the round mutes, so that all of it waits for the close, a lifted restriction too."""

    blind = ("",)

    def __init__(self, named: Iterable[str] = (), joints: Sequence[int] = ()) -> None:
        super().__init__(named, joints)
        self.unsaid: set[int] = set()  # receipts of claims of which the line is shown and no word is told
        self._lifted: set[str] = set()

    def _restrict(self, incident: str, on: bool) -> None:
        self._lifted.discard(incident)
        if not on and self.open_since(incident) is not None:
            self._lifted.add(incident)
            return
        super()._restrict(incident, on)

    def _close(self, seq: int, incident: str, body: Mapping[str, Any]) -> None:
        super()._close(seq, incident, body)
        if incident in self._lifted:
            self._restrict(incident, False)


def mute(silence: Silence, seq: int, type_: str, incident: str | None) -> bool:
    """Whether a leaf is hash only, for every person and in every profile.

    While a round is open: what was recorded of votes, reviewers, conflicts, refused attempts and sources
    since its opening. For ever: the votes of an abandoned round, with their withdrawals and exclusions. Until
    the settlement is closed: its arguments. Wholly: an incident that is restricted and not named, and the claims
    that stand in it.
    """
    if incident is None:
        return seq in silence.withheld
    if incident in silence.restricted and incident not in silence.named:
        return True
    opened = silence.open_since(incident)
    if opened is not None and seq > opened and type_.startswith(silence.blind):
        return True
    if type_.startswith("vote."):
        return silence.never_told(incident, seq)
    return type_ == "settlement.argued" and seq in silence.arguments


def sealed_for_ever(silence: Silence, seq: int) -> bool:
    """Whether a shown leaf is a vote that was never revealed: nothing of it is told."""
    return seq in silence.sealed
