from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from privacy.forgetting import forget
from privacy.models import Subject


class UserQuerySet(models.QuerySet):
    def never_verified(self):
        """Accounts whose owner has not shown that any address is theirs."""
        return self.exclude(emailaddress__verified=True)

    def administrators(self):
        """Those who may enter now, and review the rights of others."""
        known = timezone.now() - User.RIGHTS_REVIEWED_WITHIN
        return self.filter(
            is_active=True, is_staff=True, is_superuser=True, rights_reviewed_at__gt=known
        )

    def without_rights(self):
        return self.filter(is_staff=False, is_superuser=False)

    def forget(self):
        """Delete the accounts, and with each the person that nothing else points to."""
        with transaction.atomic():
            people = list(Subject.objects.filter(user__in=self))
            self.delete()
            forget(people)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person's account. The e-mail address signs in; the name is for letters and orders."""

    class Activity(models.TextChoices):
        CROPS = "crops", _("Crop farming")
        LIVESTOCK = "livestock", _("Livestock farming")
        STORAGE = "storage", _("Grain storage and processing")
        FOOD = "food", _("Food production")
        MACHINERY = "machinery", _("Sale and repair of machinery")
        PARTS = "parts", _("Spare parts")
        METAL = "metal", _("Metal and metalworking")
        CHEMISTRY = "chemistry", _("Chemicals, fertilisers and fuel")
        CONSTRUCTION = "construction", _("Construction and mining")
        TRANSPORT = "transport", _("Transport and logistics")
        TRADE = "trade", _("Wholesale trade")
        SERVICES = "services", _("Services")
        OTHER = "other", _("Other")

    class Language(models.TextChoices):
        KAZAKH = "kk", "Қазақша"
        RUSSIAN = "ru", "Русский"
        ENGLISH = "en", "English"

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, related_name="user", editable=False
    )
    email = models.EmailField(
        _("e-mail"),
        unique=True,
        error_messages={"unique": _("There is an account with this e-mail address already.")},
    )
    surname = models.CharField(_("surname"), max_length=80, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    patronymic = models.CharField(_("patronymic"), max_length=80, blank=True)
    activity = models.CharField(_("activity"), max_length=12, choices=Activity, blank=True)
    language = models.CharField(
        _("language of letters"), max_length=2, choices=Language, default=Language.RUSSIAN
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    # When somebody last looked whether the rights of staff are still needed.
    rights_reviewed_at = models.DateTimeField(
        _("rights reviewed at"), default=timezone.now, db_default=Now(), editable=False
    )
    date_joined = models.DateTimeField(_("signed up at"), default=timezone.now, editable=False)

    objects = UserManager()

    RIGHTS_REVIEWED_WITHIN = timedelta(days=90)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def save(self, **kwargs):
        with transaction.atomic():
            if self._state.adding and not self.subject_id:
                self.subject = Subject.objects.create()
            super().save(**kwargs)

    @property
    def has_rights(self):
        # Before somebody is let into the administration they may have been given all rights.
        return self.is_staff or self.is_superuser

    @property
    def rights_end_at(self):
        """Those in the administration are switched off then, until they are reviewed."""
        return self.rights_reviewed_at + self.RIGHTS_REVIEWED_WITHIN

    def review_rights(self):
        self.rights_reviewed_at = timezone.now()
        self.save(update_fields=["rights_reviewed_at"])

    @property
    def has_second_factor(self):
        # Recovery codes only stand in for a factor; they go when the last one goes.
        return self.authenticator_set.exclude(type="recovery_codes").exists()

    def get_full_name(self):
        return " ".join(part for part in (self.surname, self.first_name, self.patronymic) if part)

    def get_short_name(self):
        return " ".join(part for part in (self.first_name, self.patronymic) if part)


class Phone(models.Model):
    MOST_PER_USER = 10

    class Purpose(models.TextChoices):
        CALLS = "calls", _("Calls about ads and orders")
        MESSENGER = "messenger", _("Messages")
        ACCOUNTING = "accounting", _("Documents and accounts")
        OTHER = "other", _("Something else")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="phones")
    number = PhoneNumberField(
        _("number"), help_text=_("With the country's code, for example +7 701 234 56 78.")
    )
    purpose = models.CharField(_("what for"), max_length=12, choices=Purpose, default=Purpose.CALLS)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "number"],
                name="phone_once_per_user",
                violation_error_message=_("This number is in your list already."),
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"


class Address(models.Model):
    class Kind(models.TextChoices):
        RESIDENCE = "residence", _("Address of residence")
        STAY = "stay", _("Address of stay")
        WORK = "work", _("Address of work")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    region = models.CharField(_("region"), max_length=80)
    settlement = models.CharField(_("town or village"), max_length=80)
    street = models.CharField(_("street, building, flat"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="address_kind_once_per_user")
        ]

    def __str__(self):
        return f"№ {self.pk}"


class KnownDevice(models.Model):
    """A browser family and system this person signed in with, as a digest that tells neither."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="device_once_per_user")
        ]
        indexes = [models.Index(fields=["seen_at"], name="device_seen_at")]

    def __str__(self):
        return f"№ {self.pk}"
