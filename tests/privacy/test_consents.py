import pytest

from privacy.consents import (
    Changed,
    NotOffered,
    WithdrawnSince,
    allows,
    entries_seen,
    give,
    object_to,
    refuse,
    withdraw,
    withdraw_all,
)
from privacy.models import Channel, Consent, ConsentEntry, GroupSite, Subject, SubjectIdentifier
from privacy.models.consents import text_hash
from privacy.sentences import CONSENTS, MAILINGS, consent_sentence

CELLS = [(purpose, channel) for purpose in MAILINGS for channel in Channel.values]


@pytest.fixture
def agree(occasion):
    def agree(subject, purpose="news", channel="email"):
        give(
            subject,
            purpose,
            channel,
            occasion,
            shown=text_hash(consent_sentence(purpose, channel)),
            seen=entries_seen(subject),
        )

    return agree


@pytest.fixture
def agro(db):
    return GroupSite.objects.create(domain="agro.example")


def acts(subject):
    return list(ConsentEntry.objects.of(subject).values_list("act", flat=True))


def allowed(subject, purpose, channel):
    site = "agro.example" if purpose == "group" else ""
    return allows(subject, purpose, channel, site=site)


@pytest.mark.clause("P3.1c", "P3.1d", "P3.1e", "P3.1f", "P3.1g")
@pytest.mark.parametrize(("purpose", "channel"), CELLS)
def test_nothing_is_allowed_but_the_one_cell_that_was_given(
    policy, agro, subject, agree, purpose, channel
):
    assert not any(allowed(subject, *cell) for cell in CELLS)

    agree(subject, purpose, channel)

    assert [cell for cell in CELLS if allowed(subject, *cell)] == [(purpose, channel)]


@pytest.mark.clause("P3.1d")
def test_every_cell_has_a_sentence_of_its_own(policy, agro):
    assert set(CONSENTS) == set(CELLS)
    assert len({consent_sentence(*cell) for cell in CELLS}) == len(CELLS)


@pytest.mark.clause("P0.1")
def test_a_consent_names_the_operator_and_its_bin(operator):
    from privacy.operator import forget_operator

    forget_operator()

    assert "VECTOR'KZ (" in consent_sentence("news", "email")
    assert operator.bin in consent_sentence("news", "email")
    forget_operator()


def test_pressing_twice_is_one_act(policy, subject, agree):
    agree(subject)
    agree(subject)

    assert acts(subject) == ["given"]


@pytest.mark.clause("P5.1c")
def test_a_withdrawal_holds_at_once(policy, subject, agree, occasion):
    agree(subject)
    agree(subject, "offers", "post")

    withdraw(subject, "news", "email", occasion)

    assert not allows(subject, "news", "email")
    assert allows(subject, "offers", "post")
    assert acts(subject) == ["given", "given", "withdrawn"]


@pytest.mark.clause("P5.1c")
def test_everything_is_withdrawn_in_one_act(policy, agro, subject, agree, occasion):
    for cell in CELLS:
        agree(subject, *cell)

    withdraw_all(subject, occasion, sentence="Withdraw all")

    assert not any(allowed(subject, *cell) for cell in CELLS)
    assert acts(subject) == ["given"] * 12 + ["withdrawn"]


def test_what_is_given_after_withdrawing_everything_holds(policy, subject, agree, occasion):
    agree(subject)
    withdraw_all(subject, occasion, sentence="Withdraw all")

    agree(subject)

    assert allows(subject, "news", "email")


@pytest.mark.parametrize("everything", [True, False])
def test_a_form_opened_before_a_withdrawal_gives_nothing(policy, subject, occasion, everything):
    seen = entries_seen(subject)
    if everything:
        withdraw_all(subject, occasion, sentence="Withdraw all")
    else:
        withdraw(subject, "news", "email", occasion)

    with pytest.raises(WithdrawnSince):
        give(
            subject,
            "news",
            "email",
            occasion,
            shown=text_hash(consent_sentence("news", "email")),
            seen=seen,
        )

    assert acts(subject) == ["withdrawn"]
    assert not allows(subject, "news", "email")


def test_a_form_cannot_claim_to_have_seen_what_has_not_happened(policy, subject, occasion):
    with pytest.raises(Changed):
        give(
            subject,
            "news",
            "email",
            occasion,
            shown=text_hash(consent_sentence("news", "email")),
            seen=2**31,
        )

    assert acts(subject) == []


def test_words_that_were_not_shown_are_not_agreed_to(policy, subject, occasion):
    with pytest.raises(Changed):
        give(subject, "news", "email", occasion, shown=text_hash("something else"), seen=0)

    assert acts(subject) == []


@pytest.mark.parametrize(
    ("purpose", "channel"),
    [("orders", ""), ("news", ""), ("news", "pigeon"), ("nonsense", "email"), ("", ""), ("*", "")],
)
def test_what_is_not_offered_cannot_be_given(policy, subject, occasion, purpose, channel):
    with pytest.raises(NotOffered):
        give(subject, purpose, channel, occasion, shown="", seen=0)

    assert acts(subject) == []


def test_nothing_can_be_given_while_no_policy_is_in_force(subject, agree):
    with pytest.raises(NotOffered):
        agree(subject)

    assert acts(subject) == []


@pytest.mark.clause("P7.3")
def test_a_suspended_clause_stops_its_mailings_and_no_others(
    policy, agro, subject, agree, publish_version
):
    agree(subject, "group", "email")
    agree(subject, "news", "email")

    publish_version(suspended=["group"])

    assert not allowed(subject, "group", "email")
    assert allowed(subject, "news", "email")
    with pytest.raises(NotOffered):
        agree(subject, "group", "post")


@pytest.mark.clause("P3.1g")
def test_a_consent_to_the_group_covers_the_sites_it_named(policy, agro, subject, agree):
    agree(subject, "group", "email")

    GroupSite.objects.create(domain="metal.example")

    assert allows(subject, "group", "email", site="agro.example")
    assert not allows(subject, "group", "email", site="metal.example")


@pytest.mark.clause("P3.1g")
def test_agreeing_to_more_sites_replaces_the_former_consent(policy, agro, subject, agree):
    agree(subject, "group", "email")
    GroupSite.objects.create(domain="metal.example")

    agree(subject, "group", "email")

    assert allows(subject, "group", "email", site="metal.example")
    assert acts(subject) == ["given", "superseded", "given"]
    assert "metal.example" in ConsentEntry.objects.get(sequence=3).sentence


@pytest.mark.clause("P3.1g")
def test_a_site_that_left_the_group_is_not_covered_any_more(policy, agro, subject, agree):
    agree(subject, "group", "email")

    agro.delete()

    assert not allows(subject, "group", "email", site="agro.example")


def test_the_group_without_sites_is_not_offered(policy, subject, agree):
    with pytest.raises(NotOffered):
        agree(subject, "group", "email")


@pytest.mark.parametrize(("purpose", "site"), [("group", ""), ("news", "agro.example")])
def test_whoever_asks_names_the_site_for_the_group_and_only_there(policy, subject, purpose, site):
    with pytest.raises(ValueError, match="site"):
        allows(subject, purpose, "email", site=site)


@pytest.mark.clause("P5.2a")
@pytest.mark.parametrize("state", ["restricted", "erasing"])
def test_a_restricted_person_gets_nothing_whatever_they_agreed_to(policy, subject, agree, state):
    agree(subject)
    Subject.objects.update(state=state)

    assert not allows(subject, "news", "email")


def test_what_a_contract_or_the_law_asks_for_needs_no_consent(publish_version, subject):
    publish_version(purposes=["orders", "statistics"])

    assert allows(subject, "orders")
    assert allows(subject, "contracts")
    subject.restrict()
    assert allows(subject, "orders")
    assert not allows(subject, "statistics")


def test_an_objection_is_recorded_once_and_holds(publish_version, subject, occasion):
    publish_version(purposes=["statistics"])

    object_to(subject, "statistics", occasion, sentence="The browser objects.")
    object_to(subject, "statistics", occasion, sentence="The browser objects.")

    assert acts(subject) == ["objected"]
    assert not allows(subject, "statistics")


def test_a_refusal_is_kept_and_allows_nothing(policy, subject, occasion):
    refuse(subject, "news", "email", occasion)

    assert acts(subject) == ["refused"]
    assert not allows(subject, "news", "email")


def test_a_withdrawal_never_fails_for_want_of_a_policy(subject, occasion):
    withdraw(subject, "news", "email", occasion)

    assert Consent.objects.get().act == "withdrawn"


def test_an_address_is_found_however_it_is_spelled_and_kept_nowhere(subject):
    SubjectIdentifier.objects.file(subject, "email", "Aigul.Сәуле@Пример.KZ")

    found = SubjectIdentifier.objects.of("email", " aigul.сәуле@xn--e1afmkfd.kz ").get()
    assert found.subject == subject
    assert len(found.digest) == 64


def test_a_number_is_found_however_it_is_spelled(subject):
    SubjectIdentifier.objects.file(subject, "phone", "8 (701) 234-56-78")

    assert SubjectIdentifier.objects.of("phone", "+77012345678").get().subject == subject


def test_an_address_belongs_to_whoever_proved_it_last(subject):
    other = Subject.objects.create()
    SubjectIdentifier.objects.file(subject, "email", "farm@example.kz")

    SubjectIdentifier.objects.file(other, "email", "FARM@example.kz")

    assert SubjectIdentifier.objects.get().subject == other


def test_without_the_key_a_digest_cannot_be_guessed_back(subject, settings):
    SubjectIdentifier.objects.file(subject, "email", "farm@example.kz")

    settings.PRIVACY_KEY = "another"

    assert not SubjectIdentifier.objects.of("email", "farm@example.kz").exists()
