"""How names are found though they are typed wrong: words without accents, sounds, nearness."""

import heapq
import itertools
import unicodedata
import uuid
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import jellyfish
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

T = TypeVar("T")
Run = Callable[..., T]
"""Runs a pure function with its arguments, perhaps in another thread."""

EXACT, BEGINNING = 1.0, 0.95
SOUND = 0.8
"""What two words that sound the same score at least; the more letters agree, the more."""
NEAR = 0.86
"""Jaro-Winkler similarity from which on two words may be one, typed with an error."""
SHORT = 3
"""Words of so few letters are all near each other: they are found whole, begun, or by sound."""
TELLING = 2
"""So many words of a name tell people apart, even where another one is longer."""
MOST_WORDS = 4
SLICE = 4096
"""Words compared in one call, which holds Python's lock for half a millisecond."""
MOST_HELD = 20_000
"""People who have one of the words that a typed one may be; more tell nobody apart."""
MOST_FOUND = 5000


def words(text: str) -> tuple[str, ...]:
    """Split a name into plain lower-case words, each once: accents and apostrophes go."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (one if one.isalnum() else " " for one in plain if not _is_dropped(one))
    return tuple(dict.fromkeys("".join(kept).split()))


def _is_dropped(one: str) -> bool:
    return one in "'\u2019`." or unicodedata.combining(one) > 0


def sound(word: str) -> str:
    """Return how a word sounds (Metaphone, Philips 1990); empty where that says too little."""
    key = jellyfish.metaphone(word)
    return key if len(key) > 1 else ""


def near(typed: str, known: Sequence[str]) -> list[tuple[int, float]]:
    """Return which known words a typed one may be, by their place, and how surely (to 1)."""
    if len(typed) == 1:
        return [(at, EXACT) for at, word in enumerate(known) if word == typed]
    begun = {at: BEGINNING for at, word in enumerate(known) if word.startswith(typed)}
    found: dict[int, float] = {}
    if len(typed) > SHORT:
        near_by = process.extract(
            typed, known, scorer=JaroWinkler.similarity, score_cutoff=NEAR, limit=None
        )
        found = {at: score for _, score, at in near_by}
    exact = {at: EXACT for at in begun if known[at] == typed}
    return list((found | begun | exact).items())


def _directly(work: Callable[..., T], *args: object) -> T:
    return work(*args)


def alike(one: str, other: str) -> bool:
    """Say whether two names may be one: each word of the shorter is like a word of the longer.

    The order of the words does not matter. A single word is like a single word only: a first name
    alone fits too many people.
    """
    said = (sorted(words(one)), sorted(words(other)))
    fewer, left = sorted(said, key=lambda each: (len(each), each))
    if len(fewer) < min(len(left), TELLING):
        return False
    for word in fewer:
        found = [known for known in left if _is_like(word, known)]
        if not found:
            return False
        left.remove(word if word in found else found[0])
    return True


def _is_like(word: str, known: str) -> bool:
    """Say whether two words are the same, sound the same, or differ by an error of typing."""
    if word == known or (sound(word) and sound(word) == sound(known)):
        return True
    is_short = min(len(word), len(known)) <= SHORT
    return not is_short and JaroWinkler.similarity(word, known) >= NEAR


class Names:
    """The names of many people, each with a number of words; held in memory, never written down.

    A word is kept once, however many have it. What nobody has any more is gone.
    """

    def __init__(self) -> None:
        self._words: list[str] = []
        self._number_of: dict[str, int] = {}
        self._sounding: dict[str, array[int]] = {}
        self._holders: list[array[int]] = []
        self._free_words: list[int] = []
        self._place_of: dict[uuid.UUID, int] = {}
        self._people: list[uuid.UUID | None] = []
        self._said: list[array[int]] = []
        self._free_places: list[int] = []

    def __len__(self) -> int:
        """Count the people."""
        return len(self._place_of)

    def put(self, person: uuid.UUID, names: Iterable[str]) -> None:
        """Keep somebody's names in place of those of before; without any they are not kept."""
        self.drop(person)
        said = tuple(dict.fromkeys(itertools.chain.from_iterable(map(words, names))))
        if not said:
            return
        place = self._free_places.pop() if self._free_places else len(self._people)
        if place == len(self._people):
            self._people.append(None)
            self._said.append(array("I"))
        self._people[place], self._place_of[person] = person, place
        self._said[place] = array("I", (self._hold(word, place) for word in said))

    def drop(self, person: uuid.UUID) -> None:
        """Forget somebody, and each word that was theirs alone."""
        place = self._place_of.pop(person, None)
        if place is None:
            return
        for number in self._said[place]:
            self._holders[number].remove(place)
            if not self._holders[number]:
                self._forget(number)
        self._people[place], self._said[place] = None, array("I")
        self._free_places.append(place)

    def search(self, typed: str, run: Run[object] = _directly) -> list[uuid.UUID]:
        """Return who may be meant, likeliest first, then newest.

        Who has a word like each typed one; if nobody has, who has a word like most of them.
        ``run`` is given short pieces of work.
        """
        asked = words(typed)[:MOST_WORDS]
        found = [self._who_has(one, run) for one in asked]
        ranked: list[uuid.UUID] = run(self._rank, found)  # type: ignore[assignment]
        return ranked

    def _who_has(self, typed: str, run: Run[object]) -> dict[int, float]:
        scored: dict[int, float] = {}
        for start in range(0, len(self._words), SLICE):
            some = self._words[start : start + SLICE]
            alike: list[tuple[int, float]] = run(near, typed, some)  # type: ignore[assignment]
            scored |= {start + at: score for at, score in alike}
        for number in self._sounding.get(sound(typed), ()):
            agrees = JaroWinkler.similarity(typed, self._words[number])
            heard = SOUND + (BEGINNING - SOUND) * agrees
            scored[number] = max(scored.get(number, 0.0), heard)
        people: dict[int, float] = run(self._holding, scored)  # type: ignore[assignment]
        return people

    def _holding(self, scored: dict[int, float]) -> dict[int, float]:
        best: dict[int, float] = {}
        for number, score in sorted(scored.items(), key=lambda one: -one[1]):
            for place in self._holders[number]:
                best.setdefault(place, score)
            if len(best) > MOST_HELD:
                break
        return best

    def _rank(self, found: list[dict[int, float]]) -> list[uuid.UUID]:
        scores: dict[int, list[float]] = {}
        for people in found:
            for place, score in people.items():
                scores.setdefault(place, []).append(score)
        most = max(map(len, scores.values()), default=0)
        ranked = (
            (sum(each), person)
            for place, each in scores.items()
            if len(each) == most and (person := self._people[place]) is not None
        )
        return [person for _, person in heapq.nlargest(MOST_FOUND, ranked)]

    def _hold(self, word: str, place: int) -> int:
        number = self._number_of.get(word)
        if number is None:
            number = self._add(word)
        self._holders[number].append(place)
        return number

    def _add(self, word: str) -> int:
        number = self._free_words.pop() if self._free_words else len(self._words)
        if number == len(self._words):
            self._words.append("")
            self._holders.append(array("I"))
        self._words[number], self._number_of[word] = word, number
        if key := sound(word):
            self._sounding.setdefault(key, array("I")).append(number)
        return number

    def _forget(self, number: int) -> None:
        word, self._words[number] = self._words[number], ""
        del self._number_of[word]
        self._free_words.append(number)
        if key := sound(word):
            self._sounding[key].remove(number)
            if not self._sounding[key]:
                del self._sounding[key]
