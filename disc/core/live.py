"""Live news to browsers: sockets that only the signed-in open, and a bus between processes."""

import gc
import json
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

import redis
from flask import Flask, current_app, request
from flask_socketio import SocketIO

from config import Settings
from disc.core import clock
from disc.core.handshake import LARGEST_FRAME, harden, refuse_strangers
from disc.core.jobs import sweep_live_forever
from disc.core.logs import log_fault
from disc.core.rows import enter_scheme, every_scheme
from disc.core.wire import frame, write_now

SWEEP_SECONDS = 30
BATCH = 250
"""Sockets that a send writes to before it lets other work go on: some 3 ms."""
CHANNEL = "disc:live"
HEALTH_SECONDS = 15
MOST_SOCKETS = 8
"""Open pages of one sign-in that a process holds; the page opened first then asks instead."""

socketio: Any = SocketIO()
"""Typed loosely: the published types lack half of what it offers."""


class Listener(Protocol):
    """Who listens on a socket: enough to send to them, check them and drop them."""

    @property
    def id(self) -> uuid.UUID:
        """The person."""

    @property
    def scheme_id(self) -> uuid.UUID:
        """Their scheme, whose rows alone exist while the socket is served."""

    @property
    def session_id(self) -> uuid.UUID:
        """The sign-in that the socket belongs to."""


News = dict[str, str]
Hear = Callable[[News], None]
Authenticate = Callable[[], Listener | None]
Alive = Callable[[set[uuid.UUID]], set[uuid.UUID]]

_followers: dict[str, list[Hear]] = {}
_welcomes: list[Callable[[Any, dict[str, Any]], None]] = []
_partings: list[Callable[[str], None]] = []


def follows(kind: str) -> Callable[[Hear], Hear]:
    """Let a function hear one kind of news in every server process.

    ``gap`` is the news that others' news may have been lost since the moment ``since``.
    """

    def register(hearer: Hear) -> Hear:
        _followers.setdefault(kind, []).append(hearer)
        return hearer

    return register


def welcomes(welcome: Callable[[Any, dict[str, Any]], None]) -> Callable[..., None]:
    """Let a function greet each socket that was let in, with what the client says it has."""
    _welcomes.append(welcome)
    return welcome


def parts(parting: Callable[[str], None]) -> Callable[[str], None]:
    """Let a function hear of each socket that closed, by ``this_socket()`` of its greeting."""
    _partings.append(parting)
    return parting


class Live:
    """The sockets of this process, and what this process hears from the others.

    Its dictionaries are read through copies and changed by single steps, so that no lock is
    held while a send gives way to other work.
    """

    def __init__(self, redis_url: str | None) -> None:
        self._redis, self._channel = _connect(redis_url)
        self._hearers: dict[str, Hear] = {"dropped": self._drop, "rights": self._renew}
        self._unjoined: set[str] = set()
        self.listeners: dict[str, Listener] = {}

    def hear(self, kind: str, hearer: Hear) -> None:
        """Let a function hear one kind of news in this process."""
        self._hearers[kind] = hearer

    def tell(self, kind: str, **news: object) -> None:
        """Tell every server process; ids and plain words only.

        ``dropped`` with a ``session_id`` closes a sign-in's sockets. ``rights`` with a
        ``member_id`` makes a person's sockets open again, under the rights they have now.
        """
        told = {key: str(value) for key, value in news.items()} | {"kind": kind}
        if self._redis is not None:
            self._redis.publish(self._channel, json.dumps(told))
        else:
            self._heard(told)

    def add(self, sid: str, listener: Listener) -> None:
        """Remember a socket that was let in."""
        self.listeners[sid] = listener

    def remove(self, sid: str) -> None:
        """Forget a socket that closed."""
        self.listeners.pop(sid, None)

    def limit(self, session_id: uuid.UUID) -> None:
        """Close the oldest sockets of a sign-in that has too many; their pages ask by HTTP."""
        sids = self._sids(lambda listener: listener.session_id == session_id)
        self._close_with("too_many", sids[:-MOST_SOCKETS])

    def send(self, event: str, news: News, *, may: Callable[[Any], bool]) -> int:
        """Send to every socket of this process whose listener may have it; return how many."""
        sids, message = self._sids(may), frame(event, news)
        for start in range(0, len(sids), BATCH):
            if start:
                socketio.sleep(0)
            batch = sids[start : start + BATCH]
            waiting = [sid for sid in batch if not write_now(_transport(sid), message)]
            if waiting:  # an empty address would mean everybody
                socketio.emit(event, news, to=waiting)
        return len(sids)

    def sweep(self, alive: Alive) -> None:
        """Close sockets whose sign-in has run out, and those that opened but never joined."""
        sessions = {listener.session_id for listener in list(self.listeners.values())}
        over = sessions - alive(sessions)
        self._close_with("ran_out", self._sids(lambda listener: listener.session_id in over))
        manager, open_now = socketio.server.manager, set(socketio.server.eio.sockets)
        unjoined = {one for one in open_now if manager.sid_from_eio_sid(one, "/") is None}
        for one in unjoined & self._unjoined:
            _close(one)
        self._unjoined = unjoined
        for sid in list(self.listeners):
            if _transport_id(sid) not in open_now:
                self.remove(sid)

    def follow_forever(self, app: Flask) -> None:
        """Hear what other processes tell, for as long as this one lives."""
        since = clock.now()
        while self._redis is not None:
            try:
                with self._redis.pubsub() as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(self._channel)
                    while True:
                        message = pubsub.get_message(timeout=HEALTH_SECONDS)
                        if message is not None:
                            self._hear_message(app, message, since.isoformat())
                        since = clock.now()
            except Exception as error:  # noqa: BLE001 - a process gone deaf would not be noticed
                log_fault(error)
                socketio.sleep(1)

    def _hear_message(self, app: Flask, message: dict[str, Any], since: str) -> None:
        with app.app_context(), every_scheme():
            if message["type"] == "subscribe":
                self._heard({"kind": "gap", "since": since})
            else:
                self._heard(json.loads(message["data"]))

    def _heard(self, news: News) -> None:
        kind = news.pop("kind")
        own = self._hearers.get(kind)
        for hearer in [own] if own else _followers.get(kind, []):
            try:
                hearer(news)
            except Exception as error:  # noqa: BLE001 - one bad message must not end the listening
                log_fault(error)

    def _drop(self, news: News) -> None:
        session_id = uuid.UUID(news["session_id"])
        sids = self._sids(lambda listener: listener.session_id == session_id)
        self._close_with("signed_out", sids)

    def _renew(self, news: News) -> None:
        member_id = uuid.UUID(news["member_id"])
        self.hang_up(self._sids(lambda listener: listener.id == member_id))

    def _close_with(self, last_word: str, sids: list[str]) -> None:
        for sid in sids:
            socketio.emit(last_word, {}, to=sid)
        self.hang_up(sids)

    def _sids(self, wanted: Callable[[Any], bool]) -> list[str]:
        return [sid for sid, listener in list(self.listeners.items()) if wanted(listener)]

    def hang_up(self, sids: Iterable[str]) -> None:
        """Close sockets; a page that is still signed in opens another."""
        for sid in sids:
            transport_id = _transport_id(sid)
            self.remove(sid)
            if transport_id is not None:
                _close(transport_id)


def install_live(app: Flask, settings: Settings, authenticate: Authenticate, alive: Alive) -> None:
    """Open the socket endpoint to the signed-in, websocket only, from our own pages."""
    _collect_seldom()
    app.extensions["live"] = Live(settings.redis_url)
    socketio.init_app(
        app,
        transports=["websocket"],
        async_mode="threading" if settings.testing else None,
        cors_allowed_origins=list(settings.allowed_origins) or None,
        max_http_buffer_size=LARGEST_FRAME,
        manage_session=False,
    )
    arrived = partial(start_once, app, alive)
    harden(socketio.server.eio)
    refuse_strangers(app, socketio.server.eio, lambda: authenticate() is not None, arrived)
    socketio.on_event("connect", lambda auth=None: _let_in(authenticate, auth))
    socketio.on_event("disconnect", lambda _reason=None: _let_go())
    app.before_request(arrived)


def live() -> Live:
    """Return this process's live sockets."""
    found: Live = current_app.extensions["live"]
    return found


def _connect(redis_url: str | None) -> tuple[redis.Redis | None, str]:
    """Return the bus and its channel; one Redis numbers databases, but not channels."""
    if redis_url is None:
        return None, CHANNEL
    bus = redis.Redis.from_url(
        redis_url, health_check_interval=HEALTH_SECONDS, socket_keepalive=True
    )
    return bus, f"{CHANNEL}:{bus.connection_pool.connection_kwargs.get('db') or 0}"


def _let_in(authenticate: Authenticate, auth: object) -> bool:
    listener = authenticate()
    if listener is None:
        return False
    enter_scheme(listener.scheme_id)
    live().add(this_socket(), listener)
    live().limit(listener.session_id)
    try:
        for welcome in _welcomes:
            welcome(listener, auth if isinstance(auth, dict) else {})
    except Exception as error:  # noqa: BLE001 - a socket without its greeting must come again
        log_fault(error)
        socketio.start_background_task(live().hang_up, [this_socket()])
    return True


def _let_go() -> None:
    live().remove(this_socket())
    for parting in _partings:
        try:
            parting(this_socket())
        except Exception as error:  # noqa: BLE001 - one that fails must not keep the rest from it
            log_fault(error)


def this_socket() -> str:
    """Return the name of the socket that the event at hand came from."""
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid


def _transport_id(sid: str) -> str | None:
    """Name the connection under a socket."""
    room = socketio.server.manager.rooms.get("/", {}).get(None, {})
    found: str | None = room.get(sid)
    return found


def _transport(sid: str) -> object:
    """Return the connection under a socket, or None."""
    return socketio.server.eio.sockets.get(_transport_id(sid))


def _close(transport_id: str) -> None:
    """Close the connection itself: Socket.IO's own disconnect leaves it open to the client."""
    found = socketio.server.eio.sockets.get(transport_id)
    if found is not None:
        found.close(wait=False)


def start_once(app: Flask, alive: Alive) -> None:
    """Start this process's background listening at its first request, after any fork."""
    if app.testing or app.extensions.get("live started"):
        return
    app.extensions["live started"] = True
    socketio.start_background_task(sweep_live_forever, app)
    socketio.start_background_task(live().follow_forever, app)
    socketio.start_background_task(_sweep_sockets, app, alive)


def _sweep_sockets(app: Flask, alive: Alive) -> None:
    while True:
        socketio.sleep(SWEEP_SECONDS)
        with app.app_context():
            try:
                live().sweep(alive)
            except Exception as error:  # noqa: BLE001 - the sweep must outlive a lost database
                log_fault(error)


def _collect_seldom() -> None:
    """Look through what lives long seldom, and through what is new in small parts.

    With 200,000 new objects at a time everything stood still for 0.4 s; with 5,000 each page took
    some milliseconds more (docs/performance.md).
    """
    gc.set_threshold(20_000, 20, 1000)
