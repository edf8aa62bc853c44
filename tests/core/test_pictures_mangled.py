"""A few hundred broken pictures; ``tests/long`` has tens of thousands."""

from hypothesis import HealthCheck, given, settings

from tests.mangling import is_taken_in, mangled, samples


def test_what_is_mangled_begins_as_pictures_of_every_kind() -> None:
    taken = [is_taken_in(one) for one in samples()]
    assert taken.count(True) == len(taken) - 3  # two that move, and one of the kind that does


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(mangled())
def test_a_mangled_picture_is_taken_in_clean_or_refused(data: bytes) -> None:
    is_taken_in(data)
