"""The Eluan plain, where a lead decided: another grade than the votes, two incidents that were one, few who may "
"read."""

from __future__ import annotations

from review.cli.sample.cases import KARSIAN_AIR_FORCE as KARSIAN_PARTY
from review.cli.sample.cases import Allegation, Case, Document, ballot, casualties, place
from review.cli.sample.people import KARSIAN
from review.rules.facts import Facts

# --- overridden: three links that are one account -------------------------------------------------------------------

OVERRIDDEN = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-01-08",
        time="evening",
        time_type="time_of_day",
        places=(place("Ain Tabur", "عين طابور", "Eluan plain", (33.05, 41.99), "village"),),
        parties=(KARSIAN_PARTY,),
        strike_types=("drone_strike",),
        strike_status="likely",
        infrastructure=("agriculture",),
        observations=("outdoors",),
        ranges=(("civilians", casualties((1, 3), (0, 2))), ("men", casualties((1, 3)))),
        codes=("KV405",),
        summary="olive pickers on the terrace road",
    ),
    claims=(
        Allegation(
            "استُهدف عمال يقطفون الزيتون على طريق المدرجات في عين طابور مساءً، وقُتل ثلاثة منهم بحسب أحد أقاربهم. "
            "وكانوا عائدين إلى بيوتهم عند انتهاء العمل.",
            "ar",
            "Workers picking olives on the terrace road of Ain Tabur were targeted in the evening; three of them "
            "were killed according to a relative. They were on their way home at the end of the day's work.",
            "https://tabur-page.example/8",
        ),
    ),
    sources=(
        Document("Ain Tabur Page", "طريق المدرجات", "https://tabur-page.example/8", "ar", "supports_harm",
                 published="2026-01-08", note="Written by a relative.", platform="facebook", code="C3",
                 archived="content"),
        Document("Plain Talk", "Olive pickers", "https://plain-talk.example/p/2", "ar", "supports_harm",
                 published="2026-01-08", platform="facebook", code="D4", archived="content"),
        Document("Marj News Network", "Three killed at Ain Tabur", "https://marj-news.example/a/8404", "ar",
                 "supports_harm", "news_article", "2026-01-09", platform="web", code="C3", archived="content"),
        Document("Sky watch ledger", "Aircraft over the plain, 8 January", "https://skywatch.example/08-01", "en",
                 "supports_attribution", "web_page", "2026-01-08", "A drone circled from 17:20.", platform="web",
                 code="B2"),
    ),
)  # fmt: skip
OVERRIDDEN_VOTES = {
    "mara": ballot("fair", (1, 3), (0, 2),
        "Three pages carry it and the ledger puts a drone above the road. The pages differ in a few words. I take "
        "one as the fewest because only one first name is given.", (1, 2, 3, 4)),
    "yusra": ballot("fair", (1, 3), (0, 2),
        "S1 is close to the family. S3 is a newsroom with an editor. Action near by is likely from S4.", (1, 3, 4)),
    "idris": ballot("fair", (1, 3), (0, 2),
        "كتب القريب أولاً ثم نقلت صفحتان الخبر. التفاصيل متطابقة، والطائرة مسجّلة فوق الطريق في الساعة نفسها.",
        (1,
        2, 3, 4)),
}  # fmt: skip
OVERRIDING = (
    "S2 and S3 were written within the hour from the relative's post and keep its spelling mistake: they are echoes "
    "of S1. One account of its own is Weak by the codebook, however likely the drone."
)
SECONDING = "I read all three side by side and find the same sentence in each. Nobody else speaks of it in nine weeks."

# --- one moment under two codes: the first is merged into the second ----------------------------------------

_MILL_ROAD = place("Tell Hasir, mill road", "تل حسير، طريق الطاحونة", "Eluan plain", (33.21, 41.91), "neighbourhood")
MERGED = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-01-27",
        time="afternoon",
        time_type="time_of_day",
        places=(place("Tell Hasir", "تل حسير", "Eluan plain", (33.2, 41.9), "town"),),
        parties=(KARSIAN_PARTY,),
        strike_status="single_source",
        ranges=(("civilians", casualties((0, 1), (2, 2))),),
        codes=("KV401",),
        summary="a cart on the road south of the town",
    ),
    claims=(
        Allegation(
            "A cart with two people was hit south of Tell Hasir in the afternoon of 27 January. Both were taken to "
            "the town. The driver may have died later.", "en", url="https://hasir-notes.example/27",
        ),
    ),
    sources=(
        Document("Hasir Notes", "A cart on the road", "https://hasir-notes.example/27", "en", "supports_harm",
                 published="2026-01-27", platform="twitter", code="C3", archived="content"),
        Document("Plain Talk", "South of Tell Hasir", "https://plain-talk.example/p/3", "ar", "supports_harm",
                 published="2026-01-28", note="Quotes S1.", origin=1, platform="facebook", code="F6"),
    ),
    by="amal",
)  # fmt: skip
MERGED_VOTES = {
    name: ballot("weak", (0, 1), (2, 2), reason, (1,))
    for name, reason in (
        ("mara", "One page, and another that quotes it. The two injured are told with detail. The death is hearsay."),
        ("ben", "A single claim. Nobody else has the cart; the road is used by half the town."),
        ("tova", "S2 repeats S1. I would look again when the hospital of Tell Hasir answers our letter."),
    )
}
INTO = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-01-27",
        time="15:40",
        time_type="approximate",
        places=(_MILL_ROAD,),
        parties=(KARSIAN_PARTY,),
        strike_types=("airstrike",),
        strike_status="likely",
        infrastructure=("vehicle",),
        damage=(("vehicle", "complete"),),
        ranges=(("civilians", casualties((1, 1), (2, 3))),),
        codes=("KV403",),
        summary="a cart and its driver on the mill road",
    ),
    claims=(
        Allegation(
            "أُصيبت عربة على طريق الطاحونة جنوب تل حسير، وتوفي سائقها في المستشفى مساءً، وجُرح شخصان كانا معه. وقد "
            "نعته المدرسة التي كان يعمل حارساً فيها.",
            "ar",
            "A cart was hit on the mill road south of Tell Hasir. Its driver died in hospital in the evening and "
            "two people who were with him were injured. The school where he was caretaker has published a notice of "
            "mourning.",
        ),
    ),
    sources=(
        Document("Tell Hasir Today", "سائق العربة", "https://tellhasir.example/today/0127", "ar", "supports_harm",
                 published="2026-01-27", platform="facebook", code="C3", archived="content"),
        Document("Tell Hasir School", "نعوة", "https://hasir-school.example/n/4", "ar", "supports_harm",
                 "family_page", "2026-01-28", "A notice of mourning.", platform="facebook", code="B2",
                 archived="content"),
        Document("Sky watch ledger", "Aircraft over the plain, 27 January", "https://skywatch.example/27-01", "en",
                 "supports_attribution", "web_page", "2026-01-27", platform="web", code="B2", archived="content"),
    ),
)  # fmt: skip
INTO_VOTES = {
    "sunniva": ballot("fair", (1, 1), (2, 3),
        "The page, the school and now the notes that came with the merged incident are three voices. The notice of "
        "mourning settles that the driver died. An aircraft is logged for that hour.", (1, 2, 3, 4)),
    "yusra": ballot("fair", (1, 1), (2, 3),
        "المدرسة نعت حارسها، والصفحة ذكرت الساعة نفسها. وما جاء مع الحادثة المدموجة يصف العربة ذاتها من مصدر آخر.",
        (1, 2, 4)),
    "idris": ballot("weak", (1, 1), (2, 2),
        "I know that the harm is real. For who did it there is the ledger alone, and it shows one aircraft far to "
        "the east. I would keep it at Weak until somebody saw it.",
        (1, 2, 3), "Two origins speak of the harm, none of the party."),
}  # fmt: skip

# --- shown to few -----------------------------------------------------------------------------------------------------

RESTRICTED = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-03-29",
        places=(place("A farm near Kafr Dalin", "مزرعة قرب كفر دالين", "Eluan plain", (33.1, 41.8), "city"),),
        parties=(KARSIAN_PARTY,),
        strike_status="single_source",
        ranges=(("civilians", casualties((1, 1))),),
        codes=("KV440",),
        summary="told by somebody who can be recognised",
    ),
    claims=(
        Allegation(
            "I will tell you what I saw at the farm, but there were only three of us, and whoever reads this will "
            "know which one I am. Please show it to nobody who does not need it.", "en",
            reporter="By letter, through a lawyer",
        ),
    ),
    sources=(
        Document("A witness", "A letter of two pages", None, "en", "supports_harm", "testimony", "2026-04-01",
                 "Consent for the record, not for publication.", "What I saw from the yard, in my own words.",
                 publishable=False, code="B3"),
        Document("Dalin Today", "مزرعة", "https://dalin-today.example/0329", "ar", "context", published="2026-03-29",
                 publishable=False, platform="facebook", code="C3"),
    ),
)  # fmt: skip
