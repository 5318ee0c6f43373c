"""Rows: columns, relationships, constraints; nothing that decides."""

from review.extensions import Base, db, write_mode
from review.models.decisions import (
    Approval,
    Decision,
    Determination,
    Round,
    RoundClosing,
    Settlement,
    SettlementClosing,
    Vote,
)
from review.models.incidents import Claim, ImportedRow, Incident, IncidentCode, Stream
from review.models.people import (
    Invitation,
    LoginAttempt,
    Participation,
    Password,
    Person,
    PersonKey,
    UserSession,
)
from review.models.sources import Capture, Source, SourceLink
from review.models.trail import Checkpoint, CodebookVersion, Disclosure, Event, LogHead, Policy
from review.models.work import Draft, Job, Notice, Turn

session = db.session

__all__ = [
    "Approval", "Base", "Capture", "Checkpoint", "Claim", "CodebookVersion", "Decision", "Determination",
    "Disclosure", "Draft", "Event", "ImportedRow", "Incident", "IncidentCode", "Invitation", "Job", "LogHead",
    "LoginAttempt", "Notice", "Participation", "Password", "Person", "PersonKey", "Policy", "Round",
    "RoundClosing", "Settlement", "SettlementClosing", "Source", "SourceLink", "Stream", "Turn", "UserSession",
    "Vote", "session", "write_mode",
]
