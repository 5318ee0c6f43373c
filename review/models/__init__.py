"""Rows: columns, relationships, constraints; nothing that decides."""

from review.extensions import Base, db, write_mode
from review.models.admissions import Admission
from review.models.bundles import Bundle
from review.models.care import Care, HelpText, Passed, SavedView, SourceWarning
from review.models.checks import TrailCheck
from review.models.data_snapshots import DataFile, DataSnapshot
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
from review.models.first_rounds import FirstRound
from review.models.imports import ImportLine, ImportRun
from review.models.incidents import Claim, ImportedRow, Incident, IncidentCode, Stream
from review.models.ledger import OfficialReport
from review.models.looks import Look
from review.models.method import MethodText
from review.models.parties import PartyAlias
from review.models.people import (
    DeskSetting,
    Invitation,
    LoginAttempt,
    Participation,
    Password,
    Person,
    PersonKey,
    RecoveryCode,
    SecondFactor,
    UserSession,
    WorkingLanguage,
)
from review.models.public_codes import PublicCode
from review.models.record import RecordEntry, RecordFigure, RecordName
from review.models.redactions import RedactionRequest
from review.models.signs import ClaimSign, IncidentSign
from review.models.sources import Capture, Source, SourceLink
from review.models.submissions import Submission, SubmissionFile, SubmissionKnock, SubmissionTaken
from review.models.tokens import ApiToken
from review.models.trail import Checkpoint, CodebookVersion, Disclosure, Event, LogHead, Policy
from review.models.witnesses import Cosignature, Subtree, Timestamp
from review.models.work import Draft, Hold, Job, Notice, Turn

session = db.session

__all__ = [
    "Admission",
    "ApiToken",
    "Approval",
    "Base",
    "Bundle",
    "Capture",
    "Care",
    "Checkpoint",
    "Claim",
    "ClaimSign",
    "CodebookVersion",
    "Cosignature",
    "DataFile",
    "DataSnapshot",
    "Decision",
    "DeskSetting",
    "Determination",
    "Disclosure",
    "Draft",
    "Event",
    "FirstRound",
    "HelpText",
    "Hold",
    "ImportLine",
    "ImportRun",
    "ImportedRow",
    "Incident",
    "IncidentCode",
    "IncidentSign",
    "Invitation",
    "Job",
    "LogHead",
    "LoginAttempt",
    "Look",
    "MethodText",
    "Notice",
    "OfficialReport",
    "Participation",
    "PartyAlias",
    "Passed",
    "Password",
    "Person",
    "PersonKey",
    "Policy",
    "PublicCode",
    "RecordEntry",
    "RecordFigure",
    "RecordName",
    "RecoveryCode",
    "RedactionRequest",
    "Round",
    "RoundClosing",
    "SavedView",
    "SecondFactor",
    "Settlement",
    "SettlementClosing",
    "Source",
    "SourceLink",
    "SourceWarning",
    "Stream",
    "Submission",
    "SubmissionFile",
    "SubmissionKnock",
    "SubmissionTaken",
    "Subtree",
    "Timestamp",
    "TrailCheck",
    "Turn",
    "UserSession",
    "Vote",
    "WorkingLanguage",
    "session",
    "write_mode",
]
