"""Claims that stand in a restricted incident, or repeat one that does: what of them a bundle may not tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from review.audit.mute import Silence, mute
from review.audit.stored import Told, body_of

MOVING = ("claim.grouped", "claim.ungrouped")
RECEIVED, DUPLICATED, RESTORED = "claim.received", "claim.duplicated", "claim.restored"
OF_THE_LOG = (RECEIVED, DUPLICATED, "claim.dismissed", "claim.withdrawn", RESTORED)
REDACTED = "detail.redacted"


class HiddenClaims:
    """`withheld`: the log's own events that are hash only. `unsaid`: receipts that a shown incident refers to, so that
    their line stands there and nothing of what they sealed."""

    def __init__(self, trail: Told, size: int, hidden: Collection[str], silence: Silence) -> None:
        self.withheld: set[int] = set()
        self.unsaid: set[int] = set()
        self._hidden, self._silence = hidden, silence
        self._where: dict[int, str] = {}  # claim -> the incident that it stands in
        self._repeats: dict[int, int] = {}  # claim -> the one that it is set aside beside
        self._repeated: dict[int, set[int]] = defaultdict(set)  # claim -> all that it was ever set aside beside
        self._referred: set[int] = set()
        self._events: dict[int, set[int]] = defaultdict(set)
        self._redactions: list[tuple[int, int]] = []
        for row in trail.events(size, (*MOVING, *OF_THE_LOG, REDACTED)):
            self._take(row.seq, row.type, row.incident, body_of(row))
        self._judge()

    def _take(self, seq: int, type_: str, incident: str | None, body: Any) -> None:
        if type_ == REDACTED:
            self._redactions.append((seq, body["of"]))
        elif incident is not None:
            self._move(seq, type_, incident, body["claim"])
        else:
            self._set(seq, type_, seq if type_ == RECEIVED else body["claim"], body)

    def _move(self, seq: int, type_: str, incident: str, claim: int) -> None:
        if not mute(self._silence, seq, type_, incident):
            self._referred.add(claim)
        if type_ == "claim.grouped":
            self._where[claim] = incident
        else:
            self._where.pop(claim, None)

    def _set(self, seq: int, type_: str, claim: int, body: Any) -> None:
        self._events[claim].add(seq)
        if type_ == DUPLICATED:
            self._repeats[claim] = body["of"]
            self._repeated[claim].add(body["of"])
        elif type_ == RESTORED:
            self._repeats.pop(claim, None)

    def _judge(self) -> None:
        hushed = {claim for claim in self._events if self._stands_hidden(claim)}
        for claim in hushed:
            self.withheld |= self._events[claim]
        for claim, others in self._repeated.items():
            if claim not in hushed and others & hushed:
                # Its own words are told; that it once repeated what is hidden is not.
                self.withheld |= self._events[claim] - {claim}
        self.unsaid = hushed & self._referred
        self.withheld -= self.unsaid
        self.withheld |= {seq for seq, of in self._redactions if of in self.withheld}

    def _stands_hidden(self, claim: int) -> bool:
        """Whether it, or what it repeats, stands in a restricted incident."""
        followed: set[int] = set()
        while claim not in followed:
            if self._where.get(claim) in self._hidden:
                return True
            followed.add(claim)
            claim = self._repeats.get(claim, claim)
        return False
