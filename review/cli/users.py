"""`flask user`: add people and reset their passwords from the machine itself."""

from __future__ import annotations

import os

import click
from flask import current_app
from flask.cli import AppGroup

from review.actions import invitations, leaving, passwords, people, second_factors
from review.actions.accounts import security
from review.cli.people import acting_as
from review.queries.by_email import desk_is_empty, person_of
from review.rules import second_factors as rules
from review.rules.errors import Forbidden, Invalid, NotFound, ReadOnly, Refused
from review.rules.permissions import ROLES, SYSTEM, Actor, may

group = AppGroup("user", help="Keep the people of the desk.")

NEEDS_ADMIN = "Say with --as EMAIL which admin does this."
FIRST_ONLY = "Only the first person of a desk is added without an admin: say with --as EMAIL which one adds."


@group.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--as", "admin", metavar="EMAIL", help="The admin who adds; the first person needs none.")
def add(email: str, name: str, role: str, admin: str | None) -> None:
    """Add a person: with the password in ASSAY_PASSWORD, or with a one-time link that is printed."""
    password = os.environ.get("ASSAY_PASSWORD")
    try:
        if desk_is_empty():
            _add_first(email, name, role, password)
        else:
            _add(_admin(admin, FIRST_ONLY), email, name, role, password)
    except (Invalid, Refused, Forbidden, NotFound, ReadOnly) as refusal:
        raise click.ClickException(_words(refusal)) from refusal


@group.command("reset")
@click.argument("email")
@click.option("--as", "admin", metavar="EMAIL", help="The admin who resets.")
@click.option("--second-factor", is_flag=True, help="Take a lost authenticator away as well.")
def reset(email: str, admin: str | None, second_factor: bool) -> None:
    """Print a one-time link with which a person chooses a new password; all their sessions then end."""
    by = _admin(admin)
    person = person_of(email)
    if person is None:
        raise click.ClickException(f"Nobody at this desk has the address {email}.")
    try:
        # As the machine: whoever keeps it can let the only admin of a desk in again.
        if second_factor:
            people.reset_second_factor(SYSTEM, person)
        link = _link("reset", people.reset_account(SYSTEM, person))
    except Invalid as refusal:
        raise click.ClickException(_words(refusal)) from refusal
    security.info("reset on the machine of person=%s second_factor=%s by=%s", person, second_factor, by.person)
    click.echo(link)


@group.command("left")
@click.argument("email")
@click.option("--as", "admin", metavar="EMAIL", help="The admin who records it.")
def left(email: str, admin: str | None) -> None:
    """Record that a person left: nothing links them any more to what they did, and that cannot be undone."""
    actor, person = _admin(admin), person_of(email)
    if person is None:
        raise click.ClickException(f"Nobody at this desk has the address {email}.")
    try:
        leaving.let_leave(actor, person)
    except (Invalid, Refused, ReadOnly) as refusal:
        raise click.ClickException(_words(refusal)) from refusal


@group.command("second-factors")
@click.argument("value", type=click.Choice([rules.ASKED, rules.OFF]))
@click.option("--as", "admin", metavar="EMAIL", help="The admin who says so.")
def switch_second_factors(value: str, admin: str | None) -> None:
    """Say whether leads and admins are asked for a second factor."""
    second_factors.switch(_admin(admin), value)


def _add_first(email: str, name: str, role: str, password: str | None) -> None:
    if role != "admin":
        raise click.ClickException("The first person of a desk is an admin.")
    if password is None:
        first = invitations.first_link()
        click.echo(_link("setup", first or ""))
        return
    people.set_up(email=email, name=name, password_hash=passwords.hash_password(password, email=email))


def _add(admin: Actor, email: str, name: str, role: str, password: str | None) -> None:
    if password is None:
        click.echo(_link("invitation", people.invite(admin, email=email, name=name, role=role)))
        return
    hashed = passwords.hash_password(password, email=email)
    people.add_person(admin, email=email, name=name, role=role, password_hash=hashed)


def _admin(email: str | None, unnamed: str = NEEDS_ADMIN) -> Actor:
    if email is None:
        raise click.ClickException(unnamed)
    actor = acting_as(email)
    if not may(actor.role, "invite"):
        raise click.ClickException(f"{email} is no admin.")
    return actor


def _link(kind: str, token: str) -> str:
    address = current_app.config["ASSAY_URL"] or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    return f"{address.rstrip('/')}/{kind}/{token}"


def _words(refusal: Invalid | Refused | Forbidden | NotFound | ReadOnly) -> str:
    if isinstance(refusal, ReadOnly):
        return "The desk is reading only: run flask doctor, it says why and what to do."
    if isinstance(refusal, Invalid):
        return " ".join(sentence % refusal.values for sentence in refusal.problems.values())
    if isinstance(refusal, Refused):
        return " ".join(requirement.sentence % requirement.values for requirement in refusal.requirements)
    return "This cannot be done."
