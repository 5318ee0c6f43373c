"""A desk whose log went on under another name: what was in flight fell there, and work went on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from review import config
from review.actions import checkpoints, origins, settlements
from review.audit import keys, note, remembered
from review.models import Event, session
from tests import builders, trail
from tests.audit.whole import bundle, signed, vkey

NEW = "desk.example/log2"
LOST = 4


@dataclass(frozen=True)
class Joint:
    """A bundle over a joint, the key that a stranger pinned, and what they may have kept of the old log."""

    desk: builders.Desk
    packed: bytes
    key: str
    seed: bytes
    old: str
    before: str  # a checkpoint that the continued log reaches
    after: str  # the last one published, which it lacks
    vote: bytes  # the line of a vote whose round fell
    argument: bytes  # and of an argument in a settlement that fell
    published: str  # an incident of the old log
    fresh: str  # and one that began behind the joint


def continued(desk: builders.Desk) -> Joint:
    """A log that ends with work at every stage, and goes on."""
    published = builders.published(desk)
    grading, number = builders.round_opened(desk)
    before = str(checkpoints.publish_checkpoint())
    vote = builders.cast(desk.voters[0], grading, number)
    disputed, waiting = builders.disputed(desk), builders.agreed(desk)
    argument = settlements.argue(desk.voters[0], disputed, text="The crater points the other way.")
    lines = [session.execute(select(Event.line).where(Event.seq == seq)).scalar_one() for seq in (vote, argument)]
    old, after = config.origin(), later_than_the_database(config.home())
    origins.continue_log(desk.admin, origin=NEW)
    origins.take_up(NEW)
    signed()
    for ref in (grading, waiting):
        builders.approved(desk, builders.agreed(desk, ref))
    fresh = builders.published(desk)
    builders.received(desk)
    packed = bundle(signed())
    seed = keys.seeds(config.home(), NEW)[vkey()]
    session.rollback()
    return Joint(desk, packed, vkey(), seed, old, before, after, *map(bytes, lines), published, fresh)


def later_than_the_database(home: Path) -> str:
    """What was published of entries that a restored database does not hold."""
    (seed,) = keys.seeds(home, config.origin()).values()
    session.rollback()
    told = note.Checkpoint(config.origin(), trail.size() + LOST, secrets.token_bytes(32)).signed(seed).text
    remembered.remember(home, told)
    return told
