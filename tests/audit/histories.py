"""Histories as a desk would make them, piece by piece: an incident, a round, a settlement, an approval."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tests.audit.writing import (
    CODEBOOK,
    DISTANCES,
    GRADES,
    KEY,
    NONE,
    ORIGIN,
    OTHER_SEED,
    PEOPLE,
    POLICY,
    SEED,
    Edge,
    Entry,
    Log,
    Tree,
    b32,
    b64,
    b64url,
    bounds,
    heads_root,
    incident_id,
    jcs,
    manifest,
    pseudonym,
    sha,
    write_bag,
    write_zip,
)

__all__ = [
    "CODEBOOK",
    "DISTANCES",
    "GRADES",
    "KEY",
    "NONE",
    "ORIGIN",
    "OTHER_SEED",
    "PEOPLE",
    "POLICY",
    "SEED",
    "Edge",
    "Entry",
    "Log",
    "Tree",
    "b32",
    "b64",
    "b64url",
    "bounds",
    "heads_root",
    "incident_id",
    "jcs",
    "manifest",
    "pseudonym",
    "sha",
    "write_bag",
    "write_zip",
]


# --- digests as an honest desk would write them -----------------------------------------------------------


def evidence(log: Log, entry: Entry) -> str:
    assert entry.incident is not None
    return b64(log.evidence[entry.incident])


def dossier(log: Log, entry: Entry) -> str:
    assert entry.incident is not None
    return b64(log.dossier[entry.incident])


def opened(vote: Entry) -> Callable[[Log, Entry], list[str]]:
    """What a reveal of this vote carries."""
    return lambda _log, _entry: [vote.texts["grade"], vote.texts["range"]]


# --- the pieces -------------------------------------------------------------------------------------------


def started() -> Log:
    """An open log with its codebook, its policy, its people and one stream."""
    log = Log()
    log.add("log.opened", None, None, {"continues": None, "format": "assay/1", "vkey": str(KEY)})
    digest = hashlib.sha256(jcs(CODEBOOK)).hexdigest()
    body = {"distances": DISTANCES, "grades": GRADES, "id": "airwars/1", "sha256": digest}
    log.add("codebook.defined", None, None, body)
    log.add("policy.set", None, None, dict(POLICY), times={"grace": [10, 30]}, reason=None)
    for name, role in sorted(PEOPLE.items(), key=lambda item: item[1] != "admin"):
        by = None if role == "admin" else "Osei"
        log.add("person.joined", by, None, {"who": pseudonym(name, "log")}, name=name)
        log.add("role.granted", by, None, {"who": pseudonym(name, "log"), "role": role}, reason="invited")
    log.add("stream.defined", "Osei", None, {"stream": "karsian-air-force", "mode": "active"}, name="Karsian Air Force", reason=None)
    return log


def source(log: Log, name: str, number: int, who: str, *, material: bool = True) -> Entry:
    sealed = dict.fromkeys(["link", "title", "publisher", "kind", "language", "published", "role", "note"])
    body = {"source": number, "material": material}
    return log.add(
        "source.attached", who, name, body, **sealed, url=f"https://news.example/{number}", origin=number, publishable=True
    )


def incident(log: Log, name: str, *, captured: bytes = b"a page, kept") -> str:
    """Claimed, opened by Dina, with two sources, one of them captured."""
    found = incident_id(name)
    claim = "c-" + b32(sha(name.encode()))[:16]
    received = log.add(
        "claim.received", "Dina", None, {"claim": claim}, text=f"A strike was heard in {name}.", language="en",
        translation=None, url=None, reporter=None,
    )  # fmt: skip
    log.add("incident.opened", "Dina", found, {"stream": "karsian-air-force"}, facts={"places": [name]}, exact={"point": [33.51, 36.29]})
    log.add("claim.grouped", "Dina", found, {"claim": received}, reason=None)
    source(log, found, 1, "Dina")
    digest = hashlib.sha256(captured).hexdigest()
    file = {"media": "text/plain", "sha256": digest, "size": len(captured)}
    log.add("source.captured", None, found, {"source": 1}, file=file, archive=None, checked=None)
    source(log, found, 2, "Amal")
    body = {"source": 2, "material": False}
    log.add("source.assessed", "Amal", found, body, role="supports_harm", publishable=True, credibility=None, coherence=None, note=None)
    return found


def open_round(log: Log, name: str, number: int, kind: str = "first", of: Entry | None = None, who: str | None = "Marj") -> Entry:
    body = {
        "round": number, "kind": kind, "of": of, "policy": log.find("policy.set"), "codebook": log.find("codebook.defined"),
        "evidence": evidence,
    }  # fmt: skip
    return log.add("round.opened", who, name, body, reason=None)


def assign(log: Log, name: str, number: int, who: str, by: str | None = "Marj") -> Entry:
    return log.add("reviewer.assigned", by, name, {"round": number, "who": pseudonym(who, name)}, reason=None)


def vote(
    log: Log, name: str, number: int, who: str, grade: str, casualties: Any = None, replaces: Entry | None = None
) -> Entry:
    body = {"round": number, "evidence": evidence, "replaces": replaces}
    return log.add(
        "vote.committed", who, name, body, grade=grade, range=casualties or NONE, rationale=f"{who} gives a reason.",
        sources=[1], departs=None,
    )  # fmt: skip


def close(log: Log, name: str, number: int, commits: list[Entry], result: str, grade: Any = None, casualties: Any = None, **lists: Any) -> Entry:
    body = {
        "round": number, "commits": commits, "superseded": [], "withdrawn": [], "excluded": [], "abstained": [],
        "recused": [], "released": [], "result": result, "grade": grade, "range": casualties, **lists,
    }  # fmt: skip
    closed = log.add("round.closed", None, name, body, reason=None)
    for commit in reversed(commits):
        log.add("vote.revealed", None, name, {"of": commit, "disclosures": opened(commit)})
    return closed


def propose(log: Log, name: str, version: int, grade: str, casualties: Any, number: int, settlement: Any, minority: list[Entry]) -> Entry:
    body = {
        "version": version, "grade": grade, "range": casualties, "round": number, "settlement": settlement,
        "minority": minority, "evidence": evidence, "dossier": dossier,
    }  # fmt: skip
    return log.add("grade.proposed", None, name, body)


def approve(log: Log, name: str, proposal: Entry, version: int = 1, who: str = "Marj", kind: str = "first", **body: Any) -> Entry:
    told = {"of": proposal, "override": None, "dossier": dossier, "stale": [], "not_before": None, **body}
    approved = log.add("grade.approved", who, name, told, reason="The dossier bears it.")
    published = log.add("grade.published", who, name, {"version": version, "of": approved, "kind": kind})
    if told["not_before"] is not None:
        published.who, published.role = None, "system"
        published.day = told["not_before"]
    return approved


def agreed(log: Log, place: str = "Tel Asmar") -> str:
    """One incident, three votes, two of them equal and one near: agreed, approved, published."""
    name = incident(log, place)
    open_round(log, name, 1)
    for who in ("Amal", "Bren", "Cato"):
        assign(log, name, 1, who)
    first = vote(log, name, 1, "Amal", "weak", bounds(1, 4))
    second = vote(log, name, 1, "Bren", "fair", bounds(2, 5))
    third = vote(log, name, 1, "Amal", "fair", bounds(3, None), replaces=first)
    fourth = vote(log, name, 1, "Cato", "weak", bounds(1, 1))
    casualties = bounds(2, 5)
    close(log, name, 1, [second, third, fourth], "agreed", "fair", casualties, superseded=[first])
    proposal = propose(log, name, 1, "fair", casualties, 1, None, [fourth])
    approve(log, name, proposal)
    return name


def disputed(log: Log, place: str = "Wadi Karsa") -> str:
    """One incident without agreement, twice: a settler decides, a dissent is kept, a lead approves."""
    name = incident(log, place)
    open_round(log, name, 1)
    voters = (("Amal", "fair", bounds(2, 5)), ("Bren", "contested", bounds(1, 9)), ("Cato", "discounted", bounds(0, 0)))
    for who, _, _ in voters:
        assign(log, name, 1, who)
    votes = [vote(log, name, 1, who, grade, casualties) for who, grade, casualties in voters]
    close(log, name, 1, votes, "disputed")
    settlement = log.add("settlement.opened", None, name, {"round": 1})
    arguments = [
        log.add("settlement.argued", who, name, {"settlement": settlement}, text=f"{who} argues.") for who, _, _ in voters[:2]
    ]
    open_round(log, name, 2, "second", settlement, None)
    for who, _, _ in voters:
        assign(log, name, 2, who, None)
    again = [vote(log, name, 2, who, grade, casualties) for who, grade, casualties in voters]
    close(log, name, 2, again, "disputed")
    log.add("settler.appointed", "Marj", name, {"settlement": settlement, "who": pseudonym("Edda", name)}, reason=None)
    body = {
        "settlement": settlement, "by": "settler", "grade": "contested", "range": bounds(1, 9), "second": None,
        "answers": [arguments[0]],
    }  # fmt: skip
    replies = {arguments[0]: "It was heard by one person only."}
    log.add("settlement.closed", "Edda", name, body, rationale="Two parties are named.", replies=replies)
    minority = [again[0], again[2]]
    first = propose(log, name, 1, "contested", bounds(1, 9), 2, settlement, minority)
    log.add("dissent.recorded", "Cato", name, {"of": again[2]}, text="Those harmed were combatants.")
    log.add("proposal.voided", "Cato", name, {"of": first}, reason="A dissent was added.")
    second = propose(log, name, 1, "contested", bounds(1, 9), 2, settlement, minority)
    approve(log, name, second)
    return name


def everything() -> Log:
    """Both, one of them reopened for a second version, and heads at the end."""
    log = started()
    agreed(log)
    log.end()
    disputed(log)
    log.end()
    return log
