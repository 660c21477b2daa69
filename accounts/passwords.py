"""Passwords that others have used, or that are guessed early, are refused without any network.

zxcvbn brings the lists of breached passwords and common words and sees through dates, rows of
keys, repeats and swapped letters. We add what it does not know: Russian and Kazakh words, and
words typed in the other layout of the keyboard (`qwerty` is `йцукен`, `пароль` is `gfhjkm`).
"""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
OTHER_LAYOUT = str.maketrans(CYRILLIC + LATIN, LATIN + CYRILLIC)
WORDS = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split()
# Longer passwords are judged by their beginning: the check's cost grows much faster than they.
JUDGED = 24
# Of zxcvbn's scores from 0 to 4: more than a hundred million guesses.
ENOUGH = 3


class CommonPasswordValidator:
    def validate(self, password, user=None):
        # Only here: its lists hold 12 MB, and few processes are ever given a new password.
        from zxcvbn import zxcvbn

        typed = password[:JUDGED].lower()
        words = [*WORDS, *personal_words(user)]
        for spelling in {password[:JUDGED], typed.translate(OTHER_LAYOUT)}:
            if zxcvbn(spelling, user_inputs=words)["score"] < ENOUGH:
                raise ValidationError(
                    _(
                        "This password is among the first that strangers try: it is common, "
                        "leaked from another site, or made of a pattern. Take a few words "
                        "that do not belong together."
                    ),
                    code="password_too_common",
                )

    def get_help_text(self):
        return _("A password that is common or leaked from another site is refused.")


def personal_words(user):
    if user is None:
        return []
    names = (user.surname, user.first_name, user.patronymic, *user.email.split("@"))
    return [name for name in names if name]
