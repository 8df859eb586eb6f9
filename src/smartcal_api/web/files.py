"""The files of pages: modules, styles, pictures, read when they are asked for."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from smartcal_api.web.found import HTML, Found
from smartcal_api.web.page import policy

STATIC = Path(__file__).with_name("static")
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {".css": "text/css", ".html": HTML, ".js": "text/javascript", ".mjs": "text/javascript", ".png": "image/png"}
)
SECURE: Mapping[str, str] = policy(
    "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'"
)
# What Swagger UI's wheel has, and a page of ours needs of it.
_SWAGGER_UI = "flask_swagger_ui"
SWAGGER_FILES = (
    "swagger-ui-bundle.js",
    "swagger-ui.css",
    "oauth2-redirect.html",
    "oauth2-redirect.js",
    "favicon-32x32.png",
)


def file_of(folder: Path, name: str) -> Found | None:
    """A file that stands in the folder itself, by its name."""
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    if media_type is None or "/" in name:
        return None
    try:
        return Found((folder / name).read_bytes(), media_type, headers=SECURE)
    except (OSError, ValueError):
        return None


def swagger_ui() -> Path | None:
    """Where Swagger UI's files are, if they are installed; the package that brings them is not imported."""
    spec = find_spec(_SWAGGER_UI)
    folders = [Path(each) / "dist" for each in (spec.submodule_search_locations or ())] if spec is not None else []
    return next((each for each in folders if all((each / name).is_file() for name in SWAGGER_FILES)), None)
