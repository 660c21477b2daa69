"""What apps further up do when somebody has signed in, or out: they add it in their `ready`."""

from collections.abc import Callable

from django.http import HttpRequest

SIGNED_IN: list[Callable[[HttpRequest], object]] = []
SIGNED_OUT: list[Callable[[HttpRequest], object]] = []
