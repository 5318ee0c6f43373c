"""Of a form that will not be looked at: what was typed into it, up to its first file. What follows stays unread.

The page is shown again with the words in it; a file could not be put back there anyway, only named as lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

PIECE = 16 * 1024


def words_alone(request: Request) -> None:
    """Let the form of this request hold its words, and its files the first of them, without what is in it."""
    boundary = request.mimetype_params.get("boundary")
    if request.mimetype != "multipart/form-data" or boundary is None:
        return  # it brings no files, and its length has a limit
    typed, files = _up_to_a_file(_events(request, boundary.encode("ascii", "replace")))
    request.form, request.files = ImmutableMultiDict(typed), ImmutableMultiDict(files)


def _up_to_a_file(events: Iterator[Event]) -> tuple[list[tuple[str, str]], list[tuple[str, FileStorage]]]:
    typed: list[tuple[str, str]] = []
    name, said = "", b""
    try:
        for event in events:
            if isinstance(event, File) and event.filename:
                return typed, [(event.name, FileStorage(filename=event.filename))]
            if isinstance(event, Field | File):
                name, said = event.name if isinstance(event, Field) else "", b""
            if isinstance(event, Data):
                said += event.data
            if isinstance(event, Data) and name and not event.more_data:
                typed.append((name, said.decode("utf-8", "replace")))
    except ValueError:
        pass  # no form at all, or only the beginning of one
    return typed, []


def _events(request: Request, boundary: bytes) -> Iterator[Event]:
    """The parts of the form as they are met, as far as words may reach."""
    most = request.max_form_memory_size or 0
    decoder = MultipartDecoder(boundary, max_form_memory_size=most, max_parts=request.max_form_parts)
    read = 0
    while read <= most and (piece := request.stream.read(PIECE)):
        read += len(piece)
        decoder.receive_data(piece)
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Epilogue):
                return
            yield event
