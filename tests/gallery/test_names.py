"""Names in memory: kept once, found by nearness and sound, and gone when nobody has them."""

import random
import uuid

from hypothesis import given
from hypothesis import strategies as st

from disc.core.database import new_id
from disc.gallery.names import MOST_FOUND, SLICE, Names, near, sound, words


def test_words_are_plain_and_each_is_kept_once() -> None:
    assert words("Siobhán O'Harborne-O\u2019Harborne") == ("siobhan", "oharborne")
    assert words("Müller, JR. müller") == ("muller", "jr")
    assert words(" -- ") == ()
    assert words("Ольга") == ("ольга",)


def test_a_sound_of_one_letter_says_too_little() -> None:
    assert sound("philip") == sound("filip")
    assert sound("lee") == ""


def test_short_words_are_not_near_each_other() -> None:
    assert near("ali", ["aly", "ali", "alison", "sal"]) == [(1, 1.0), (2, 0.95)]
    assert near("a", ["a", "ab"]) == [(0, 1.0)]


def test_who_has_all_the_words_comes_before_who_has_some() -> None:
    names, both, one = Names(), new_id(), new_id()
    names.put(one, ["Robin Quay"])
    names.put(both, ["Robin Pebble"])
    assert names.search("robin pebble") == [both]
    assert names.search("robin zzz") == [one, both]  # the newest first
    assert names.search("zzz") == []
    assert names.search("") == []


def test_a_second_name_replaces_the_first_and_leaves_no_word_behind() -> None:
    names, person = Names(), new_id()
    names.put(person, ["Robin Pebble", "Quick"])
    names.put(person, ["Sam"])
    assert names.search("pebble") == []
    assert [word for word in names._words if word] == ["sam"]
    names.put(person, [])
    assert len(names) == 0
    assert names._sounding == {}


def test_more_words_than_one_slice_are_all_compared() -> None:
    names = Names()
    calls = 0

    def run(work: object, *given: object) -> object:
        nonlocal calls
        calls += 1
        return work(*given)  # type: ignore[operator]

    dice = random.Random(3)  # noqa: S311 - invented words
    for _ in range(SLICE + 10):
        names.put(new_id(), ["".join(dice.choice("bdfgklmnprst") for _ in range(9))])
    last = new_id()
    names.put(last, ["Harborne"])
    assert names.search("harbonre", run)[0] == last
    assert calls >= 4


def test_no_more_than_a_bound_is_ranked() -> None:
    names = Names()
    for _ in range(MOST_FOUND + 5):
        names.put(new_id(), ["Smith"])
    assert len(names.search("smith")) == MOST_FOUND


people = st.lists(
    st.tuples(
        st.integers(0, 5), st.lists(st.sampled_from(["Ann Bo", "Bo", "Cy Ann", ""]), max_size=2)
    )
)


@given(people)
def test_it_holds_what_was_put_last_whatever_came_before(
    changes: list[tuple[int, list[str]]],
) -> None:
    ids = [uuid.UUID(int=at) for at in range(6)]
    names, last = Names(), dict[int, list[str]]()
    for at, said in changes:
        names.put(ids[at], said)
        last[at] = said
    for word in ("ann", "bo", "cy"):
        holding = {ids[at] for at, said in last.items() if word in words(" ".join(said))}
        found = set(names.search(word))
        assert found == holding
