"""What our figures are compared with: the same server doing the bare minimum.

Run as ``python -m benchmarks.plain PAGE [FOLDER]`` with HOST and PORT set; files of FOLDER are
served as Flask serves static ones.
"""

if __name__ == "__main__":
    # Before anything else is imported, or sockets and locks would be the blocking ones.
    from gevent import monkey

    monkey.patch_all()

import gc
import io
import os
import sys
import uuid
from pathlib import Path

import gevent
from flask import Flask, Response, request
from PIL import Image, ImageOps
from simple_websocket import ConnectionClosed
from simple_websocket import Server as Websocket

from disc.core.serving import listen

VIEW, THUMB = (1280, 1280), (240, 240)


def make_app(page: bytes, static: str | None = None) -> Flask:
    """Return an application that serves a page from memory, and four bare counterparts."""
    app = Flask("plain", static_folder=static, static_url_path="/static")
    listening: list[Websocket] = []

    @app.get("/page")
    def show() -> Response:
        return Response(page, mimetype="text/html")

    @app.get("/listen", websocket=True)
    def listen() -> str:
        websocket = Websocket(request.environ)
        listening.append(websocket)
        try:
            while True:
                websocket.receive()
        except ConnectionClosed:
            listening.remove(websocket)
        return ""

    @app.post("/tell")
    def tell() -> str:
        message = request.get_data(as_text=True)
        for websocket in listening:
            websocket.send(message)
        return ""

    @app.post("/picture")
    def picture() -> str:
        data = request.files["pictures"].read()
        gevent.get_hub().threadpool.apply(shrink, (data,))
        return ""

    _keep_files(app, Path(static or "."))
    return app


def _keep_files(app: Flask, folder: Path) -> None:
    """Let a route do nothing but write the file that it is sent."""

    @app.post("/file")
    def keep() -> str:
        request.files["pictures"].save(folder / uuid.uuid4().hex)
        return ""


def shrink(photo: bytes) -> list[bytes]:
    """Decode a photo, turn it upright, and encode it in the two sizes that we keep."""
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(photo))).convert("RGB")
    encoded = []
    for size in (VIEW, THUMB):
        upright.thumbnail(size)
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=80)
        encoded.append(out.getvalue())
    return encoded


def main() -> None:
    """Serve until ended, with the product's own settings of server and collector."""
    gc.set_threshold(20_000, 20, 1000)
    static = str(Path(sys.argv[2]).resolve()) if len(sys.argv) > 2 else None
    app = make_app(Path(sys.argv[1]).read_bytes(), static)
    listen(os.environ["HOST"], int(os.environ["PORT"]), app).serve_forever()


if __name__ == "__main__":
    main()
