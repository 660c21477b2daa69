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
from privacy.models.group import GroupSite
from privacy.models.identifiers import SubjectIdentifier
from privacy.models.operator import ControllerIdentity
from privacy.models.processing import ProcessingAct
from privacy.models.requests import Request, RequestStep
from privacy.models.staff_access import StaffAccess
from privacy.models.subject import Subject

__all__ = [
    "Channel",
    "Clause",
    "Consent",
    "ConsentChain",
    "ConsentEntry",
    "ConsentEvidence",
    "ControllerIdentity",
    "Disclosure",
    "Document",
    "Erasure",
    "GroupSite",
    "Hold",
    "LedgerRun",
    "ProcessingAct",
    "Request",
    "RequestStep",
    "StaffAccess",
    "Subject",
    "SubjectIdentifier",
    "Version",
]
