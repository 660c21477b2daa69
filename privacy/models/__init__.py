from privacy.models.authority import AuthorityRequest, Notice
from privacy.models.consents import (
    Channel,
    Consent,
    ConsentChain,
    ConsentEntry,
    ConsentEvidence,
    LedgerRun,
)
from privacy.models.disclosures import Disclosure
from privacy.models.documents import Clause, Document, Version
from privacy.models.erasure import Erasure, Hold
from privacy.models.export import Export, Grant
from privacy.models.group import GroupSite
from privacy.models.identifiers import SubjectIdentifier
from privacy.models.letter_keys import LetterKey
from privacy.models.mailbox import IncomingLetter, Mailbox
from privacy.models.operator import ControllerIdentity
from privacy.models.processing import ProcessingAct
from privacy.models.requests import Request, RequestStep
from privacy.models.runs import RetentionRun, SelfCheckRun
from privacy.models.staff_access import StaffAccess
from privacy.models.stored_acts import ComparedDatabase, StoredAct
from privacy.models.subject import Subject

__all__ = [
    "AuthorityRequest",
    "Channel",
    "Clause",
    "ComparedDatabase",
    "Consent",
    "ConsentChain",
    "ConsentEntry",
    "ConsentEvidence",
    "ControllerIdentity",
    "Disclosure",
    "Document",
    "Export",
    "Grant",
    "GroupSite",
    "IncomingLetter",
    "Erasure",
    "GroupSite",
    "Hold",
    "LedgerRun",
    "LetterKey",
    "Mailbox",
    "ProcessingAct",
    "Notice",
    "Request",
    "RequestStep",
    "RetentionRun",
    "SelfCheckRun",
    "StaffAccess",
    "StoredAct",
    "Subject",
    "SubjectIdentifier",
    "Version",
]
