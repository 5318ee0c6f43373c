"""`flask demo`: fill an empty desk with the synthetic sample, every step through the real actions."""

from __future__ import annotations

import secrets
from dataclasses import replace

import click
from flask.cli import with_appcontext

from review import jobs
from review.actions import (
    checkpoints,
    languages,
    passwords,
    people,
    policies,
    public_bundles,
    second_factors,
    streams,
)
from review.cli import sample
from review.cli.scenes import disputed, official, published, sent_in, waiting
from review.cli.scenes.desk import Desk
from review.queries import demo as progress
from review.rules.permissions import Actor
from review.rules.policy import Policy
from review.rules.second_factors import OFF

NO_GRACE = {"grace": [0, 0]}
# Told in this order, so that what a newcomer should open first is what was entered last.
SCENES = (
    published.from_an_older_ledger,
    published.merged,
    published.another_panel,
    published.overridden,
    published.checked_again,
    published.reopened,
    official.accepted,
    official.reports,
    disputed.settled,
    published.agreed,
    published.embargoed,
    disputed.waiting_for_a_settler,
    disputed.voting_again,
    disputed.arguing,
    waiting.returned,
    waiting.left,
    waiting.shown_to_few,
    waiting.awaiting,
    waiting.logged,
    waiting.under_way,
    waiting.unplaced,
    sent_in.waiting,
)


@click.command("demo")
@with_appcontext
def group() -> None:
    """Fill an empty, migrated database with the sample and print one line a person: ROLE EMAIL PASSWORD."""
    if not progress.is_empty():
        raise click.ClickException("The database is not empty: the sample goes into a new one only.")
    desk = invite_everybody()
    prepare(desk)
    for scene in SCENES:
        scene(desk)
    publish()


def publish() -> None:
    """A checkpoint over all of it and its public bundle at once, so that whoever tries /audit finds grades to check."""
    public_bundles.follow(checkpoints.publish_heads())
    jobs.run_due()


def invite_everybody() -> Desk:
    """Everybody of the sample joins, each with a password of their own, printed once."""
    found: dict[str, Actor] = {}
    for role, email, name in sample.PEOPLE:
        password = secrets.token_urlsafe(12)
        found[email.partition("@")[0]] = Actor(_joined(found, role, email, name, password), role, name)
        click.echo(f"{role} {email} {password}")
    return Desk(found)


def _joined(known: dict[str, Actor], role: str, email: str, name: str, password: str) -> int:
    hashed = passwords.hash_password(password)
    admin = known.get("admin")
    if admin is None:
        return people.set_up(email=email, name=name, password_hash=hashed)
    return people.add_person(admin, email=email, name=name, role=role, password_hash=hashed)


def prepare(desk: Desk) -> None:
    """A policy whose rounds close at once, no second factors, what everybody reads, and the streams."""
    policies.set_policy(
        desk["admin"],
        policy=replace(Policy(), times={**Policy().times, **NO_GRACE}),
        reason="The demo does not wait.",
    )
    second_factors.switch(desk["admin"], OFF)
    for name, codes in sample.LANGUAGES.items():
        languages.set_languages(desk[name], codes)
    for slug, name in sample.STREAMS:
        streams.define_stream(desk["admin"], slug=slug, name=name)
