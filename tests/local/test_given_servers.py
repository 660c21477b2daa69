import pytest

from local import Trouble, servers


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgres://kazvek:secret@127.0.0.1:1/kazvek"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:1"),
        ("REDIS_URL", "nonsense"),
    ],
)
def test_a_given_server_that_does_not_answer_is_named_without_its_password(
    monkeypatch, name, address
):
    for other in servers.SERVERS:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, address)

    with pytest.raises(Trouble, match=name) as trouble:
        servers.try_given()

    assert "secret" not in str(trouble.value)
