from moderation.models.ban import Ban
from moderation.models.ban_mark import BanMark
from moderation.models.claim import Claim
from moderation.models.complaint import Complaint
from moderation.models.decision import Appeal, Decision
from moderation.models.removal import Removal
from moderation.models.stop_word import StopWord

__all__ = [
    "Appeal",
    "Ban",
    "BanMark",
    "Claim",
    "Complaint",
    "Decision",
    "Removal",
    "StopWord",
]
