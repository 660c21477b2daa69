"""What the frame of every page shows, also where no view hands it anything."""

from django import template

from listings.catalogue import remembered_catalogue
from privacy.operator import current_operator

register = template.Library()


@register.simple_tag
def catalogue_sections():
    return remembered_catalogue().sections


@register.simple_tag
def catalogue_edition():
    """With the same the sections are the same."""
    return remembered_catalogue().version


@register.simple_tag
def portal_operator():
    return current_operator()
