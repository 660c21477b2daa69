"""Whatever is added and not declared is caught, and the message names it."""

import enum
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from celery import current_app, shared_task
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.postgres.fields import ArrayField
from django.core.checks import run_checks
from django.db import connection, models
from django.db.models.functions import Lower
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.generic import FormView
from phonenumber_field.modelfields import PhoneNumberField

from accounts.forms import PhoneForm
from accounts.models import Phone, User
from kazvek.urls import urlpatterns as all_urls
from letters.models import Letter
from privacy import registers
from privacy.data_map import (
    DATA_MAP,
    OPAQUE,
    TABLES,
    FreeText,
    NotPersonal,
    People,
    Personal,
    Recipient,
    SameAddress,
    SameValue,
    Source,
    StaysNameless,
    describe,
    describe_table,
)
from privacy.models import LedgerRun, Subject
from privacy.registers import (
    CachePrefix,
    Column,
    Cookie,
    NotKept,
    register_cache,
    register_cookie,
    register_form,
    register_task,
)
from privacy.retention import After, Until, WhileAccountExists
from privacy.strategies import (
    Constant,
    DeleteRow,
    Empty,
    Null,
    RandomLabel,
    Recompute,
    RemoveFile,
    SealUntil,
    Strategy,
    Truncate,
)
from ui.filters import OnlyItsFilters

pytestmark = pytest.mark.clause("P1.1", "P1.2a")

NOTHING = NotPersonal("a mere number")
A_DAY = After("at", days=1, sentence=ngettext_lazy("%(days)d day", "%(days)d days", "days"))


@pytest.fixture(autouse=True)
def registers_as_they_were():
    kept = [
        (register, dict(register))
        for register in (
            DATA_MAP,
            TABLES,
            registers.COOKIES,
            registers.CACHE_PREFIXES,
            registers.TASKS,
            registers.COLLECTION_POINTS,
        )
    ]
    yield
    for register, before in kept:
        register.clear()
        register.update(before)


@pytest.fixture
def make_model():
    """A new model of the portal's own, gone after the test: `make_model(name=CharField())`."""

    def make(*, says="№ 1", **attributes):
        meta = type("Meta", (), {"app_label": "privacy"} | attributes.pop("meta", {}))
        body = {"__module__": "privacy.models", "Meta": meta, "__str__": lambda row: says}
        return type("Mutant", (models.Model,), body | attributes)

    yield make
    apps.all_models["privacy"].pop("mutant", None)
    apps.clear_cache()


def personal(category="content.letter", **its):
    facts = {"purposes": ["service"], "kept": WhileAccountExists(), "source": Source.PORTAL}
    return Personal(category, **facts | its)


def declare(model, **its):
    fields = {"id": NOTHING, "subject": NOTHING} | its.pop("fields")
    facts = {"title": _("Things"), "people": People.HOLDERS, "subject": "subject"}
    describe(model, fields=fields, **facts | its)


def whose():
    return models.ForeignKey(Subject, models.CASCADE, related_name="+")


def found(database=False):
    return [
        problem.msg
        for problem in run_checks(tags=["data_map"], databases=["default"] if database else None)
    ]


# Models


def test_a_model_nobody_declared(make_model):
    make_model(nickname=models.CharField(max_length=20))

    assert found() == ["privacy.Mutant is not in the data map."]


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=20),
        models.TextField(),
        models.EmailField(),
        PhoneNumberField(),
        models.IntegerField(),
        models.BooleanField(),
        models.DateField(),
        models.DateTimeField(),
        models.DurationField(),
        models.UUIDField(),
        models.BinaryField(),
        models.GenericIPAddressField(),
        models.JSONField(),
        models.FileField(),
        models.ImageField(),
        ArrayField(models.CharField(max_length=10)),
        models.ForeignKey(User, models.CASCADE, related_name="+"),
        models.OneToOneField(User, models.CASCADE, related_name="+"),
        models.GeneratedField(
            expression=Lower("word"), output_field=models.TextField(), db_persist=True
        ),
    ],
    ids=lambda field: type(field).__name__,
)
def test_a_field_of_any_kind_that_nobody_declared(make_model, field):
    mutant = make_model(subject=whose(), word=models.TextField(), nickname=field)
    declare(mutant, fields={"word": personal()})

    assert found() == ["privacy.Mutant.nickname is not in the data map."]


def test_a_field_added_to_a_model_that_is_declared(monkeypatch):
    field = models.CharField(max_length=20)
    monkeypatch.setattr(User._meta, "local_fields", [*User._meta.local_fields])
    try:
        field.contribute_to_class(User, "nickname")
        messages = found()
    finally:
        monkeypatch.undo()
        del User.nickname
        User._meta._expire_cache()

    assert messages == ["accounts.User.nickname is not in the data map."]


def test_a_many_to_many_that_nobody_declared(make_model):
    mutant = make_model(subject=whose(), friends=models.ManyToManyField(User, related_name="+"))
    declare(mutant, fields={})

    assert found() == ["privacy.Mutant_friends is not in the data map."]
    apps.all_models["privacy"].pop("mutant_friends")


def test_a_declaration_of_a_field_that_is_gone(make_model):
    mutant = make_model(subject=whose())
    declare(mutant, fields={"nickname": personal()})

    assert found() == ["privacy.Mutant has no column for nickname of the data map."]


def test_json_without_declared_keys(make_model):
    mutant = make_model(subject=whose(), facts=models.JSONField())
    declare(mutant, fields={"facts": personal()})

    assert found() == ["privacy.Mutant.facts holds JSON without declared keys."]


@pytest.mark.parametrize("erase", [None, Empty(), Null(), Constant("gone"), DeleteRow()], ids=repr)
def test_a_file_that_nothing_removes(make_model, erase):
    mutant = make_model(subject=whose(), scan=models.FileField(null=True))
    declare(mutant, fields={"scan": personal(erase=erase)})

    assert "privacy.Mutant.scan names files that nothing removes." in found()


@pytest.mark.parametrize(
    "subject",
    [
        None,
        "owner",
        "word",
        "user",
        "user__groups",
        SameAddress("adress"),
        SameValue("word", Phone, "nummer"),
        SameValue("word", Subject, "id"),
    ],
    ids=repr,
)
def test_a_model_that_leads_to_no_person(make_model, subject):
    mutant = make_model(
        subject=whose(),
        user=models.ForeignKey(User, models.CASCADE, related_name="+"),
        word=models.TextField(),
    )
    declare(mutant, fields={"word": personal(), "user": NOTHING}, subject=subject)

    [message] = found()
    assert message.startswith("privacy.Mutant knows people, but its rows lead to no Subject")


def test_a_model_that_does_not_say_what_it_holds_about_whom(make_model):
    mutant = make_model(subject=whose(), word=models.TextField())
    declare(mutant, fields={"word": personal()}, title=None)

    assert found() == ["privacy.Mutant does not say what it holds about whom."]


# Declarations


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (NotPersonal(""), "does not say why it is not personal"),
        ("an amount", "is declared as 'an amount'"),
        (personal(purposes=["marketing"]), "has the unknown purpose 'marketing'"),
        (personal(purposes=[]), "is kept for no purpose"),
        (personal("identity.nickname"), "has the unknown category 'identity.nickname'"),
        (personal("special.faith"), "has the special category special.faith"),
        (personal("health"), "has the special category health"),
        (personal("profile.religion"), "has the special category profile.religion"),
        (personal(source=Source.PERSON), "comes from the person, who cannot change it anywhere"),
        (
            personal(source=Source.PERSON, edit="accounts:nickname"),
            "there is no page 'accounts:nickname' to edit it",
        ),
        (
            personal(kept=Until("ends_at", words=_("until it ends"))),
            "nothing can tell when it is over",
        ),
        (personal(kept=A_DAY), "nothing can tell when it is over"),
        (personal(kept="a while"), "nothing can tell when it is over"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_declaration_that_says_nothing_or_what_is_forbidden(make_model, declared, message):
    mutant = make_model(subject=whose(), word=models.TextField())
    declare(mutant, fields={"word": NOTHING})
    DATA_MAP[mutant].fields["word"] = declared

    assert any("mutant.word" in said.lower() and message in said for said in found())


def test_a_special_category_deep_in_json(make_model):
    mutant = make_model(subject=whose(), facts=models.JSONField())
    keys = {"family": personal(keys={"faith": personal("belief.faith")})}
    declare(mutant, fields={"facts": personal(keys=keys)})

    assert found() == ["privacy_mutant.facts.family.faith has the special category belief.faith."]


def test_a_table_without_a_model_that_knows_people():
    describe_table("visitors", columns={"name": personal()})

    assert found() == ["The table visitors knows people, but no model leads to them."]


# Strategies


class Hashed(Strategy):
    """As somebody might write it: unsalted, and everybody with a list of names can undo it."""

    def refusal(self, field):
        return None


class Reversed(Empty):
    """Derived from the value."""


@pytest.mark.parametrize(
    ("field", "strategy", "reason"),
    [
        (models.TextField(), Hashed(), "is not among the strategies"),
        (models.TextField(), Reversed(), "is not among the strategies"),
        (models.TextField(), lambda value: value[::-1], "is not among the strategies"),
        (models.TextField(), Constant(models.F("pk")), "is not computed from the row"),
        (models.TextField(), Constant(Lower("word")), "is not computed from the row"),
        (models.TextField(), Constant(print), "is not computed from the row"),
        (models.TextField(), Recompute(lambda rows: rows), "a function with a name"),
        (models.GenericIPAddressField(), Truncate("network"), "a part of the value would stay"),
        (models.TextField(), DeleteRow(), "not by a field's"),
        (models.TextField(), Null(), "the column is NOT NULL"),
        (models.IntegerField(), Empty(), "can be empty"),
        (models.IntegerField(), Constant("gone"), "is no value of it"),
        (models.CharField(max_length=3), Constant("gone"), "is no value of it"),
        (models.EmailField(), Constant("gone"), "is no value of it"),
        (models.CharField(max_length=9, choices={"a": "A"}), Constant("b"), "is no value of it"),
        (models.CharField(max_length=9, unique=True), Constant("gone"), "the column is UNIQUE"),
        (models.CharField(max_length=9, unique=True), Empty(), "the column is UNIQUE"),
        (models.CharField(max_length=20), RandomLabel("Deleted buyer"), "is no value of it"),
        (models.IntegerField(), RandomLabel("Deleted buyer"), "only texts can hold a label"),
        (models.TextField(), RandomLabel("Deleted", viewer="seller"), "no field seller"),
        (models.TextField(unique=True), RandomLabel("Gone", viewer="subject"), "UNIQUE"),
        (models.TextField(), RemoveFile(), "the column names no file"),
        (models.TextField(), SealUntil("ends_at", _("Law"), Empty()), "no field ends_at"),
        (models.TextField(), SealUntil("id", _("Law"), Empty()), "id is no date"),
        (models.IntegerField(), SealUntil("at", _("Law"), Empty()), "can be empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_strategy_that_is_forbidden_or_that_the_column_cannot_take(
    make_model, field, strategy, reason
):
    mutant = make_model(subject=whose(), at=models.DateTimeField(), word=field)
    declare(mutant, fields={"word": personal(erase=strategy), "at": NOTHING})

    [message] = found()
    assert message.startswith("privacy.Mutant.word cannot be erased by")
    assert reason in message


@pytest.mark.parametrize(
    "constraint",
    [
        models.UniqueConstraint(fields=["subject", "word"], name="together"),
        models.UniqueConstraint(Lower("word"), name="spelled"),
        models.UniqueConstraint(fields=["word"], condition=models.Q(pk__gt=1), name="some"),
    ],
    ids=lambda constraint: constraint.name,
)
def test_the_same_words_for_everybody_in_a_column_that_is_unique_with_others(
    make_model, constraint
):
    mutant = make_model(
        subject=whose(), word=models.TextField(), meta={"constraints": [constraint]}
    )
    declare(mutant, fields={"word": personal(erase=Constant("gone"))})

    [message] = found()
    assert f"part of the unique constraint {constraint.name}" in message


@pytest.mark.parametrize("erase", [None, StaysNameless(_("Proof"))], ids=repr)
@pytest.mark.parametrize(
    "declared", [personal("contact.email"), FreeText("trace.action", purposes=["service"],
    kept=WhileAccountExists(), source=Source.PORTAL)], ids=["address", "free text"],
)  # fmt: skip
def test_what_says_who_in_a_row_that_stays(make_model, erase, declared):
    mutant = make_model(subject=whose(), word=models.TextField())
    declare(mutant, fields={"word": declared}, erase=erase)

    assert found() == ["privacy.Mutant.word stays with its row when its person is erased."]


def test_a_row_that_is_erased_like_a_value(make_model):
    mutant = make_model(subject=whose(), word=models.TextField())
    declare(mutant, fields={"word": personal(erase=Empty())}, erase=Empty())

    assert found() == ["privacy.Mutant: Empty() is nothing to do to a row."]


# str()


@pytest.mark.parametrize(
    ("field", "says"),
    [
        (models.TextField(), lambda row: row.word),
        (models.TextField(), lambda row: f"Order of {row.word.title().lower()}"),
        (models.EmailField(), lambda row: f"<{row.word}>"),
        (PhoneNumberField(), lambda row: str(row.word)),
        (models.GenericIPAddressField(), lambda row: row.word),
        (models.IntegerField(), lambda row: f"№ {row.word}"),
        (models.DateField(), lambda row: f"born {row.word}"),
        (models.CharField(max_length=9, choices={"a": "Farmer"}), lambda r: r.get_word_display()),
        (models.JSONField(), lambda row: f"{row.word}"),
        (models.TextField(), lambda row: row.nonsense),
    ],
)
def test_a_model_whose_str_shows_personal_data(make_model, field, says):
    mutant = make_model(subject=whose(), word=field, __str__=says)
    declare(mutant, fields={"word": personal(keys={"canary": personal()})})

    [message] = found()
    assert message.startswith("str() of privacy.Mutant")


def test_a_model_whose_str_shows_its_owners_address(make_model):
    mutant = make_model(
        user=models.ForeignKey(User, models.CASCADE, related_name="+"),
        word=models.TextField(),
        __str__=lambda row: f"Basket of {row.user.email}",
    )
    describe(
        mutant,
        title=_("Things"),
        people=People.HOLDERS,
        subject="user__subject",
        fields={"id": NOTHING, "user": NOTHING, "word": personal()},
    )

    assert found() == ["str() of privacy.Mutant shows accounts.User.email."]


def test_a_librarys_model_whose_str_shows_an_address_may_not_enter_the_admin():
    admin.site.register(EmailAddress)
    try:
        messages = found()
    finally:
        admin.site.unregister(EmailAddress)

    assert "str() of account.EmailAddress shows account.EmailAddress.email." in messages
    assert found() == []


# The admin


class LikeOthers(OnlyItsFilters, admin.ModelAdmin):
    pass


@pytest.mark.clause("P3.2")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"fields": ["word"]},
        {"fields": [("subject", "word")]},
        {"fieldsets": [(None, {"fields": ["word"]})]},
        {"fields": [], "readonly_fields": ["word"]},
        {"fields": [], "list_display": ["word"]},
    ],
    ids=str,
)
def test_the_admin_shows_what_the_map_does_not_show_to_staff(make_model, options):
    mutant = make_model(subject=whose(), word=models.TextField())
    declare(mutant, fields={"word": personal()})
    admin.site.register(mutant, LikeOthers, **options)
    try:
        messages = found()
    finally:
        admin.site.unregister(mutant)

    assert messages == ["The admin shows privacy.Mutant.word, which staff need not see."]


@pytest.mark.clause("P3.2")
def test_the_admin_shows_it_inside_another_row(make_model):
    mutant = make_model(
        user=models.ForeignKey(User, models.CASCADE, related_name="+"), word=models.TextField()
    )
    describe(
        mutant,
        title=_("Things"),
        people=People.HOLDERS,
        subject="user__subject",
        fields={"id": NOTHING, "user": NOTHING, "word": personal()},
    )
    options = admin.site.get_model_admin(User)
    inline = type("Words", (admin.TabularInline,), {"model": mutant})
    options.inlines = [inline]
    try:
        messages = found()
    finally:
        del options.inlines

    assert messages == ["The admin shows privacy.Mutant.word, which staff need not see."]


@pytest.mark.clause("P3.2")
def test_the_admin_may_show_what_the_map_shows_to_staff(make_model):
    mutant = make_model(subject=whose(), word=models.TextField())
    declare(mutant, fields={"word": personal(shown_to=(Recipient.STAFF,))})
    admin.site.register(mutant, LikeOthers)
    try:
        messages = found()
    finally:
        admin.site.unregister(mutant)

    assert messages == []


# The database


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "ALTER TABLE accounts_user ADD nickname text",
            "The column accounts_user.nickname in the database is undeclared.",
        ),
        (
            "ALTER TABLE accounts_user ADD initials text "
            "GENERATED ALWAYS AS (left(surname, 1)) STORED",
            "The column accounts_user.initials in the database is undeclared.",
        ),
        (
            'ALTER TABLE accounts_user ADD "Имя" text',
            "The column accounts_user.Имя in the database is undeclared.",
        ),
        (
            "ALTER TABLE django_migrations ADD who text",
            "The column django_migrations.who in the database is undeclared.",
        ),
        (
            "CREATE TABLE visitors (name text)",
            "The table visitors in the database is not in the data map.",
        ),
        (
            "CREATE TABLE visitors (name text) PARTITION BY LIST (name)",
            "The table visitors in the database is not in the data map.",
        ),
        (
            "CREATE UNLOGGED TABLE visitors (name text)",
            "The table visitors in the database is not in the data map.",
        ),
        (
            "CREATE VIEW everybody AS SELECT email FROM accounts_user",
            "The table everybody in the database is not in the data map.",
        ),
        (
            "CREATE MATERIALIZED VIEW everybody AS SELECT email FROM accounts_user",
            "The table everybody in the database is not in the data map.",
        ),
        (
            "CREATE SCHEMA hidden; CREATE TABLE hidden.accounts_user (email text)",
            "The table hidden.accounts_user in the database is not in the data map.",
        ),
        (
            "CREATE TABLE visitors (name text); REVOKE ALL ON visitors FROM CURRENT_USER",
            "The table visitors in the database is not in the data map.",
        ),
    ],
)
def test_a_column_or_table_that_only_the_database_knows(statement, message):
    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert found(database=True) == [message]


@pytest.mark.django_db
def test_a_column_that_a_migration_added_without_its_field(make_model):
    with connection.schema_editor() as editor:
        field = models.CharField(max_length=20, default="")
        field.set_attributes_from_name("nickname")
        editor.add_field(Phone, field)

    assert found(database=True) == [
        "The column accounts_phone.nickname in the database is undeclared."
    ]


@pytest.mark.django_db
def test_a_column_of_raw_sql_is_covered_once_it_is_declared():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user ADD initials text")
    DATA_MAP[User].columns["initials"] = personal("identity.given")
    try:
        messages = found(database=True)
    finally:
        del DATA_MAP[User].columns["initials"]

    assert messages == []


# Keys of JSON that is stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"name": "x"}, "undeclared key name"),
        ([{"name": "x"}], "undeclared key name"),
        ([[{"имя": "x"}]], "undeclared key имя"),
        ({"a": {"b": 1}}, "undeclared key a"),
    ],
)
def test_a_key_that_nobody_declared(stored, message):
    LedgerRun.objects.create(faults=stored)

    [said] = found(database=True)
    assert said == f"privacy.LedgerRun.faults holds the {message}."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("keys", "unknown"),
    [
        ({"a": NOTHING}, "a.b"),
        ({"a": NotPersonal("x", keys={"c": NOTHING})}, "a.b"),
        ({"a": NotPersonal("x", keys={"b": NOTHING})}, None),
        ({"a": NotPersonal("x", keys=OPAQUE)}, None),
    ],
)
def test_a_key_below_another(keys, unknown):
    LedgerRun.objects.create(faults={"a": {"b": 1}})
    described = DATA_MAP[LedgerRun]
    fields = described.fields | {"faults": NotPersonal("x", keys=keys)}
    DATA_MAP[LedgerRun] = replace(described, fields=fields)

    messages = found(database=True)

    assert messages == (
        [f"privacy.LedgerRun.faults holds the undeclared key {unknown}."] if unknown else []
    )


@pytest.mark.django_db
def test_a_key_in_a_session_that_nobody_declared(client):
    session = client.session
    session["basket_phone"] = "+77015550101"
    session.save()

    assert found(database=True) == [
        "sessions.Session.session_data holds the undeclared key basket_phone."
    ]


@pytest.mark.django_db
def test_a_key_in_the_admins_log_that_nobody_declared(aigul):
    LogEntry.objects.create(
        user=aigul, action_flag=2, change_message=json.dumps([{"changed": {"value": "x"}}])
    )

    assert found(database=True) == [
        "admin.LogEntry.change_message holds the undeclared key changed.value."
    ]


# Cookies


@pytest.mark.clause("P2.8a")
@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("SESSION_COOKIE_NAME", "sid", ": the cookie sid is not in the register."),
        ("TRACKING_COOKIE_NAME", "_ga", ": the cookie _ga is not in the register."),
        ("SESSION_COOKIE_HTTPONLY", False, " is not as the register says."),
        ("CSRF_COOKIE_SAMESITE", "None", " is not as the register says."),
        ("LANGUAGE_COOKIE_SECURE", True, " is not as the register says."),
    ],
)
def test_a_setting_that_makes_an_undeclared_cookie(settings, setting, value, message):
    setattr(settings, setting, value)

    assert found() == [f"{setting}{message}"]


def test_a_cookie_and_a_cache_prefix_for_an_unknown_purpose():
    register_cookie(Cookie("basket", _("Things"), "marketing", None, is_needed=True))
    register_cache(CachePrefix("baskets:", _("Things"), "growth", timedelta(hours=1)))

    messages = found()
    assert len(messages) == 2
    assert "unknown purpose 'marketing'" in messages[0]
    assert "unknown purpose 'growth'" in messages[1]


# The cache


def test_a_cache_past_the_register(settings):
    settings.CACHES = settings.CACHES | {
        "fast": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }

    assert found() == ["The cache fast takes keys past the register of prefixes."]


# Tasks


@pytest.fixture
def make_task():
    names = []

    def make(function):
        task = shared_task(function, name=f"mutant.{len(names)}")
        names.append(task.name)
        return task

    yield make
    for name in names:
        current_app.tasks.unregister(name)


class Urgency(enum.Enum):
    HIGH = "high"


def test_a_task_nobody_declared(make_task):
    make_task(by_address)

    assert found() == ["The task mutant.0 is not in the register."]


def with_nothing(): ...
def by_address(email): ...
def with_more(letter_pk, email): ...
def by_named_id(email_pk: str): ...
def with_anything(*args): ...
def with_any_name(**facts): ...
def with_default(letter_pk, name=""): ...


@pytest.mark.parametrize(
    ("function", "parameters", "message"),
    [
        (by_address, {}, "takes email, which is undeclared"),
        (by_address, {"email": str}, "takes email, which is no id and no enum"),
        (by_address, {"email": Letter}, "takes email, which is no id and no enum"),
        (with_more, {"letter_pk": Letter}, "takes email, which is undeclared"),
        (by_named_id, {"email_pk": Letter}, "takes email_pk, which is no id and no enum"),
        (with_anything, {}, "takes anything: *args"),
        (with_any_name, {}, "takes anything: *facts"),
        (with_default, {"letter_pk": Letter}, "takes name, which is undeclared"),
        (with_nothing, {"letter_pk": Letter}, "does not take letter_pk"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_task_that_takes_more_than_ids_and_enums(make_task, function, parameters, message):
    register_task(make_task(function), **parameters)

    assert found() == [f"The task mutant.0 {message}."]


def test_a_task_that_takes_an_id_and_an_enum_is_in_order(make_task):
    def deliver(letter_pk: int, urgency: Urgency): ...

    register_task(make_task(deliver), letter_pk=Letter, urgency=Urgency)

    assert found() == []


def test_a_task_of_the_register_that_is_gone(make_task):
    task = make_task(with_nothing)
    register_task(task)
    registers.TASKS["mutant.gone"] = registers.TASKS.pop("mutant.0")
    registers.TASKS["mutant.0"] = registers.TASKS["mutant.gone"]

    assert found() == ["The task mutant.gone of the register does not exist."]


# Forms


@pytest.fixture
def make_form():
    """A new form of the portal's own, foreign after the test: `make_form(name=CharField())`."""
    made = []

    def make(base=forms.Form, **fields):
        made.append(type("Mutant", (base,), {"__module__": "privacy.forms"} | fields))
        return made[-1]

    yield make
    for form in made:
        form.__module__ = "elsewhere"


def ask(*forms, **its):
    facts = {"purposes": ["service"], "fields": {}}
    register_form("mutant", _("Mutant"), *forms, **facts | its)


class FoundOwners(PhoneForm):
    """As a view of a library would bring it."""


FoundOwners.__module__ = "elsewhere"
urlpatterns = [
    *all_urls,
    path("owners/", FormView.as_view(form_class=FoundOwners, template_name="x.html")),
    path("door/", FormView.as_view(form_class=LoginForm, template_name="x.html")),
]


@pytest.mark.clause("P1.2i")
@pytest.mark.parametrize("base", [forms.Form, forms.ModelForm, PhoneForm], ids=str)
def test_a_form_nobody_declared(make_form, base):
    make_form(base, nickname=forms.CharField())

    assert found() == ["The form privacy.forms.Mutant is not in the register."]


@pytest.mark.clause("P1.2i")
def test_a_librarys_form_that_a_setting_puts_back_in_the_place_of_ours(settings):
    settings.ACCOUNT_FORMS = settings.ACCOUNT_FORMS | {"login": "allauth.account.forms.LoginForm"}

    assert found() == ["The form allauth.account.forms.LoginForm is not in the register."]


@pytest.mark.clause("P1.2i")
@pytest.mark.urls(__name__)
def test_a_librarys_form_that_a_view_shows_unless_ours_stands_in_its_place():
    assert found() == ["The form elsewhere.FoundOwners is not in the register."]


@pytest.mark.clause("P1.2i")
def test_a_field_added_to_a_form_that_is_declared(make_form):
    ask(make_form(nickname=forms.CharField(), joke=forms.CharField()), fields={
        "nickname": NotKept(_("It is only laughed at.")),
    })  # fmt: skip

    assert found() == ["privacy.forms.Mutant asks for joke, which is undeclared."]


@pytest.mark.clause("P1.2i")
@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (NotKept(""), "nickname of the form mutant does not say why it is not kept."),
        ("in the cellar", "nickname of the form mutant is declared as 'in the cellar'."),
        (Column(User, "nickname"), "goes to accounts.User.nickname, which is not in the data map."),
        (Column(Authenticator, "data.joke"), "goes to mfa.Authenticator.data.joke, which is not"),
        (Column(User, "surname.first"), "goes to accounts.User.surname.first, which is not in"),
        (Column(User, "password"), "is asked for another purpose than it is kept for."),
    ],
)
def test_a_field_of_a_form_that_goes_nobody_knows_where(make_form, declared, message):
    ask(make_form(nickname=forms.CharField()), fields={"nickname": declared})

    [said] = found()
    assert message in said


@pytest.mark.clause("P1.2i")
@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"purposes": []}, "The form mutant has no purpose."),
        ({"purposes": ["marketing"]}, "The form mutant has the unknown purpose 'marketing'."),
        ({"documents": ()}, "The form mutant shows no document."),
        (
            {"documents": ("privacy", "manifesto")},
            "The form mutant shows 'manifesto', which is no document.",
        ),
    ],
)
def test_a_form_that_does_not_say_what_for_and_under_which_rules(facts, message):
    ask(**facts)

    assert found() == [message]


@pytest.mark.clause("P1.2i")
def test_a_form_that_says_what_it_asks_for_is_in_order(make_form):
    ask(make_form(nickname=forms.CharField()), fields={"nickname": Column(User, "surname")})

    assert found() == []
