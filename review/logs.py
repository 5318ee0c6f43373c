"""What the machine says: to stderr and into a file a day, kept 30 days, without names, addresses or typed words.

An exception's message may quote a row, a path may hold a token: so neither is ever written. What is written of a
failure is its kind, the database's own code for it and the lines of ours that it went through.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import traceback
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, request

from review import clock

KEPT = timedelta(days=30)
FOLDER = "logs"
DAY = re.compile(r"\d{4}-\d\d-\d\d\.log")
TOLD = ("review", "assay.security")

_MAIL = re.compile(r"[^\s<>@\"'=]+@[^\s<>@\"',]+")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")
_PATH_OF_A_REQUEST = re.compile(r"((?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) |request )/\S*")


class Plain(logging.Formatter):
    """One line a record, in UTC; failures without what they quote."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = ""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, its addresses taken out."""
        own = copy(record)
        own.exc_text = None  # another handler may have kept its own telling of the failure, words and all
        return masked(super().format(own))

    def formatException(self, raised: Any) -> str:
        """Where it went wrong and what kind of failure it was, never its own words."""
        error = raised[1]
        if error is None:
            return ""
        frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
        cause = error.__cause__ or error.__context__
        return f"{frames}{kind_of(error)}" + (f" from {kind_of(cause)}" if cause else "")


def kind_of(error: BaseException) -> str:
    """The class of an error and the database's or the system's own code for it."""
    original = getattr(error, "orig", None) or error
    codes = (getattr(original, name, None) for name in ("sqlstate", "sqlite_errorname", "errno"))
    code = next((str(found) for found in codes if found), "")
    return type(error).__name__ + (f" ({code})" if code else "")


def masked(line: str) -> str:
    """The line without e-mail addresses, network addresses and the paths of requests."""
    return _PATH_OF_A_REQUEST.sub(r"\1[path]", _ADDRESS.sub("[address]", _MAIL.sub("[mail]", line)))


class Stderr(logging.Handler):
    """Whatever stderr is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line; a stderr that is closed or full stops no request."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            return


class Days(logging.Handler):
    """A file a day, shared by every process of this home: each line is one append."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record to the file of its day."""
        try:
            line = self.format(record) + "\n"
            self.folder.mkdir(mode=0o700, exist_ok=True)
            path = self.folder / f"{clock.today()}.log"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode("utf-8", "replace"))
            finally:
                os.close(handle)
        except OSError:
            # A full disk stops no request; stderr still says what happened.
            return


class Quiet(Flask):
    """An application that logs a failure by the page's name: an address may hold a code or a one-time token."""

    def log_exception(self, exc_info: Any) -> None:
        """A page failed."""
        self.logger.error("a page failed: %s %s", request.method, request.endpoint, exc_info=exc_info)


def configure(home: Path) -> None:
    """Send everything worth telling to stderr and to this home's file of the day; again is the same as once."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, Stderr | Days):
            root.removeHandler(handler)
    for handler in (Stderr(), Days(home / FOLDER)):
        handler.setFormatter(Plain())
        root.addHandler(handler)
    for name in TOLD:
        logging.getLogger(name).setLevel(logging.INFO)


def sweep(home: Path) -> None:
    """Forget the files of more than 30 days ago."""
    oldest = clock.day(clock.now() - KEPT)
    for path in sorted((home / FOLDER).glob("*.log")):
        if DAY.fullmatch(path.name) and path.stem < oldest:
            path.unlink(missing_ok=True)
