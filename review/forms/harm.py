"""The killed and the injured of one group of people, fewest to most: four boxes, each of which may stay empty."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField
from wtforms.validators import NumberRange, Optional

from review.forms.typed import ARABIC
from review.rules.facts import Casualties, Range

WHOLE = _l("Use a whole number, or leave it empty where nobody knows.")


class People(IntegerField):
    """A whole number of people, or nobody knows."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """An empty answer is not zero."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = int(valuelist[0].translate(ARABIC))
        except ValueError:
            raise ValueError(WHOLE) from None


def _people(label: str) -> People:
    return People(label, [Optional(), NumberRange(0, 10_000_000, WHOLE)])


class HarmForm(Form):
    """Fewest and most of one group."""

    killed_min = _people(_l("Killed, fewest"))
    killed_max = _people(_l("Killed, most"))
    injured_min = _people(_l("Injured, fewest"))
    injured_max = _people(_l("Injured, most"))

    @property
    def casualties(self) -> Casualties:
        """What was typed of this group."""
        return Casualties(
            Range(self.killed_min.data, self.killed_max.data),
            Range(self.injured_min.data, self.injured_max.data),
        )


def shown(casualties: Casualties) -> dict[str, int | None]:
    """The four boxes of a group as it stands."""
    return {
        "killed_min": casualties.killed.minimum,
        "killed_max": casualties.killed.maximum,
        "injured_min": casualties.injured.minimum,
        "injured_max": casualties.injured.maximum,
    }
