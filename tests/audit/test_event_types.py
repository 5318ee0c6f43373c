"""AUDIT-FORMAT section 6 restated as data: every type is declared with exactly these fields and seals, here and in verify.py."""

from __future__ import annotations

import pytest

from review.audit import profiles, verify
from review.audit.events import PROFILES, TYPES

# type | body | also sealed | class. Three types in a row of the page are three rows here.
TABLE = """
log.opened | format vkey continues | |
log.heads | n root | |
key.rotated | old new | |
clock.stepped | from to | reason |
codebook.defined | id sha256 grades distances | |
policy.set | id required share max_distance unanimity | times reason |
stream.defined | stream mode | name reason |
stream.switched | stream mode | name reason |
person.joined | who | name |
person.deactivated | who | name |
person.reactivated | who | name |
person.left | who | name |
role.granted | who role | reason |
role.revoked | who role | reason |
claim.received | claim | text language translation url reporter |
claim.duplicated | claim of | reason |
claim.dismissed | claim of | reason |
claim.withdrawn | claim of | reason |
claim.restored | claim of | reason |
claim.grouped | claim | reason | E
claim.ungrouped | claim | reason | E
incident.opened | stream | facts exact | E
incident.described | material | facts exact reason | E
incident.imported | stream source | facts exact row | E
grade.imported | grade range codebook | |
incident.restricted | on | reason people |
incident.merged | other | reason |
incident.absorbed | other | reason |
incident.split | other | reason |
incident.dismissed | | reason |
incident.withdrawn | | reason |
incident.restored | | reason |
position.recorded | source | party position conceded reason | E
source.attached | source material | link url title publisher kind language published role origin note publishable | E
source.captured | source | file archive checked |
source.derived | source from | file tool |
source.assessed | source material | role publishable credibility coherence note | E
source.grouped | origin sources | reason | E
source.withdrawn | source | reason | E
source.opened | source | |
conflict.declared | | ground |
conflict.lifted | | ground |
round.opened | round kind of policy codebook evidence | reason |
round.extended | round | reason |
reviewer.assigned | round who | reason |
reviewer.released | round who | reason |
reviewer.recused | round | reason |
reviewer.abstained | round | reason |
vote.committed | round evidence replaces | grade range rationale sources departs |
vote.withdrawn | of | reason |
round.closed | round commits superseded withdrawn excluded abstained recused released result grade range | reason | D
vote.revealed | of disclosures | | D
vote.excluded | of ground | reason | D
settlement.opened | round | |
settlement.argued | settlement | text |
settler.appointed | settlement who | reason |
settlement.closed | settlement by grade range second answers | rationale replies | D
dissent.recorded | of | text | D
grade.proposed | version grade range round settlement minority evidence dossier | |
proposal.voided | of | reason |
grade.returned | of to | reason |
grade.overridden | of grade range | reason |
override.seconded | of dossier | reason |
grade.approved | of override dossier stale not_before | reason |
grade.published | version of kind | |
recheck.opened | version cause | reason |
recheck.closed | version outcome | reason |
grade.reopened | version ground | reason |
correction.received | | text reporter |
correction.published | of version | text |
attempt.refused | verb requirements | detail |
detail.redacted | of digests ground asked_by | reason |
import.made | rows refused | file |
export.made | profile size | recipient purpose |
backup.made | size | |
"""
LOG_TYPES = ("log.", "key.", "clock.", "codebook.", "policy.", "stream.", "person.", "role.", "import.", "export.", "backup.")
OF_A_CLAIM = ("claim.received", "claim.duplicated", "claim.dismissed", "claim.withdrawn", "claim.restored")

Row = tuple[frozenset[str], frozenset[str], str | None]


def restated() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for line in TABLE.strip().splitlines():
        name, body, seals, judged = (part.strip() for part in line.split("|"))
        rows[name] = (frozenset(body.split()), frozenset(seals.split()) | {"at", "person"}, judged or None)
    return rows


def test_the_list_is_closed() -> None:
    assert set(TYPES) == set(restated()) == set(verify.SPECS)


@pytest.mark.parametrize("name", sorted(restated()))
def test_a_type_has_exactly_the_fields_and_seals_of_the_page(name: str) -> None:
    declared = TYPES[name]
    assert (frozenset(declared.body), frozenset(declared.all_seals()), declared.judged) == restated()[name]


@pytest.mark.parametrize("name", sorted(restated()))
def test_the_verifier_knows_the_same_type(name: str) -> None:
    declared, spec = TYPES[name], verify.SPECS[name]
    public = {seal for seal, shown in profiles.table()[name].items() if "public" in shown}
    revealed = {"grade", "range"} if name == "vote.committed" else set()
    assert frozenset(spec.body) == frozenset(declared.body)
    assert spec.seals == frozenset(declared.all_seals())
    assert (spec.judged or None) == declared.judged
    assert spec.public == public | revealed
    assert spec.internal == {seal for seal, shown in profiles.table()[name].items() if "court" not in shown}


@pytest.mark.parametrize("name", sorted(restated()))
def test_a_type_stands_in_the_chain_it_belongs_to(name: str) -> None:
    scope = verify.SPECS[name].scope
    if name.startswith(LOG_TYPES):
        assert (TYPES[name].subject, scope) == ("log", verify.LOG)
    elif name in OF_A_CLAIM:
        assert (TYPES[name].subject, scope) == ("claim", verify.LOG)
    else:
        assert TYPES[name].subject == "incident"
        assert scope in (verify.INCIDENT, verify.EITHER)


def test_what_is_encrypted_while_a_round_is_open_is_what_the_verifier_calls_mute() -> None:
    blind = {name for name, declared in TYPES.items() if declared.blind}
    sources = {name for name in TYPES if name.startswith("source.")}
    assert blind | sources == set(verify._MUTE)


def test_every_disclosure_names_its_profiles() -> None:
    lines = []
    for name, seals in profiles.table().items():
        for sealed, shown in seals.items():
            assert "internal" in shown, (name, sealed)
            assert ("public" not in shown) or ("court" in shown), (name, sealed)
            lines.append(f"{name:20} {sealed:14} {' '.join(shown)}")
    print("\n".join(lines))
    assert len(lines) == sum(len(seals) for _body, seals, _judged in restated().values())


# Section 3 in its own words.
NEVER_PUBLIC = {
    ("vote.committed", "rationale"), ("vote.committed", "sources"), ("vote.committed", "departs"),
    ("settlement.argued", "text"), ("source.attached", "note"), ("source.assessed", "note"),
    ("conflict.declared", "ground"), ("conflict.lifted", "ground"), ("incident.imported", "row"),
    ("incident.opened", "exact"), ("incident.described", "exact"), ("incident.imported", "exact"),
    ("claim.received", "reporter"), ("correction.received", "reporter"),
}  # fmt: skip
PUBLIC = {
    ("incident.opened", "facts"), ("incident.described", "facts"), ("settlement.closed", "rationale"),
    ("settlement.closed", "replies"), ("grade.approved", "reason"), ("dissent.recorded", "text"),
}  # fmt: skip
NEVER_COURT = {("claim.received", "reporter"), ("correction.received", "reporter")}


def test_profiles_are_those_of_section_3() -> None:
    table = profiles.table()
    assert set(PROFILES) == {"internal", "court", "public"}
    for name, sealed in NEVER_PUBLIC:
        assert "public" not in table[name][sealed], (name, sealed)
    for name, sealed in PUBLIC:
        assert "public" in table[name][sealed], (name, sealed)
    for name, sealed in NEVER_COURT:
        assert "court" not in table[name][sealed], (name, sealed)
    for name, seals in table.items():
        assert "public" not in (*seals["at"], *seals["person"]), name


def test_the_verifier_knows_which_details_are_of_a_publishable_source() -> None:
    of_source = {name: set(verify.SPECS[name].public - {"publishable"}) for name in verify.OF_A_SOURCE}
    assert of_source == {name: set(sealed) for name, sealed in profiles.OF_THE_SOURCE.items() if sealed}
