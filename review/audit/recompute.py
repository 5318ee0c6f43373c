"""Make the open data anew from a public bundle, without the desk: `python3 recompute.py bundle.zip out.jsonl`.

A file of determinations is nothing of its own. It follows from the public bundle under the same checkpoint: check that
one with verify.py first, then run this, and compare the SHA-256 with the one that the desk names. This file imports
nothing of the desk's, needs Python 3.8 or later and no network, and is short enough to be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from base64 import urlsafe_b64decode
from typing import Any, Dict, Iterator, List, Optional, Tuple

Place = Tuple[int, int]  # which log, which of its entries

DESCRIBING = ("incident.opened", "incident.described", "incident.imported")
EXITS = {
    "incident.merged": "merged", "incident.split": "split", "incident.dismissed": "dismissed",
    "incident.withdrawn": "withdrawn", "incident.restored": None,
}  # fmt: skip


class Version:
    """One published version: its entry, what was decided, and where its facts stand."""

    def __init__(
        self, log: int, event: dict, line: bytes, kind: str, decided: dict, book: Optional[str], facts: Optional[Place]
    ) -> None:
        self.log, self.seq, self.day = log, event["seq"], event["day"]
        self.incident, self.number = event["incident"], event["body"].get("version", 0)
        self.leaf = hashlib.sha256(b"\x00" + line).hexdigest()
        self.kind, self.grade, self.range = kind, decided["grade"], decided["range"]
        self.book, self.facts = book, facts


class Log:
    """What the entries of a log tell about the published versions, in their order."""

    def __init__(self) -> None:
        self.versions: List[Version] = []
        self.standing: Dict[str, Version] = {}  # incident -> its latest version
        self.exits: Dict[str, Optional[str]] = {}  # incident -> how it left the desk
        self.facts: Dict[str, Place] = {}  # incident -> (log, seq) of its latest description
        self.decided: Dict[Place, dict] = {}  # (log, seq) of a proposal, an override, an approval -> what was decided
        self.books: Dict[Place, str] = {}  # (log, seq) -> the codebook defined there
        self.rounds: Dict[Tuple[str, int], Optional[str]] = {}  # (incident, number of a round) -> its codebook

    def take(self, log: int, event: dict, line: bytes) -> None:
        kind, incident, body, here = event["type"], event["incident"], event["body"], (log, event["seq"])
        if kind == "codebook.defined":
            self.books[here] = body["id"]
        elif kind in DESCRIBING:
            self.facts[incident] = here
        elif kind == "round.opened":
            self.rounds[incident, body["round"]] = self.books.get((log, body["codebook"]))
        elif kind == "grade.proposed":
            book = self.rounds.get((incident, body["round"]))
            self.decided[here] = {"grade": body["grade"], "range": body["range"], "book": book}
        elif kind == "grade.overridden":
            proposed = self.decided[log, body["of"]]
            self.decided[here] = {"grade": body["grade"], "range": body["range"], "book": proposed["book"]}
        elif kind == "grade.approved":
            of = body["of"] if body["override"] is None else body["override"]
            self.decided[here] = self.decided[log, of]
        elif kind == "grade.imported":
            book = self.books.get((log, body["codebook"]))
            self.add(Version(log, event, line, "legacy", body, book, self.facts.get(incident)))
        elif kind == "grade.published":
            decided = self.decided[log, body["of"]]
            self.add(Version(log, event, line, body["kind"], decided, decided["book"], self.facts.get(incident)))
        elif kind in EXITS and event["iseq"] > 0:  # at 0 a split is how the incident came about
            self.exits[incident] = EXITS[kind]

    def add(self, version: Version) -> None:
        self.versions.append(version)
        self.standing[version.incident] = version


def rows(path: str) -> Iterator[str]:
    """The lines of the file, from the bundle at `path`."""
    with zipfile.ZipFile(path) as bundle:
        folders = sorted(
            {name.rpartition("/")[0] for name in bundle.namelist() if name.endswith("/events.jsonl")},
            # Earlier logs first, in their order; the bundle's own stands in `data` itself.
            key=lambda folder: (folder == "data", [int(part) for part in folder.split("/") if part.isdigit()]),
        )
        told = Log()
        for number, folder in enumerate(folders):
            for line in lines(bundle, folder + "/events.jsonl"):
                told.take(number, json.loads(line), line)
        facts: Dict[Optional[Place], Any] = {}
        wanted = {version.facts for version in told.versions}
        for number, folder in enumerate(folders):
            for line in lines(bundle, folder + "/disclosures.jsonl"):
                sealed = json.loads(line)
                if (number, sealed["seq"]) in wanted:
                    _salt, name, value = opened(sealed["d"])
                    if name == "facts":
                        facts[number, sealed["seq"]] = value
    for version in told.versions:
        told_row = row(told, version, facts.get(version.facts) if version.facts else None)
        yield json.dumps(told_row, ensure_ascii=False, separators=(",", ":")) + "\n"


def lines(bundle: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    if name in bundle.namelist():
        with bundle.open(name) as member:
            for line in member:
                yield line.rstrip(b"\n")


def opened(text: str) -> Any:
    return json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def row(told: Log, version: Version, sealed: Optional[dict]) -> Dict[str, Any]:
    """One line: what was decided, and the facts it was published with; null where nobody knows."""
    facts = sealed or {}
    places, parties = facts.get("places") or [], facts.get("parties") or []
    first = places[0] if places else {}
    names, point = first.get("names") or {}, first.get("point")
    killed, injured = [(version.range or {}).get(which) or [None, None] for which in ("killed", "injured")]
    return {
        "id": "%s/%d" % (version.incident, version.number),
        "incident": version.incident,
        "version": version.number,
        "path": "/incidents/%s/%d" % (version.incident, version.number),
        "entry": version.seq,
        "leaf": version.leaf,
        "published": version.day,
        "kind": version.kind,
        "standing": told.standing[version.incident] is version,
        "exit": told.exits.get(version.incident),
        "grade": version.grade,
        "codebook": version.book,
        "killed_min": killed[0],
        "killed_max": killed[1],
        "injured_min": injured[0],
        "injured_max": injured[1],
        "date_type": facts.get("date_type"),
        "date": facts.get("date"),
        "date_end": facts.get("date_end"),
        "place": names.get("en") or next(iter(sorted(names.items())), (None, None))[1],
        "place_names": names,
        "region": first.get("region"),
        "latitude": float(point[0]) if point else None,
        "longitude": float(point[1]) if point else None,
        "accuracy": first.get("accuracy"),
        "further_places": places[1:],
        "parties": [party["name"] for party in parties],
        "party_roles": [party.get("role") or "suspected" for party in parties],
        "strike_status": facts.get("strike_status"),
        "strike_types": facts.get("strike_types") or [],
        "causes": facts.get("causes") or [],
        "infrastructure": facts.get("infrastructure") or [],
        "reported": facts.get("ranges") or {},
        "codes": facts.get("codes") or [],
        "earlier_codes": facts.get("earlier_codes") or [],
        "summary": facts.get("summary"),
        "facts_removed": sealed is None,
    }


def main(arguments: List[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    digest = hashlib.sha256()
    with open(arguments[1], "wb") as out:
        for line in rows(arguments[0]):
            out.write(line.encode())
            digest.update(line.encode())
    print(digest.hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
