"""The synthetic sample of `flask demo`: invented people, places, parties and words, in both scripts."""

from __future__ import annotations

from dataclasses import dataclass, field

from review.rules.facts import Casualties, Facts, Party, Place, Range

PEOPLE = (
    ("admin", "admin@assay.invalid", "Tamsin Orrel"),
    ("lead", "lead@assay.invalid", "Ilse Marchetti-Osei"),
    ("lead", "lead2@assay.invalid", "Davit Kolaru"),
    ("reviewer", "mara@assay.invalid", "Mara Teske"),
    ("reviewer", "yusra@assay.invalid", "Yusra Haddan"),
    ("reviewer", "ben@assay.invalid", "Ben Okparo"),
    ("reviewer", "lina@assay.invalid", "Lina Qassar"),
    ("reviewer", "sunniva@assay.invalid", "Sunniva Brandt"),
    ("auditor", "auditor@assay.invalid", "Rafe Linnard"),
)
ENTERER, VOTERS, SETTLER = "lina@assay.invalid", PEOPLE[3:6], "sunniva@assay.invalid"

STREAMS = (
    ("karsian-air-force-velmar", "Karsian Air Force, Velmar", "active"),
    ("northern-joint-command-velmar", "Northern Joint Command, Velmar", "active"),
    ("tarn-brigades-velmar", "Tarn Brigades, Velmar", "active"),
)
LOG_ONLY_REASON = "Since 3 March 2026 three people grade for this theatre. Claims against this party are kept, not assessed."


@dataclass(frozen=True)
class Allegation:
    """A claim as somebody sent it."""

    text: str
    language: str
    translation: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Document:
    """A source to attach; `origin` is the number of the source whose account it repeats."""

    publisher: str
    title: str
    url: str | None
    language: str
    role: str
    kind: str = "social_post"
    published: str | None = None
    note: str | None = None
    text: str | None = None
    origin: int | None = None
    publishable: bool = True


@dataclass(frozen=True)
class Case:
    """One incident of the sample with everything that is said of it."""

    stream: str
    facts: Facts
    claims: tuple[Allegation, ...]
    sources: tuple[Document, ...]
    exact: dict[str, object] = field(default_factory=dict)


def casualties(killed: tuple[int | None, int | None], injured: tuple[int | None, int | None]) -> Casualties:
    return Casualties(Range(*killed), Range(*injured))


def place(english: str, arabic: str, region: str, point: tuple[float, float], accuracy: str) -> Place:
    return Place((("ar", arabic), ("en", english)), region, point, accuracy)


AGREED = Case(
    stream="karsian-air-force-velmar",
    facts=Facts(
        date_type="date",
        date="2026-03-14",
        time="around dusk",
        places=(place("Marj Eluan", "مرج إلوان", "Eluan plain", (33.12, 41.87), "neighbourhood"),),
        parties=(Party("Karsian Air Force", True, "suspected"),),
        strike_types=("airstrike",),
        strike_status="likely",
        infrastructure=("Agriculture", "Residential"),
        ranges=(
            ("children", casualties((1, 1), (None, None))),
            ("civilians", casualties((3, 5), (6, 8))),
        ),
        codes=("KV412",),
        summary="grain store and two houses",
    ),
    claims=(
        Allegation(
            "قال سكان في مرج إلوان إن قصفاً أصاب مخزن الحبوب عند الأطراف الشرقية للبلدة قبيل الغروب، وأدّى إلى مقتل "
            "ثلاثة أشخاص على الأقل وإصابة آخرين.",
            "ar",
            "Residents of Marj Eluan said a strike hit the grain store on the eastern edge of the town shortly before "
            "sunset, killing at least three people and injuring others.",
            "https://eluan-monitor.example/2026/03/14/1",
        ),
        Allegation("Grain store at Marj Eluan hit at dusk, at least five dead according to a clinic.", "en"),
    ),
    sources=(
        Document("Eluan Monitor", "Eastern edge of Marj Eluan", "https://eluan-monitor.example/2026/03/14/1", "ar",
                 "supports_harm", published="2026-03-14", note="Names the clinic; wording of its own."),
        Document("Marj News Network", "Strike on the grain store", "https://marj-news.example/a/8812", "ar",
                 "supports_harm", published="2026-03-14", note="Repeats S1 nearly word for word.", origin=1),
        Document("Velmar Civic Aid", "Night log of the rescue team", "https://civic-aid.example/log/0314", "ar",
                 "supports_harm", kind="ngo_report", published="2026-03-15",
                 text="الحصيلة حتى الآن ٣ وفيات و٦ إصابات، بينهم طفل واحد."),
        Document("Sky watch ledger", "Aircraft over the plain, 14 March", "https://skywatch.example/14-03", "en",
                 "supports_attribution", kind="web_page", published="2026-03-14"),
        Document("Karsian Ministry of Defence", "Daily bulletin", "https://mod-karsia.example/b/714", "en",
                 "official", kind="official_statement", published="2026-03-16",
                 note="Speaks of fighters near a depot; names no civilians."),
    ),
)  # fmt: skip

DISPUTED = Case(
    stream="northern-joint-command-velmar",
    facts=Facts(
        date_type="date",
        date="2026-03-02",
        time="morning",
        places=(place("Dar Mezin", "دار مزين", "Mezin valley", (33.4, 41.2), "village"),),
        parties=(Party("Northern Joint Command", True, "suspected"), Party("Tarn Brigades", False, "suspected")),
        strike_types=("airstrike", "artillery"),
        strike_status="contested",
        infrastructure=("Water",),
        ranges=(("civilians", casualties((2, 4), (5, 8))),),
        codes=("NJ118",),
        summary="water station road",
    ),
    claims=(
        Allegation(
            "استهداف سيارة صيانة على طريق محطة المياه في دار مزين صباح اليوم، وسقوط قتيلين من العمال.",
            "ar",
            "A maintenance vehicle on the water station road at Dar Mezin was hit this morning; two workers were killed.",
        ),
    ),
    sources=(
        Document("Mezin Water Board", "Statement on our crew", "https://mezin-water.example/s/3", "ar",
                 "supports_harm", kind="ngo_report", published="2026-03-02"),
        Document("Valley Radio", "Crew killed on the pump road", "https://valley-radio.example/n/551", "ar",
                 "supports_attribution", kind="news_article", published="2026-03-02"),
        Document("Ridge Eyewitness", "Mortar fire from the ridge", "https://ridge-eye.example/p/90", "ar",
                 "supports_attribution", published="2026-03-02", note="Puts the fire north of the ridge."),
        Document("Northern Joint Command", "Bulletin of activity", "https://njc.example/bulletin/61", "en",
                 "official", kind="official_statement", published="2026-03-03",
                 note="Declares activity in the Mezin sector that morning."),
    ),
)  # fmt: skip

AWAITING = Case(
    stream="karsian-air-force-velmar",
    facts=Facts(
        date_type="date_range",
        date="2026-03-20",
        date_end="2026-03-21",
        places=(place("Tell Hasir", "تل حسير", "Eluan plain", (33.2, 41.9), "town"),),
        parties=(Party("Karsian Air Force", True, "suspected"),),
        strike_types=("airstrike",),
        strike_status="single_source",
        ranges=(("civilians", casualties((0, 2), (1, 1))),),
        codes=("KV415",),
        summary="market street at night",
    ),
    claims=(
        Allegation("One person reported killed in the night on the market street of Tell Hasir.", "en"),
        Allegation("أنباء عن قتيلين في شارع السوق بتل حسير.", "ar", "Reports of two killed in the market street."),
    ),
    sources=(
        Document("Tell Hasir Today", "Two nights on market street", "https://tellhasir.example/today/21", "ar",
                 "supports_harm", published="2026-03-21"),
    ),
)  # fmt: skip

REOPENED = Case(
    stream="northern-joint-command-velmar",
    facts=Facts(
        date_type="date",
        date="2026-02-11",
        time="around midday",
        places=(place("Sarn Crossing", "معبر سارن", "Lower Sarn", (33.051, 41.402), "nearby_landmark"),),
        parties=(Party("Northern Joint Command", True, "suspected"),),
        strike_types=("drone_strike",),
        strike_status="likely",
        infrastructure=("Vehicle",),
        ranges=(("civilians", casualties((4, 6), (2, 9))),),
        codes=("NJ109",),
        summary="minibus at the river crossing",
    ),
    claims=(Allegation("A minibus was struck at the Sarn crossing around noon. Four bodies were counted.", "en"),),
    sources=(
        Document("Lower Sarn Clinic", "Admissions of 11 February", "https://sarn-clinic.example/adm/0211", "ar",
                 "supports_harm", kind="ngo_report", published="2026-02-11"),
        Document("Crossing Guard Diary", "What we saw at noon", "https://crossing.example/d/11", "en",
                 "supports_attribution", published="2026-02-12"),
    ),
)  # fmt: skip
ADMISSION = Document(
    "Northern Joint Command", "Monthly assessment: Sarn crossing", "https://njc.example/assessment/2026-04", "en",
    "official", kind="official_statement", published="2026-04-09",
    note="Accepts that its drone struck the minibus.",
)  # fmt: skip

LOGGED = Case(
    stream="tarn-brigades-velmar",
    facts=Facts(
        date_type="date",
        date="2026-03-25",
        places=(place("Qasr Odin", "قصر أودين", "Mezin valley", (33.5, 41.1), "village"),),
        parties=(Party("Tarn Brigades", True, "suspected"),),
        strike_status="single_source",
        ranges=(("civilians", casualties((None, None), (3, 3))),),
        codes=("TB033",),
        summary="shelling of the school yard",
    ),
    claims=(Allegation("إصابة ثلاثة أطفال في باحة مدرسة قصر أودين.", "ar", "Three children injured in a school yard."),),
    sources=(
        Document("Valley Radio", "Shells near the school", "https://valley-radio.example/n/602", "ar", "supports_harm",
                 kind="news_article", published="2026-03-25"),
    ),
)  # fmt: skip

OPEN = Case(
    stream="karsian-air-force-velmar",
    facts=Facts(
        date_type="date",
        date="2026-04-02",
        time="before dawn",
        places=(place("Beit Arun", "بيت عارون", "Eluan plain", (33.17, 41.93), "neighbourhood"),),
        parties=(Party("Karsian Air Force", True, "suspected"),),
        strike_types=("airstrike",),
        strike_status="likely",
        infrastructure=("Residential",),
        ranges=(("civilians", casualties((2, 4), (None, None))), ("women", casualties((1, 1), (None, None)))),
        codes=("KV421",),
        summary="two houses by the mill",
    ),
    claims=(
        Allegation(
            "استيقظ سكان بيت عارون على انفجار عند الطاحونة قبل الفجر، وانهار منزلان. يقول الجيران إن أربعة أشخاص قُتلوا، "
            "بينهم امرأة، وإن طائرة سُمعت فوق البلدة قبل ذلك بدقائق.",
            "ar",
            "Residents of Beit Arun woke to an explosion by the mill before dawn; two houses collapsed. Neighbours say four "
            "people were killed, a woman among them, and that an aircraft was heard over the town minutes before.",
            "https://beitarun-voices.example/0402",
        ),
        Allegation("Two dead under the rubble by the mill in Beit Arun, the rescue team is still digging.", "en"),
    ),
    sources=(
        Document("Beit Arun Voices", "Two houses by the mill", "https://beitarun-voices.example/0402", "ar",
                 "supports_harm", published="2026-04-02", note="Names the street; photographs of the mill, not of people."),
        Document("Marj News Network", "Explosion in Beit Arun", "https://marj-news.example/a/8990", "ar",
                 "supports_harm", kind="news_article", published="2026-04-02",
                 note="Carries the account of S1 with two lines of its own.", origin=1),
        Document("Velmar Civic Aid", "Night log of the rescue team", "https://civic-aid.example/log/0402", "ar",
                 "supports_harm", kind="ngo_report", published="2026-04-02",
                 text="انتُشلت جثتان حتى الساعة السابعة، وما زال البحث مستمراً عن شخصين."),
        Document("Sky watch ledger", "Aircraft over the plain, 2 April", "https://skywatch.example/02-04", "en",
                 "supports_attribution", kind="web_page", published="2026-04-02"),
        Document("Karsian Ministry of Defence", "Daily bulletin", "https://mod-karsia.example/b/733", "en",
                 "official", kind="official_statement", published="2026-04-03",
                 note="Says that a store of munitions was struck; names no civilians."),
    ),
)  # fmt: skip
