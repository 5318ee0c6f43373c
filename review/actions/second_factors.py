"""Second factors: an authenticator and its recovery codes. No code opens two sessions, whoever is how quick.

The secret is encrypted under the master key, bound to its person. A code's step of time is claimed by one conditional
statement, and a recovery code likewise, so that of two sign-ins at once with one code the database lets one through.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import pyotp
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, select, update

from review import clock, config
from review.actions.accounts import account_write, security
from review.actions.act import acting
from review.actions.sessions import end_sessions
from review.actions.verb import action
from review.audit import keys
from review.models import DeskSetting, Person, RecoveryCode, SecondFactor, UserSession, session
from review.rules import second_factors as rules
from review.rules.accounts import digest
from review.rules.errors import Invalid
from review.rules.permissions import Actor

ISSUER = "Assay"

# --- setting one up ----------------------------------------------------------------------------------------


def offer(person_id: int) -> str:
    """A new secret for this person, sealed: the page carries it until they prove that their phone holds it."""
    return _keys().seal_text(pyotp.random_base32(), _label(person_id))


def shown(person_id: int, email: str, offered: str) -> tuple[str, str]:
    """An offered secret in clear and as the address that authenticators read: for its own person's screen alone."""
    secret = _opened(person_id, offered)
    return secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def enrol(person_id: int, offered: str, code: str | None, *, keep: str) -> tuple[str, ...]:
    """Take up an authenticator that shows the right code; answers the recovery codes, which are shown once.

    An earlier authenticator and its recovery codes end, and so does every session but `keep`.
    """
    step = _step_of(_opened(person_id, offered), rules.figures(code))
    if step is None:
        raise Invalid({"code": rules.WRONG_CODE})
    with account_write():
        session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
        session.add(
            SecondFactor(person_id=person_id, secret=offered, made_at=clock.now(), last_step=step)
        )
        codes = _new_codes(person_id)
        end_sessions(person_id, keep=keep)
        session.execute(update(UserSession).where(UserSession.person_id == person_id).values(must_enrol=False))
    security.info("second factor set up person=%s", person_id)
    return codes


def new_recovery_codes(person_id: int) -> tuple[str, ...]:
    """New recovery codes in place of the old ones, shown once."""
    with account_write():
        if session.get(SecondFactor, person_id) is None:
            raise Invalid({"code": rules.NONE_YET})
        codes = _new_codes(person_id)
    security.info("recovery codes made anew person=%s", person_id)
    return codes


def remove(person_id: int) -> None:
    """Give one's own up again; where the desk asks one of the role, only another may take its place."""
    with account_write():
        role = session.scalar(select(Person.role).where(Person.id == person_id))
        if role in rules.ROLES_ASKED and asked():
            raise Invalid({"code": rules.ASKED_OF_ROLE})
        forget(person_id)
        session.execute(update(UserSession).where(UserSession.person_id == person_id).values(must_enrol=True))
    security.info("second factor given up person=%s", person_id)


def forget(person_id: int) -> None:
    """Forget a person's authenticator and recovery codes, inside the transaction that is open."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))


# --- signing in with one -----------------------------------------------------------------------------------


def passes(person_id: int, code: str | None) -> bool:
    """Inside the open transaction: nothing is asked of this person, or this code is theirs and now used up."""
    factor = session.execute(
        select(SecondFactor.secret, SecondFactor.last_step).where(SecondFactor.person_id == person_id)
    ).one_or_none()
    if factor is None:
        return True
    typed = rules.figures(code)
    if len(typed) == rules.RECOVERY_FIGURES:
        return _claimed_recovery(person_id, typed)
    step = _step_of(_opened(person_id, factor.secret), typed)
    return step is not None and _claimed_step(person_id, step)


def _step_of(secret: str, typed: str) -> int | None:
    """The step of time whose code this is, among those that are heard now."""
    generator = pyotp.TOTP(secret)
    fitting = [
        step
        for step in rules.steps_heard(clock.now())
        if hmac.compare_digest(generator.generate_otp(step), typed)
    ]
    return max(fitting, default=None)


def _claimed_step(person_id: int, step: int) -> bool:
    claim = (
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return _changed_one(session.execute(claim))


def _claimed_recovery(person_id: int, typed: str) -> bool:
    claim = (
        update(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.code_hash == digest(typed))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    claimed = _changed_one(session.execute(claim))
    if claimed:
        security.info("recovery code used person=%s", person_id)
    return claimed


def _changed_one(result: Any) -> bool:
    return bool(result.rowcount == 1)


# --- the setting of the desk -------------------------------------------------------------------------------


@action("switch_second_factors")
def switch(actor: Actor, value: str) -> None:
    """An admin says whether leads and admins are asked for a second factor: `asked`, as it begins, or `off`."""
    with acting(actor) as act:
        act.require("switch_second_factors")
        if value not in (rules.ASKED, rules.OFF):
            raise Invalid({"value": rules.NO_SETTING})
        row = session.get(DeskSetting, rules.SETTING)
        if row is None:
            row = DeskSetting(name=rules.SETTING)
            session.add(row)
        row.value, row.changed_at, row.changed_by = value, act.at, act.actor.person
    security.info("second factors %s by=%s", value, actor.person)


def asked() -> bool:
    """True unless this desk has switched second factors off."""
    off = select(DeskSetting.name).where(DeskSetting.name == rules.SETTING, DeskSetting.value == rules.OFF)
    return session.scalar(off) is None


# --- kept --------------------------------------------------------------------------------------------------


def _new_codes(person_id: int) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = tuple(_new_code() for _number in range(rules.RECOVERY_CODES))
    session.add_all(RecoveryCode(code_hash=digest(code), person_id=person_id) for code in codes)
    return tuple(rules.grouped(code) for code in codes)


def _new_code() -> str:
    return f"{secrets.randbelow(10**rules.RECOVERY_FIGURES):0{rules.RECOVERY_FIGURES}d}"


def _opened(person_id: int, sealed: str) -> str:
    try:
        return _keys().open_text(sealed, _label(person_id))
    except (InvalidTag, ValueError):
        raise Invalid({"code": rules.NOT_YOURS}) from None


def _keys() -> keys.Keys:
    return keys.load(config.home())


def _label(person_id: int) -> str:
    return f"second factor {person_id}"
