import pytest

from ui.alphabet import sort_key


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("kk", ["Ақтау", "Әулиекөл", "Балқаш", "Қапшағай", "Нұра", "Орал", "Өскемен", "Ұлытау"]),
        ("kk", ["Ел", "Ёлкин", "Жем", "Тасқала", "Үржар", "Шу", "Ырғыз", "Ілбішін"]),
        ("ru", ["Ёлкино", "Ель", "Есиль", "Жаркент"]),
        ("en", ["2nd farm", "Aktau", "Ürümqi", "Zhem"]),
        ("ru", ["Ак Тау", "Ак-Тюбе", "Акбулак"]),
    ],
)
def test_names_stand_where_readers_expect_them(language, names):
    shuffled = names[::-1]

    assert sorted(shuffled, key=lambda name: sort_key(name, language)) == names
