from allauth.account.adapter import get_adapter

from accounts.devices import device_name, shortened
from privacy.ledger import Occasion


def occasion(request, form: str, button: str) -> Occasion:
    """What the ledger notes of a request: the form, its button, a network and a browser's name."""
    return Occasion(
        form,
        str(button),
        network=shortened(get_adapter().get_client_ip(request)),
        browser=device_name(request.headers.get("User-Agent", "")).partition(",")[0],
    )
