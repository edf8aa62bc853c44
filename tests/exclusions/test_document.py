import dataclasses
import functools
import io
import re
import subprocess
import sys
import zlib

import pytest
import typst
from PIL import Image

from disc.core.papers import CannotBePrinted
from disc.exclusions import document
from disc.exclusions.document import (
    NoticeIncident,
    NoticeText,
    render_notice,
    render_pages,
)

HOSTILE = '#read("/etc/passwd") $x$ *bold* _it_ @ref <lab> // gone /* gone */ \\ `raw` \' " = head'


def notice(**changes):
    words = NoticeText(
        kind="exclusion",
        scheme="Harbour Town Shops",
        controller="Harbour Town BID Ltd",
        reference="EX-2026-0041",
        person="Alex Example",
        issued="21 November 2026",
        starts="24 November 2026",
        ends="23 May 2027",
        reasons=("You took goods without payment on three days.",),
        incidents=(
            NoticeIncident(
                date="3 November 2026",
                premises="Example Foods, High Street",
                what="Left without payment for meat worth £46.",
            ),
        ),
        premises=("Example Foods, High Street", "Sample Chemist, Quay Walk"),
        appeal_to="The Appeal Panel, 1 Quay Walk\nappeals@harbourtown.example",
        appeal_by="22 December 2026",
        held=("Your name.", "Photos from shop cameras."),
        seen_by=("Members of the scheme near these premises.",),
        kept_for="We delete this 12 months after the notice ends.",
    )
    return dataclasses.replace(words, **changes)


def squeezed(text):
    """Leave out what a line's end may change."""
    return re.sub(r"[\s\u200b]+", "", text)


# --- A reader for the PDFs that are made here: enough of the format, and no more.


def objects(pdf):
    found = re.finditer(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\sendobj", pdf, re.DOTALL)
    return {int(one[1]): one[2] for one in found}


def stream(body):
    raw = re.search(rb"stream\r?\n(.*)\r?\nendstream", body, re.DOTALL)[1]
    return zlib.decompress(raw) if b"FlateDecode" in body else raw


def letters_of(font, held):
    table = stream(held[int(re.search(rb"/ToUnicode (\d+)", held[font])[1])])
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", table)
    return {int(one, 16): bytes.fromhex(two.decode()).decode("utf-16-be") for one, two in pairs}


def unescaped(text):
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(match):
        code = match[1]
        return bytes([int(code, 8)]) if code.isdigit() else plain.get(code, code)

    return re.sub(rb"\\([0-7]{3}|.)", one, text, flags=re.DOTALL)


def words_on(page, held):
    resources = (
        held[int(re.search(rb"/Resources (\d+)", page)[1])] if b"/Resources<<" not in page else page
    )
    named = dict(re.findall(rb"/(f\d+) (\d+) 0 R", resources))
    fonts = {name: letters_of(int(font), held) for name, font in named.items()}
    drawn = stream(held[int(re.search(rb"/Contents (\d+)", page)[1])])
    using, spoken, words = {}, False, []
    for font, instead, end, text in TOKENS.findall(drawn):
        using = fonts[font] if font else using
        # One glyph may stand for a letter at a line's possible end, and for the letter alone: the
        # second place then says which, and its words stand for what is drawn (ISO 32000-2, 14.9.4).
        words += [decoded(bytes_of(instead))] if instead else []
        spoken = (spoken or bool(instead)) and not end
        words += [] if spoken or not text else glyphs(bytes_of(text), using)
    return "".join(words)


def string_pattern(depth=6):
    """Match a string: in hexadecimal, or in brackets that may hold pairs of brackets bare."""
    inside = rb"(?:\\.|[^\\()])*"
    for _ in range(depth):
        inside = rb"(?:\\.|[^\\()]|\(" + inside + rb"\))*"
    return rb"(?:\(" + inside + rb"\)|<[0-9A-F]+>)"


STRING = string_pattern()
TOKENS = re.compile(  # a language's name and a picture's words are strings too, but not drawn
    rb"/(f\d+) [\d.]+ Tf|/(?:Lang|Alt)"
    + STRING
    + rb"|/ActualText("
    + STRING
    + rb")|(EMC)|("
    + STRING
    + rb")",
    re.DOTALL,
)


def bytes_of(string):
    if string.startswith(b"<"):
        return bytes.fromhex(string[1:-1].decode())
    return unescaped(string[1:-1])


def decoded(text):
    return text.decode("utf-16") if text.startswith(b"\xfe\xff") else text.decode("latin-1")


def glyphs(codes, font):
    return [font[int.from_bytes(codes[at : at + 2])] for at in range(0, len(codes), 2)]


def text_of(pdf):
    held = objects(pdf)
    pages = [one for one in held.values() if re.search(rb"/Type\s*/Page\b", one)]
    return squeezed("".join(words_on(page, held) for page in pages))


def test_the_reader_tells_apart_two_readings_of_one_letter():
    """Where an address may break after a 9, each other 9 says that no break may follow."""
    address = "http://localhost/privacy/scheme-1/ask?asked=appeal&about=N-9RL49P"
    text = text_of(render_notice(notice(reference="N-9RL49P", appeal_to=address)))
    assert address in text.replace("\u200b", "")
    assert text.count("N-9RL49P") == 4


@pytest.mark.parametrize("number", [222, 223, 227, 230])
def test_the_reader_knows_letters_that_are_written_as_brackets(number):
    """Glyphs are numbered as they come: at times one is an opening bracket, a later one its end."""
    reasons = ("You took goods on three days.", "Staff asked you to stop.")
    text = text_of(render_notice(notice(scheme=f"Harbour Watch {number}", reasons=reasons)))
    assert all(squeezed(one) in text for one in reasons)


# --- What the paper says


def test_the_paper_has_every_word_that_it_was_given():
    words = notice()
    text = text_of(render_notice(words))
    for value in dataclasses.asdict(words).values():
        parts = [value] if isinstance(value, str) else value
        for part in parts:
            for one in part.values() if isinstance(part, dict) else [part]:
                assert one == "exclusion" or squeezed(one) in text


@pytest.mark.parametrize(
    "sentence",
    [
        "You must not enter these premises",
        "For you, that permission is withdrawn until the end of 23 May 2027.",
        "A breach of this notice is not itself a crime.",
        "The police did not make this decision, and had no vote.",
        "This was decided by a member of the Board of the scheme.",
        "You can appeal. Write to us by 22 December 2026",
        "Information Commissioner's Office",
        "We answer within one month.",
    ],
)
def test_an_exclusion_says_what_a_fair_notice_must(sentence):
    assert squeezed(sentence) in text_of(render_notice(notice())).replace("\u2019", "'")


def test_a_warning_withdraws_nothing():
    text = text_of(render_notice(notice(kind="warning")))
    assert squeezed("You may still enter the premises in this warning.") in text
    assert squeezed("The police did not make this decision") in text
    assert squeezed("permission is withdrawn") not in text
    assert squeezed("must not enter") not in text


def test_a_notice_that_relies_on_no_incident_has_no_empty_table():
    assert "Whathappened" not in text_of(render_notice(notice(incidents=()))).replace(
        "Whathappensifyouenter", ""
    )


def test_the_pdf_is_made_for_screen_readers():
    pdf = render_notice(notice())
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf
    assert b"/Lang(en-GB)" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"/DisplayDocTitle true" in pdf


def test_the_same_words_give_the_same_bytes():
    assert render_notice(notice()) == render_notice(notice())


def test_an_ordinary_notice_is_two_pages_of_a4_with_numbers():
    pages = [Image.open(io.BytesIO(page)) for page in render_pages(notice(), 72)]
    assert [page.size for page in pages] == [(595, 842)] * 2
    text = text_of(render_notice(notice()))
    assert "Page1of2" in text
    assert "Page2of2" in text


# --- What strangers type


@pytest.mark.parametrize(
    "field", ["person", "scheme", "controller", "reference", "appeal_to", "decided_by", "kept_for"]
)
def test_hostile_words_stay_words(field):
    text = text_of(render_notice(notice(**{field: HOSTILE})))
    assert squeezed(HOSTILE) in text
    assert "root:" not in text


@pytest.mark.parametrize("field", ["reasons", "premises", "held", "seen_by", "rights"])
def test_hostile_words_in_a_list_stay_words(field):
    text = text_of(render_notice(notice(**{field: (HOSTILE, HOSTILE)})))
    assert text.count(squeezed(HOSTILE)) == 2


def test_hostile_words_in_an_incident_stay_words():
    one = NoticeIncident(date=HOSTILE, premises=HOSTILE, what=HOSTILE)
    assert text_of(render_notice(notice(incidents=(one,)))).count(squeezed(HOSTILE)) == 3


@pytest.mark.parametrize("long", ["word " * 1_000, "x" * 5_000])
@pytest.mark.parametrize("field", ["reasons", "held", "appeal_to"])
def test_five_thousand_characters_are_all_printed(field, long):
    value = long if field == "appeal_to" else (long,)
    text = text_of(render_notice(notice(**{field: value})))
    assert squeezed(long) in re.sub(r"ReferenceEX-2026-0041Page\dof\d", "", text)


def test_a_word_without_spaces_does_not_run_off_the_paper():
    for page in render_pages(notice(person="x" * 400, reasons=("y" * 400,)), 72):
        margin = Image.open(io.BytesIO(page)).convert("L").crop((540, 0, 595, 842))
        assert margin.getextrema() == (255, 255)


def test_a_hundred_premises_are_all_printed():
    premises = tuple(f"Shop number {number}" for number in range(100))
    text = text_of(render_notice(notice(premises=premises)))
    assert all(squeezed(one) in text for one in premises)


@pytest.mark.parametrize("name", ["Zoë Łukasz Đặng", "Иван Ωμέγα", "O'Neill-Ševčík"])
def test_names_keep_their_letters(name):
    text = text_of(render_notice(notice(person=name)))
    assert squeezed(name) in text.replace("\u2019", "'")


def test_characters_that_hide_or_turn_words_are_left_out():
    text = text_of(render_notice(notice(person="Al\x00ex\u202e Exa\ue000mple\ud800\u200f\u0378")))
    assert "AlexExample" in text


def test_a_letter_that_cannot_be_printed_is_named_to_the_writer(monkeypatch):
    # Which letters the fonts of a machine have is its own affair: leave out all but typst's.
    bare = functools.partial(typst.compile, ignore_system_fonts=True)
    monkeypatch.setattr(typst, "compile", bare)
    with pytest.raises(CannotBePrinted, match="李") as refusal:
        render_notice(notice(person="李 Example"))
    assert refusal.value.status == 422


# --- What the paper may read


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.txt", "../../../../../../etc/passwd"])
def test_a_file_outside_the_folder_cannot_be_read(tmp_path, monkeypatch, path):
    root = tmp_path / "inside"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (root / "notice.typ").write_text(f'#set document(title: "T")\n#read("{path}")')
    monkeypatch.setattr(document, "HERE", root)
    monkeypatch.setattr(document, "TEMPLATE", root / "notice.typ")
    with pytest.raises(RuntimeError, match="did not compile"):
        render_notice(notice())


def test_the_library_is_loaded_only_to_render():
    script = "import sys, disc.exclusions.document; print('typst' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert run.stdout.strip() == b"False"
