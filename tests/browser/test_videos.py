"""A video from a phone: begun, cut off, gone on with after a reload, taken out byte by byte."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.looking import too_wide, violations
from tests.browser.people import People
from tests.browser.test_comparing import inside
from tests.serving import Site, wait_until
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, make_place

pytestmark = pytest.mark.browser

CUT_AT = 5
PIECE = 16 * 1024
SMALL = {"DISC_VIDEO_PIECE_KILOBYTES": str(PIECE // 1024)}
RECORD = """async (least) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((done) => recorder.addEventListener("stop", done));
  recorder.start(100);
  for (let at = 0; at < 30 || parts.reduce((sum, one) => sum + one.size, 0) < least; at += 1) {
    for (let dot = 0; dot < 400; dot += 1) {
      pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      pen.fillRect(Math.random() * 320, Math.random() * 240, 12, 12);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""
"""Records a drawn scene, so that no file of somebody else's is kept here."""


@pytest.fixture(scope="module")
def shop(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The people of a scheme without pictures, at a server whose pieces are small."""
    instance = tmp_path_factory.mktemp("videos") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance, **SMALL) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
        site.signins = {who: (place.emails[who], PASSWORD) for who in ("member", "administrator")}
        yield People(chromium, site)


def _choose(page: Page, video: bytes) -> None:
    page.locator("#video").set_input_files(
        [{"name": "till <2>.webm", "mimeType": "video/webm", "buffer": video}]
    )


def _cut_off(page: Page) -> list[int]:
    """Refuse pieces from a number on, and return those that were asked for."""
    asked: list[int] = []

    def answer(route: Route) -> None:
        number = int(route.request.url.rsplit("/", 1)[1])
        asked.append(number)
        if number >= CUT_AT:
            route.fulfill(status=503, body="{}")
        else:
            route.continue_()

    page.route("**/pieces/*", answer)
    return asked


def test_a_video_goes_on_after_a_reload_and_is_taken_out_as_it_was(shop: People) -> None:
    member = shop.person("member", reduced_motion="reduce")
    page = member.open("/report")
    video = base64.b64decode(page.evaluate(RECORD, 2 * CUT_AT * PIECE))
    assert len(video) > 2 * CUT_AT * PIECE
    page.get_by_label("Shop theft").check()
    _cut_off(page)
    _choose(page, video)
    row = page.locator(".video__row")
    expect(row.locator(".video__said")).to_contain_text("It stopped. We try again.")
    page.reload()  # before pieces are let through: it tries again by itself
    page.unroute_all()
    expect(row.locator(".video__said")).to_contain_text("Choose it again to go on.")
    _is_fit_to_look_at(page)
    sent: list[int] = []
    page.on("request", lambda one: _note_piece(one, sent))
    page.get_by_label("Shop theft").check()
    _choose(page, video)
    expect(row.locator(".video__said")).to_contain_text("Sent,")
    assert sent[0] == CUT_AT
    assert len(sent) == len(set(sent))
    _take_a_still(page)
    number = _send_report(page)
    assert member.problems == []
    member.leave()
    _the_manager_takes_it_out(shop, number, video)


def _send_report(page: Page) -> str:
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("status").filter(has_text="Your report was sent")).to_be_visible()
    expect(page.locator("img.still")).to_have_count(1)
    expect(page.locator(".video__said")).to_contain_text("Sent,")
    return page.url.rsplit("/", 1)[1].partition("?")[0]


def _is_fit_to_look_at(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert too_wide(page) is None
        assert violations(page) == []


def _note_piece(request: Request, sent: list[int]) -> None:
    if "/pieces/" in request.url:
        sent.append(int(request.url.rsplit("/", 1)[1]))


def _take_a_still(page: Page) -> None:
    page.get_by_role("button", name="Take a still from this video").click()
    shown = page.locator(".video__frame video")
    page.wait_for_function("(video) => video.readyState > 1", arg=shown.element_handle())
    page.get_by_role("button", name="Add this picture").click()
    expect(page.locator("#pictures-preview li")).to_have_count(1)


def _the_manager_takes_it_out(shop: People, number: str, video: bytes) -> None:
    manager = shop.person("administrator")
    link = manager.page.get_by_role("link", name="Save video 1")
    wait_until(lambda: manager.open(f"/desk/reports/{number}") and link.count())
    page = manager.page
    with page.expect_download() as begun:
        link.click()
    assert begun.value.path().read_bytes() == video
    page.get_by_role("link", name="Who had the originals").click()
    expect(page.get_by_text("No line was changed").first).to_be_visible()
    expect(page.get_by_text("Taken out as a file")).to_be_visible()
    expect(page.get_by_text("till <2>.webm")).to_be_visible()
    for width in (320, 360, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        assert too_wide(page) is None
    assert violations(page) == []
    assert manager.problems == []
    manager.leave()
