import ipaddress

from allauth.account.adapter import get_adapter


def network_of(request):
    """By what a visitor's requests are counted: what one household or office has of the net."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    address = getattr(address, "ipv4_mapped", None) or address
    prefix = 32 if address.version == 4 else 64
    return ipaddress.ip_network((address, prefix), strict=False)
