"""A second vote settles only where its own close was agreed: what is taken out afterwards makes no agreement."""

from __future__ import annotations

from tests.audit.forge import LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, Forge

RANGE = {"killed": [1, 2], "injured": [None, None]}
FOUR = (SEN, TIV, ULF, MUN)


def second_vote(forge: Forge, last: str) -> tuple[str, int]:
    """A settlement whose second round closed with three times fair and this grade."""
    forge.open_log()
    name = forge.incident(1, RIA)
    forge.open_round(name, FOUR)
    for person, grade in zip(FOUR, ("confirmed", "weak", "discounted", "fair"), strict=True):
        forge.vote(name, person, grade)
    forge.close(name)
    settlement = forge.add("settlement.opened", MACHINE, name, round=1)
    forge.open_round(name, FOUR, kind="second", of=settlement)
    for person, grade in zip(FOUR, ("fair", "fair", "fair", last), strict=True):
        forge.vote(name, person, grade)
    forge.close(name)
    return name, settlement


def settled(forge: Forge, name: str, settlement: int) -> set[str]:
    """By which rules both judges refuse that the second vote settles now."""
    seq = forge.add(
        "settlement.closed", MACHINE, name, settlement=settlement, by="second_vote", grade="fair", range=RANGE, second=2,
        answers=[], rationale=None, replies=None,
    )  # fmt: skip
    replayed = {problem.name for problem in forge.replay.found.problems if problem.seq == seq}
    verified = {failure.check for failure in forge.failures.all if failure.seq == seq}
    assert replayed == verified
    return verified


def test_a_second_vote_that_agreed_settles() -> None:
    forge = Forge()
    name, settlement = second_vote(forge, "weak")
    assert settled(forge, name, settlement) == set()


def test_a_disputed_one_does_not_though_the_votes_that_are_left_would_agree() -> None:
    forge = Forge()
    name, settlement = second_vote(forge, "discounted")
    other = forge.dossier(name).live(2)[-1].seq
    forge.add("vote.excluded", LIO, name, of=other, ground="identity", reason="doubt")
    assert settled(forge, name, settlement) == {"settlement"}
