from sellers.models.authorised import AuthorisedPerson
from sellers.models.invitation import Invitation
from sellers.models.logo import Logo
from sellers.models.seller import FormerSlug, Member, Phone, Seller
from sellers.models.terms import Payment, Shipping, WorkingDay
from sellers.models.verification import Verification

__all__ = [
    "AuthorisedPerson",
    "FormerSlug",
    "Invitation",
    "Logo",
    "Member",
    "Payment",
    "Phone",
    "Seller",
    "Shipping",
    "Verification",
    "WorkingDay",
]
