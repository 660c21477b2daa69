"""Believable people, sellers and ads to try the portal with on one's own machine.

The addresses are of a domain reserved for examples, so that no letter can reach anybody.
"""

PASSWORD = "steppe-wheat-harvest"  # noqa: S105 printed by the command, known to all
BUYER = "buyer@example.com"
SELLER = "seller@example.com"
MODERATOR = "moderator@example.com"
ADMINISTRATOR = "admin@example.com"
ROLES = {
    BUYER: "buyer",
    SELLER: "seller",
    MODERATOR: "moderator",
    ADMINISTRATOR: "administrator",
}
# On a local run they enter the administration without a second factor.
DEMO_STAFF = {MODERATOR, ADMINISTRATOR}
