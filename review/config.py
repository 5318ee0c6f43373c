"""Settings: the environment of DESIGN section 6, with defaults that are made once and kept in ASSAY_HOME."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from review.extensions import engine_options

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = (
    "ASSAY_HOME",
    "ASSAY_ORIGIN",
    "ASSAY_DATA",
    "ASSAY_URL",
    "ASSAY_CHECKPOINT_MAIL",
    "ASSAY_WITNESSES",
    "ASSAY_TSA_URL",
    "ASSAY_TSA_CERTIFICATE",
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "OBJECT_STORE_URL",
    "SECRET_KEY",
    "SMTP_URL",
)
OUTSIDE = ("ASSAY_CHECKPOINT_MAIL", "ASSAY_WITNESSES", "ASSAY_TSA_URL", "ASSAY_TSA_CERTIFICATE")
DATABASE_FILE = "assay.db"
UPLOAD_LIMIT = 32 * 1024 * 1024

_home = ROOT / "instance"
_origin = ""
_secret = ""
_smtp = ""
_address = ""
_outside: dict[str, str] = {}


class OriginChanged(RuntimeError):
    """The log was opened under another name: a name is for ever."""


def home() -> Path:
    """The folder that holds this desk's keys, files and, on SQLite, its database."""
    return _home


def exports() -> Path:
    """The folder of this home in which bundles are kept for those who asked."""
    return _home / "exports"


def origin() -> str:
    """The log's name, as this desk was started under."""
    return _origin


def secret() -> bytes:
    """The desk's secret, for keyed hashes of what must not be guessed back."""
    return _secret.encode()


def smtp_url() -> str:
    """Where mail is handed over, or nothing where none is sent."""
    return _smtp


def address() -> str:
    """The public address of this desk without a slash at its end, or nothing where none is set."""
    return _address


def checkpoint_mail() -> tuple[str, ...]:
    """The addresses that are sent the day's last checkpoint."""
    return tuple(one.strip() for one in _outside.get("ASSAY_CHECKPOINT_MAIL", "").split(",") if one.strip())


def witnesses_file() -> str:
    """The file with the verifier keys of the witnesses, or nothing where none is named."""
    return _outside.get("ASSAY_WITNESSES", "")


def tsa_url() -> str:
    """The timestamping authority, or nothing where none is asked."""
    return _outside.get("ASSAY_TSA_URL", "")


def tsa_certificate() -> str:
    """The file with the certificates that the authority's signature must lead to, or nothing."""
    return _outside.get("ASSAY_TSA_CERTIFICATE", "")


def settings(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The Flask configuration: environment, then overrides under the same or under Flask's own names."""
    global _smtp, _address
    given = dict(overrides or {})
    environment = {name: given.pop(name, os.environ.get(name)) for name in ENVIRONMENT}
    folder = _open_home(environment["ASSAY_HOME"])
    database = database_url(environment["DATABASE_URL"] or f"sqlite:///{folder / DATABASE_FILE}")
    key = _open_secret(environment["SECRET_KEY"], folder)
    address = environment["ASSAY_URL"]
    _smtp, _address = environment["SMTP_URL"] or "", (address or "").rstrip("/")
    _outside.clear()
    _outside.update({name: environment[name] or "" for name in OUTSIDE})
    secure = bool(address and address.startswith("https://"))
    return {
        "ASSAY_HOME": str(folder),
        "ASSAY_ORIGIN": _open_origin(environment["ASSAY_ORIGIN"], folder),
        "ASSAY_DATA": environment["ASSAY_DATA"] or str(ROOT.parent / "shared" / "data"),
        "ASSAY_URL": address,
        "OBJECT_STORE_URL": environment["OBJECT_STORE_URL"] or (folder / "objects").as_uri(),
        "SMTP_URL": environment["SMTP_URL"],
        "SECRET_KEY": key,
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(database),
        "MIGRATION_DATABASE_URL": database_url(environment["MIGRATION_DATABASE_URL"] or database),
        "SESSION_COOKIE_NAME": "assay",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        # A review form may stay open for a day; the session ends it, not a timer in the form.
        "WTF_CSRF_TIME_LIMIT": None,
        # We send no referrer, so none can be asked for; the token and the cookie policy stand.
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": UPLOAD_LIMIT,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "review" / "translations"),
        "PSEUDO": False,
        **given,
    }


def database_url(url: str) -> str:
    """The address as SQLAlchemy reads it, always through psycopg 3 on PostgreSQL."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def kept(path: Path, make: Callable[[], str]) -> str:
    """A value made once and kept in a file that only its owner reads; two starters agree on one value."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def named_home() -> Path:
    """The folder that the environment names as this desk's, there or not."""
    return _folder(os.environ.get("ASSAY_HOME"))


def _folder(given: str | os.PathLike[str] | None) -> Path:
    return Path(given).resolve() if given else ROOT / "instance"


def _open_home(given: str | os.PathLike[str] | None) -> Path:
    global _home
    folder = _folder(given)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _home = folder
    return folder


def _open_secret(given: str | None, folder: Path) -> str:
    global _secret
    _secret = given or kept(folder / "secret_key", _new_secret)
    return _secret


def _open_origin(given: str | None, folder: Path) -> str:
    global _origin
    path = folder / "origin"
    opened = (folder / "keys" / "signing").exists()
    if given and path.exists() and not opened:
        path.unlink()
    _origin = kept(path, lambda: given or _new_origin())
    if given and given != _origin:
        raise OriginChanged(f"ASSAY_ORIGIN is {given}, but this log was opened as {_origin}")
    return _origin


def adopt_origin(name: str) -> None:
    """Take over the name of a log that is brought back into a home whose own was never opened."""
    global _origin
    path = _home / "origin"
    draft = path.with_name(f"origin.{os.getpid()}")
    draft.write_text(name + "\n", encoding="ascii")
    draft.chmod(0o600)
    draft.replace(path)
    _origin = name


def _new_secret() -> str:
    return secrets.token_urlsafe(48)


def _new_origin() -> str:
    return "assay.invalid/" + base64.b32encode(secrets.token_bytes(5)).decode().lower()
