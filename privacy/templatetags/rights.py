from django import template

from privacy.consequences import MEANWHILE

register = template.Library()


@register.simple_tag
def meanwhile() -> str:
    """What is so while somebody's data may only lie."""
    return str(MEANWHILE)
