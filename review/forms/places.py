"""One place of an incident as typed: its names in both scripts, its point, how exactly that is known, a sealed note."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FloatField, Form, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from review.forms.choices import offered
from review.forms.typed import ARABIC, whole, words
from review.rules.facts import Place
from review.rules.vocabulary import ACCURACIES

NUMBER = _l("Use a number such as 36.2, or leave it empty.")
HALF = _l("A point has a latitude and a longitude. Give both, or neither.")
ASKED = ("en", "ar")  # the names that the form asks for; a name in another language stays as it is


class Coordinate(FloatField):
    """Degrees, or not known."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Empty means that no point is known."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = float(valuelist[0].translate(ARABIC).replace(",", ".").replace("٫", "."))
        except ValueError:
            raise ValueError(NUMBER) from None


class PlaceForm(Form):
    """A place, or a further point of one."""

    was = HiddenField()  # the number of this place among those that the page began from
    place_en = StringField(_l("Place in English"))
    place_ar = StringField(_l("Place in Arabic"))
    region = StringField(_l("Region"))
    latitude = Coordinate(_l("Latitude"))
    longitude = Coordinate(_l("Longitude"))
    accuracy = SelectField(_l("How exactly it is known"), choices=lambda: offered(ACCURACIES, "–"), default="")
    note = StringField(_l("Note on the place"))

    def validate_longitude(self, field: Coordinate) -> None:
        """Half a point is none."""
        unread = self.latitude.errors or field.errors
        if not unread and (self.latitude.data is None) != (field.data is None):
            raise ValidationError(HALF)

    def place(self, before: tuple[Place, ...]) -> Place:
        """What was typed, with the names in other languages that the place had."""
        kept = before[int(self.was.data)] if self._known(before) else Place()
        others = [(code, name) for code, name in kept.names if code not in ASKED]
        typed = [("en", words(self.place_en.data)), ("ar", words(self.place_ar.data))]
        latitude, longitude = self.latitude.data, self.longitude.data
        return Place(
            names=tuple(sorted([*others, *((code, name) for code, name in typed if name)])),
            region=words(self.region.data),
            point=(latitude, longitude) if latitude is not None and longitude is not None else None,
            accuracy=self.accuracy.data or None,
        )

    def _known(self, before: tuple[Place, ...]) -> bool:
        return whole(self.was.data or "") and int(self.was.data) < len(before)


def shown(number: int, place: Place, note: str | None) -> dict[str, Any]:
    """The boxes of a place as it stands."""
    names = dict(place.names)
    return {
        "was": str(number),
        "place_en": names.get("en"),
        "place_ar": names.get("ar"),
        "region": place.region,
        "latitude": place.point[0] if place.point else None,
        "longitude": place.point[1] if place.point else None,
        "accuracy": place.accuracy or "",
        "note": note,
    }
