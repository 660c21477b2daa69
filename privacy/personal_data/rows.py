"""What nearly every row has."""

from django.utils.translation import gettext_lazy as _

from privacy.data_map import not_personal

ROW_NUMBER = not_personal(_("the number of the row"), "id")
WHOSE = not_personal(_("points to the person it is about"), "subject")
