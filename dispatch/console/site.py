"""The built pages: one index.html under a strict content security policy, and assets with hashed names."""

import re
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGES = Path(str(files("dispatch.console"))) / "pages"
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_HASHED = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9]+(\.map)?$")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def policy_for(host: str) -> str:
    """No inline code, nothing from elsewhere. Older browsers do not count a socket as `'self'`: it is named."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"img-src 'self' data: blob:; media-src 'self' data: blob:; worker-src 'self'; connect-src 'self'{sockets}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class _Assets(StaticFiles):
    """A name with a hash of the content may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = _HASHED.search(path) is not None and response.status_code == 200
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers.update(_HEADERS)
        return response


def mount_pages(app: FastAPI, pages: Path = PAGES) -> None:
    """`/` and `/assets/…`. Without built pages `/` says what to do; the service works all the same."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index(request: Request) -> Response:
        page = pages / "index.html"
        if not page.is_file():
            return PlainTextResponse("The pages are not built: run scripts/setup.\n", 503)
        headers = {
            **_HEADERS,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": policy_for(request.headers.get("host", "")),
        }
        return FileResponse(page, media_type="text/html; charset=utf-8", headers=headers)

    app.include_router(router)
    app.mount("/assets", _Assets(directory=pages / "assets", check_dir=False), name="assets")
