"""Live news to browsers: sockets that only the signed-in open, and a bus between processes."""

import gc
import json
import uuid
from collections.abc import Callable
from threading import Lock
from typing import Any, Protocol

import redis
from flask import Flask, current_app, request
from flask_socketio import SocketIO, disconnect

from config import Settings
from disc.core.jobs import sweep_live_forever
from disc.core.logs import log_fault

LARGEST_FRAME = 16 * 1024
"""Bytes a client may send in one frame; checked before they are gathered in memory."""
SWEEP_SECONDS = 30
CHANNEL = "disc:live"

socketio = SocketIO()


class Listener(Protocol):
    """Who listens on a socket: enough to send to them, check them and drop them."""

    @property
    def session_id(self) -> uuid.UUID:
        """The sign-in that the socket belongs to."""


News = dict[str, str]
Hear = Callable[[News], None]


class Live:
    """The sockets of this process, and what this process hears from the others."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis = redis.Redis.from_url(redis_url) if redis_url else None
        self._hearers: dict[str, Hear] = {"dropped": self._drop}
        self._lock = Lock()
        self.listeners: dict[str, Listener] = {}

    def hear(self, kind: str, hearer: Hear) -> None:
        """Let a function hear one kind of news in every server process."""
        self._hearers[kind] = hearer

    def tell(self, kind: str, **news: object) -> None:
        """Tell every server process; ids and plain words only."""
        told = {key: str(value) for key, value in news.items()} | {"kind": kind}
        if self._redis is not None:
            self._redis.publish(CHANNEL, json.dumps(told))
        else:
            self._heard(told)

    def add(self, sid: str, listener: Listener) -> None:
        """Remember a socket that was let in."""
        with self._lock:
            self.listeners[sid] = listener

    def remove(self, sid: str) -> None:
        """Forget a socket that closed."""
        with self._lock:
            self.listeners.pop(sid, None)

    def send(self, event: str, news: News, *, may: Callable[[Any], bool]) -> int:
        """Send to every socket of this process whose listener may have it; return how many."""
        with self._lock:
            sids = [sid for sid, listener in self.listeners.items() if may(listener)]
        for sid in sids:
            socketio.emit(event, news, to=sid)
        return len(sids)

    def drop_others(self, alive: Callable[[set[uuid.UUID]], set[uuid.UUID]]) -> None:
        """Close sockets whose sign-in has ended: the sweep behind lost messages."""
        with self._lock:
            sessions = {listener.session_id for listener in self.listeners.values()}
        for ended in sessions - alive(sessions):
            self._drop({"session_id": str(ended)})

    def follow_forever(self, app: Flask) -> None:
        """Hear what other processes tell, for as long as this one lives."""
        while self._redis is not None:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    pubsub.subscribe(CHANNEL)
                    for message in pubsub.listen():
                        with app.app_context():
                            self._heard(json.loads(message["data"]))
            except redis.RedisError as error:
                log_fault(error)
                socketio.sleep(1)

    def _heard(self, news: News) -> None:
        hearer = self._hearers.get(news.pop("kind"))
        if hearer is None:
            return
        try:
            hearer(news)
        except Exception as error:  # noqa: BLE001 - one bad message must not end the listening
            log_fault(error)

    def _drop(self, news: News) -> None:
        session_id = uuid.UUID(news["session_id"])
        with self._lock:
            sids = [sid for sid, who in self.listeners.items() if who.session_id == session_id]
        for sid in sids:
            socketio.emit("signed_out", {}, to=sid)
            disconnect(sid=sid, namespace="/")


Authenticate = Callable[[], Listener | None]
Alive = Callable[[set[uuid.UUID]], set[uuid.UUID]]


def install_live(app: Flask, settings: Settings, authenticate: Authenticate, alive: Alive) -> None:
    """Open the socket endpoint to the signed-in, websocket only, from our own pages."""
    _raise_gc_thresholds()
    app.extensions["live"] = Live(settings.redis_url)
    socketio.init_app(
        app,
        transports=["websocket"],
        async_mode="threading" if settings.testing else None,
        cors_allowed_origins=list(settings.allowed_origins) or None,
        max_http_buffer_size=LARGEST_FRAME,
        manage_session=False,
    )
    _cap_frames(socketio.server.eio)
    _refuse_strangers(app, socketio.server.eio, authenticate)
    socketio.on_event("connect", lambda auth=None: _let_in(authenticate, auth))
    socketio.on_event("disconnect", lambda _reason=None: live().remove(request.sid))  # type: ignore[attr-defined]
    app.before_request(lambda: start_once(app, alive))


def live() -> Live:
    """Return this process's live sockets."""
    found: Live = current_app.extensions["live"]
    return found


_welcomes: list[Callable[[Any, dict[str, Any]], None]] = []


def welcomes(welcome: Callable[[Any, dict[str, Any]], None]) -> Callable[..., None]:
    """Let a function greet each socket that was let in, with what the client says it has."""
    _welcomes.append(welcome)
    return welcome


def _let_in(authenticate: Authenticate, auth: dict[str, Any] | None) -> bool:
    listener = authenticate()
    if listener is None:
        return False
    live().add(request.sid, listener)  # type: ignore[attr-defined]
    for welcome in _welcomes:
        welcome(listener, auth if isinstance(auth, dict) else {})
    return True


def _refuse_strangers(app: Flask, eio: Any, authenticate: Authenticate) -> None:
    """Answer 401 before the upgrade: Socket.IO's own connect runs when the socket is open."""
    inner = eio.handlers["connect"]

    def connect(sid: str, environ: dict[str, Any]) -> Any:
        with app.request_context(environ):
            if authenticate() is None:
                return "Sign in first."
        return inner(sid, environ)

    eio.handlers["connect"] = connect


def _cap_frames(eio: Any) -> None:
    """Give the websocket server a limit that counts before a frame is gathered."""
    original = eio._async["websocket"]  # noqa: SLF001 - engineio offers no other place; a test holds it

    def capped(handler: Any, server: Any) -> Any:
        made = original(handler, server)
        made.server_args["max_message_size"] = LARGEST_FRAME
        return made

    eio._async = {**eio._async, "websocket": capped}  # noqa: SLF001 - as above


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
                live().drop_others(alive)
            except Exception as error:  # noqa: BLE001 - the sweep must outlive a lost database
                log_fault(error)


def _raise_gc_thresholds() -> None:
    """Collect less often: with 5,000 sockets open this halved the slowest deliveries."""
    gc.set_threshold(200_000, 50, 1000)
