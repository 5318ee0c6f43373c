"""What left the desk, what is only logged, and what waits to be opened."""

from __future__ import annotations

from review.cli.sample.cases import (
    KARSIAN_AIR_FORCE,
    NORTHERN_COMMAND,
    Allegation,
    Case,
    Document,
    ballot,
    casualties,
    place,
)
from review.cli.sample.people import KARSIAN, NORTHERN, SARN, TARN
from review.rules.facts import Facts, Party

# --- logged -------------------------------------------------------------------------------------------------

LOGGED = Case(
    stream=TARN,
    facts=Facts(
        date_type="date",
        date="2026-03-25",
        places=(place("Qasr Odin", "قصر أودين", "Mezin valley", (33.5, 41.1), "village"),),
        parties=(Party("Tarn Brigades", True, "suspected"),),
        strike_types=("artillery",),
        strike_status="single_source",
        infrastructure=("education",),
        ranges=(("children", casualties((None, None), (3, 3))), ("civilians", casualties((None, None), (3, 3)))),
        codes=("TB033",),
        summary="shelling of the school yard",
    ),
    claims=(
        Allegation(
            "إصابة ثلاثة أطفال في باحة مدرسة قصر أودين بعد سقوط قذيفة في الصباح. حالتهم مستقرة بحسب الممرضة. وقد "
            "توقفت الدروس هذا الأسبوع.",
            "ar",
            "Three children were injured in the yard of the school of Qasr Odin when a shell fell in the morning. "
            "They are stable according to the nurse. There are no lessons this week.",
        ),
    ),
    sources=(
        Document("Valley Radio", "Shells near the school", "https://valley-radio.example/n/602", "ar",
                 "supports_harm", "news_article", "2026-03-25", platform="broadcast", code="B3", archived="content"),
    ),
)  # fmt: skip
PAUSED = Case(
    stream=SARN,
    facts=Facts(
        date_type="unknown",
        places=(place("An island in the Sarn", "جزيرة في نهر سارن", "Lower Sarn", (33.0, 41.5), "district"),),
        parties=(Party("Sarn River Guard", True, "suspected"),),
        ranges=(("civilians", casualties((None, None), (None, None))),),
        codes=("SR002",),
        summary="a boat that did not come back",
    ),
    claims=(
        Allegation(
            "A boat with vegetables left for the island in the first days of March and did not come back. The guard "
            "says that it never saw it. Two families ask.", "en",
        ),
    ),
    sources=(),
)  # fmt: skip
FRESH = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-04-04",
        time="afternoon",
        time_type="time_of_day",
        places=(place("Khan Merwa", "خان مروة", "Eluan plain", (33.26, 41.84), "street"),),
        parties=(KARSIAN_AIR_FORCE,),
        strike_types=("airstrike",),
        strike_status="likely",
        infrastructure=("religious", "residential"),
        ranges=(("civilians", casualties((2, 2), (3, 10))),),
        codes=("KV422",),
        summary="guest house beside the shrine",
    ),
    claims=(
        Allegation(
            "أصاب القصف دار الضيافة بجانب المقام في خان مروة عصراً، وكان فيها مسافرون. يذكر القيّم على المقام "
            "قتيلين، أما عدد الجرحى فمختلف عليه بين ثلاثة وعشرة.",
            "ar",
            "The guest house beside the shrine of Khan Merwa was hit in the afternoon with travellers in it. The "
            "keeper of the shrine speaks of two dead; the number of the injured is given as anything between three "
            "and ten.",
            "https://merwa.example/0404",
        ),
        Allegation("Travellers in the guest house of Khan Merwa, nobody knows their names. Somebody should ask at "
            "the bus station.", "en"),
    ),
    sources=(
        Document("Khan Merwa Page", "دار الضيافة", "https://merwa.example/0404", "ar", "supports_harm",
                 published="2026-04-04", platform="facebook", code="B3", archived="unchecked"),
        Document("Sky watch ledger", "Aircraft over the plain, 4 April", "https://skywatch.example/04-04", "en",
                 "supports_attribution", "web_page", "2026-04-04", platform="web", code="B2"),
    ),
)  # fmt: skip

# --- two moments in one record: split -----------------------------------------------------------------------

_NIGHT, _NOON = "shops of the lower street, at night", "the same street, at noon of the next day"
_STREET = place("Kafr Dalin", "كفر دالين", "Eluan plain", (33.08, 41.79), "village")


def _street(date: str, summary: str, code: str | None) -> Facts:
    return Facts(
        date_type="date", date=date, places=(_STREET,), parties=(KARSIAN_AIR_FORCE,), strike_status="likely",
        infrastructure=("commerce",), ranges=(("civilians", casualties((0, 1), (2, 4))),),
        codes=(code,) if code else (), summary=summary,
    )  # fmt: skip


SPLIT = Case(
    stream=KARSIAN,
    facts=_street("2026-02-18", "lower street, twice", "KV410"),
    claims=(
        Allegation("Shops of the lower street in Kafr Dalin were hit in the night of 18 February. Two people were "
            "injured.", "en"),
        Allegation(
            "قصف جديد على الشارع السفلي ظهر اليوم التالي بينما كان الناس يزيلون الأنقاض، ووفاة شخص.",
            "ar",
            "A new strike on the lower street at noon of the next day, while people cleared the rubble; one person "
            "died.",
        ),
    ),
    sources=(
        Document("Dalin Today", "ليلة الشارع السفلي", "https://dalin-today.example/0218", "ar", "supports_harm",
                 published="2026-02-18", platform="facebook", code="B3", archived="content"),
        Document("Dalin Today", "ظهراً", "https://dalin-today.example/0219", "ar", "supports_harm",
                 published="2026-02-19", platform="facebook", code="B3", archived="content"),
        Document("Velmar Civic Aid", "Log of two days", "https://civic-aid.example/log/0219", "ar", "supports_harm",
                 "ngo_report", "2026-02-19", platform="web", code="A2", archived="content"),
    ),
)  # fmt: skip
PARTS = (_street("2026-02-18", _NIGHT, "KV410a"), _street("2026-02-19", _NOON, "KV410b"))
SPLITTING = "The log of the rescuers shows two strikes fourteen hours apart; each is graded on its own."

# --- dismissed, withdrawn -----------------------------------------------------------------------------------

DISMISSED = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date", date="2026-03-11", parties=(NORTHERN_COMMAND,),
        places=(place("Hosn Amiran", "حصن عميران", "Mezin valley", (33.44, 41.16), "town"),),
        codes=("NJ120",), summary="a loud noise over the town",
    ),
    claims=(Allegation("A loud noise over Hosn Amiran in the night of 11 March, windows shook. Nobody knows what it "
        "was.", "en"),),
    sources=(
        Document("Amiran Diary", "It was thunder", "https://amiran-diary.example/12-03", "en", "disputes",
                 "blog_post", "2026-03-12", platform="web", code="B2"),
    ),
)  # fmt: skip
DISMISSING = "It was a thunderstorm; the weather office and two pages say so. No harm to anybody is spoken of."
WITHDRAWN = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date", date="2026-01-12", time="evening", time_type="time_of_day", parties=(NORTHERN_COMMAND,),
        places=(place("Upper Mezin", "مزين العليا", "Mezin valley", (33.5, 41.2), "city"),),
            strike_status="single_source",
        ranges=(("civilians", casualties((1, 1))),), codes=("NJ101",), summary="a house at the end of the lane",
    ),
    claims=(
        Allegation(
            "One person was killed in a house at the end of the lane in Upper Mezin on the evening of 12 January. I "
            "was asked to pass this on.", "en",
        ),
    ),
    sources=(
        Document("Mezin Lanes", "End of the lane", "https://mezin-lanes.example/12", "ar", "supports_harm",
                 published="2026-01-12", platform="facebook", code="C3", archived="content"),
    ),
    by="amal",
)  # fmt: skip
WITHDRAWN_VOTES = {
    name: ballot("weak", (1, 1), (None, None), reason, (1,))
    for name, reason in (
        ("mara", "One page, plainly told, and nobody else."),
        ("ben", "A single claim. The lane is named, the house is not."),
        ("sunniva", "One account. It may well be true; there is nothing to hold beside it."),
    )
}
WITHDRAWING = (
    "The family asks us not to keep this in public while one of them still lives there. What was published is taken "
    "back."
)
