"""Lower Sarn: graded twice, waiting for a settler, for a round, for a day; and a panel that changed under way."""

from __future__ import annotations

from review.cli.sample.cases import (
    NORTHERN_COMMAND,
    UNKNOWN,
    Allegation,
    Case,
    Document,
    ballot,
    casualties,
    place,
)
from review.cli.sample.people import NORTHERN
from review.rules.facts import Facts

# --- published, reopened on an admission, published again -------------------------------------------------------------

REOPENED = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-02-11",
        time="around_midday",
        time_type="time_of_day",
        places=(place("Sarn Crossing", "معبر سارن", "Lower Sarn", (33.051, 41.402), "nearby_landmark"),),
        parties=(NORTHERN_COMMAND,),
        strike_types=("drone_strike",),
        strike_status="likely",
        infrastructure=("vehicle",),
        damage=(("vehicle", "complete"),),
        observations=("in_vehicle",),
        ranges=(("civilians", casualties((4, 6), (2, 9))), ("men", casualties((2, 4))), ("women", casualties((1, 2)))),
        codes=("NJ109",),
        summary="minibus at the river crossing",
    ),
    claims=(
        Allegation(
            "A minibus was struck at the Sarn crossing around noon. Four bodies were counted. It was the only bus "
            "of the day, and people from three villages were on it. The crossing has been closed since.", "en",
            url="https://crossing.example/d/11",
        ),
        Allegation(
            "استُهدفت حافلة صغيرة عند معبر سارن ظهراً، وفيها ركاب من ثلاث قرى. أحصى حرس المعبر أربع ضحايا، وتحدّث "
            "المستوصف عن ستة بعد يومين.",
            "ar",
            "A minibus was targeted at the Sarn crossing at noon with passengers from three villages. The crossing "
            "guard counted four dead; the clinic spoke of six two days later.",
        ),
    ),
    sources=(
        Document("Lower Sarn Clinic", "Admissions of 11 February", "https://sarn-clinic.example/adm/0211", "ar",
                 "supports_harm", "ngo_report", "2026-02-11", "A list without names.", platform="web", code="A1",
                 archived="content"),
        Document("Crossing Guard Diary", "What we saw at noon", "https://crossing.example/d/11", "en",
                 "supports_attribution", "blog_post", "2026-02-12", platform="web", code="B2", archived="content",
                 copy="At noon the drone turned once and came back. We counted four."),
        Document("Valley Radio", "The noon bus", "https://valley-radio.example/n/498", "ar", "supports_harm",
                 "news_article", "2026-02-12", "Carries the diary.", origin=2, platform="broadcast", code="B3"),
        Document("Three Villages Council", "Who was on the bus", None, "ar", "supports_harm", "document",
                 "2026-02-20", "Names of the passengers; kept inside.",
                 "قائمة الركاب كما وصلتنا من المجالس الثلاثة، ستة منهم لم يعودوا.", publishable=False, code="B2"),
    ),
)  # fmt: skip
REOPENED_VOTES = {
    "mara": ballot("fair", (4, 6), (2, 9),
        "The clinic and the guard post tell it apart from one another, and the council's list supports the six. A "
        "drone was seen by the guard. Nobody disputes it.", (1, 2, 4)),
    "yusra": ballot("fair", (4, 6), (2, 9),
        "Three origins, each with something of its own. The party has said nothing so far, which is why it cannot "
        "be Confirmed. The range is that of guard and clinic.", (1, 2, 4)),
    "ben": ballot("fair", (4, 6), (2, 9),
        "The diary is careful: it says what was seen and what was heard. With the clinic that is two.", (1, 2)),
}  # fmt: skip
ADMISSION = Document(
    "Northern Joint Command", "Monthly assessment: Sarn crossing", "https://njc.example/assessment/2026-04", "en",
    "official", "official_statement", "2026-04-09", "Accepts that its drone struck the minibus.", platform="web",
    affiliated="Northern Joint Command", code="B1", archived="content",
)  # fmt: skip
CONFIRMED_VOTES = {
    "mara": ballot("confirmed", (4, 6), (2, 9),
        "The party has itself accepted responsibility in S5. It concedes four; the council's list and the clinic "
        "carry the six, so the range stays as it was.", (1, 2, 4, 5)),
    "yusra": ballot("confirmed", (4, 6), (2, 9),
        "S5 speaks of this bus, this hour and this crossing. Nothing else changed.", (1, 4, 5)),
    "ben": ballot("confirmed", (4, 6), (2, 9),
        "Accepted by the party in its own monthly assessment. What it concedes is lower than what is counted.",
        (1, 2, 5)),
}  # fmt: skip

# --- a second vote did not decide: a settler has been appointed ---------------------------------------------

TO_SETTLE = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-02-05",
        time="around_dawn",
        time_type="time_of_day",
        places=(place("Wadi Sirel", "وادي سيريل", "Lower Sarn", (33.016, 41.463), "nearby_landmark"),),
        parties=(NORTHERN_COMMAND,),
        strike_types=("drone_strike",),
        strike_status="likely",
        infrastructure=("livestock",),
        observations=("outdoors",),
        ranges=(("children", casualties((0, 1))), ("civilians", casualties((1, 2), (1, 1)))),
        codes=("NJ107",),
        summary="shepherds by the lower bridge",
    ),
    claims=(
        Allegation(
            "استُهدف راعيان قرب الجسر السفلي في وادي سيريل عند الفجر. قُتل أحدهما وأُصيب الآخر، وهو فتى. يقول أهل "
            "القرية إنهما يسلكان الطريق نفسه كل يوم.",
            "ar",
            "Two shepherds were targeted near the lower bridge of Wadi Sirel at dawn. One was killed, the other, a "
            "boy, was injured. The people of the village say that they take the same way every day.",
            "https://sirel-notes.example/5-february",
        ),
    ),
    sources=(
        Document("Sirel Notes", "عند الجسر السفلي", "https://sirel-notes.example/5-february", "ar", "supports_harm",
                 published="2026-02-05", platform="facebook", code="B3", archived="content"),
        Document("Lower Sarn Clinic", "Admissions of 5 February", "https://sarn-clinic.example/adm/0205", "ar",
                 "supports_harm", "ngo_report", "2026-02-05", platform="web", code="A1", archived="content"),
        Document("Northern Joint Command", "Bulletin of activity", "https://njc.example/bulletin/52", "en",
                 "disputes", "official_statement", "2026-02-06", "Says that two armed scouts were struck.",
                 platform="web", affiliated="Northern Joint Command", code="D4", archived="content"),
        Document("Sarn Herders", "A letter to all sides", "https://sarn-herders.example/l/1", "ar", "context",
                 "document", "2026-02-15", "On rifles that herders carry against wolves.", code="B2",
                 archived="unchecked"),
    ),
)  # fmt: skip
TO_SETTLE_VOTES = {
    "yusra": ballot("fair", (1, 2), (1, 1),
        "The notes and the clinic are two voices, and the bulletin admits the strike. A rifle against wolves does "
        "not make a herder a fighter; S4 says so and every village there would.", (1, 2, 3, 4)),
    "ben": ballot("fair", (1, 1), (1, 1),
        "Two accounts of their own and an admitted strike. The bulletin's word scouts stands alone. I count the "
        "one whom the clinic received.", (1, 2, 3)),
    "tova": ballot("discounted", (0, 1), (1, 1),
        "The bulletin says armed and the herders' letter says that herders are armed. I have nothing else on who "
        "these two were. Until somebody who knew them speaks I cannot call them civilians.", (3, 4)),
}  # fmt: skip
TO_SETTLE_ARGUED = {
    "tova": "Civilian unless evidence says otherwise: I know the rule. My point is that the only two sources on "
    "this point both say that they carried rifles.",
    "yusra": "A rifle is what S4 explains, and it was written before anybody asked. The clinic writes of a boy. A "
    "scout is not brought in by his mother.",
}  # fmt: skip
AGAIN = {
    "yusra": "I stand by my first vote, for the reasons given there and in the arguments. The clinic's boy decides "
    "it for me.",
    "ben": "Nothing in the arguments moves the two accounts. I stand by my first vote.",
    "tova": "I have read the argument on the boy. He was injured; the one who died was not he. I stand by my first "
    "vote.",
}  # fmt: skip

# --- returned by a lead: needs a round ----------------------------------------------------------------------

RETURNED = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-03-08",
        time="2026-03-08 16:45",
        time_type="first_reported",
        places=(place("Beit Sarn", "بيت سارن", "Lower Sarn", (33.0, 41.4), "city"),),
        parties=(NORTHERN_COMMAND,),
        strike_types=("airstrike",),
        strike_status="likely",
        infrastructure=("water",),
        damage=(("water", "complete"),),
        ranges=(("civilians", casualties((0, 1), (2, 5))),),
        codes=("NJ119",),
        summary="pump house on the canal",
    ),
    claims=(
        Allegation(
            "The pump house on the canal at Beit Sarn is gone. The keeper has not been found. Five people who "
            "fetched water were hurt by glass. The report came at a quarter to five; nobody wrote down when it "
            "happened.", "en",
            url="https://beit-sarn.example/pump",
        ),
    ),
    sources=(
        Document("Beit Sarn Page", "The pump house", "https://beit-sarn.example/pump", "en", "supports_harm",
                 published="2026-03-08", platform="twitter", code="C3", archived="content"),
        Document("Canal Office", "A list of what stands still", "https://canal-office.example/l/8", "ar",
                 "supports_harm", "document", "2026-03-10", platform="web", code="B2", archived="content"),
        Document("Valley Radio", "No water in Beit Sarn", "https://valley-radio.example/n/566", "ar",
                 "supports_attribution", "news_article", "2026-03-09", platform="broadcast", code="B3",
                 archived="content"),
    ),
)  # fmt: skip
RETURNED_VOTES = {
    "mara": ballot("fair", (0, 1), (2, 5),
        "Page, office and radio are three. The keeper is missing, which is not yet dead.", (1, 2, 3)),
    "yusra": ballot("fair", (0, 1), (2, 5),
        "ثلاثة مصادر مستقلة، والراديو يذكر طائرة. أما الحارس فمفقود حتى الآن.", (1, 2, 3)),
    "tova": ballot("fair", (1, 1), (2, 5),
        "I count the keeper: after a week nobody has seen him. The rest agrees.", (1, 3)),
}  # fmt: skip
RETURNING = (
    "The canal office has written to us that the keeper is alive and was away that day. None of the votes could "
    "know it. I return it to a new round, so that the range is judged on what is known now."
)

# --- approved for a day to come -----------------------------------------------------------------------------

EMBARGOED = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-03-27",
        time="03:15",
        time_type="exact",
        places=(place("Jisr Odin", "جسر أودين", "Lower Sarn", (33.09, 41.36), "village"),),
        parties=(NORTHERN_COMMAND,),
        strike_types=("airstrike",),
        strike_status="likely",
        infrastructure=("residential",),
        damage=(("residential", "complete"),),
        observations=("no_warning", "rubble"),
        ranges=(("children", casualties((1, 2))), ("civilians", casualties((3, 4), (1, 2))), ("women",
            casualties((1, 1)))),
        codes=("NJ124",),
        summary="a house behind the post office",
    ),
    claims=(
        Allegation(
            "انهار منزل خلف مكتب البريد في جسر أودين في الثالثة والربع فجراً. كانت في المنزل عائلة من خمسة. يطلب "
            "الجد ألا يُنشر شيء قبل أن يصل ابنه من السفر.",
            "ar",
            "A house behind the post office of Jisr Odin collapsed at a quarter past three at night. A family of "
            "five was in it. The grandfather asks that nothing be published before his son has come home from abroad.",
        ),
    ),
    sources=(
        Document("Odin Bridge Notes", "خلف مكتب البريد", "https://odin-bridge.example/27", "ar", "supports_harm",
                 published="2026-03-27", platform="telegram", code="B3", archived="content"),
        Document("Velmar Civic Aid", "Night log", "https://civic-aid.example/log/0327", "ar", "supports_harm",
                 "ngo_report", "2026-03-27", None, "ثلاث وفيات بينهم طفل، وناجيان.", platform="web", code="A2",
                 archived="content"),
        Document("Sky watch ledger", "Aircraft over the river, 27 March", "https://skywatch.example/27-03", "en",
                 "supports_attribution", "web_page", "2026-03-27", platform="web", code="B2"),
    ),
)  # fmt: skip
EMBARGOED_VOTES = {
    "sunniva": ballot("fair", (3, 4), (1, 2),
        "Notes and rescuers are two. The ledger shows the aircraft. I keep the fourth in the most.", (1, 2, 3)),
    "ben": ballot("fair", (3, 3), (2, 2),
        "The rescuers carried three and brought out two. That is the family of five.", (1, 2, 3)),
    "idris": ballot("weak", (3, 4), (1, 2),
        "الخبر من الفريق ومن الجيران، لكن لا أحد غير السجل يذكر الطائرة. أفضّل أن ننتظر مصدراً ثانياً عن الطرف.",
        (1, 2), "The harm has two origins; the party has one."),
}  # fmt: skip

# --- a panel that changed: one released and another asked, one conflict told late, its vote excluded --------

PANEL = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-01-30",
        time="morning",
        time_type="time_of_day",
        places=(place("Lower Sarn", "سارن السفلى", "Lower Sarn", (33.03, 41.44), "town"),),
        parties=(NORTHERN_COMMAND,),
        strike_types=("artillery",),
        strike_status="declared",
        infrastructure=("commerce",),
        ranges=(("civilians", casualties((1, 1), (7, 11))), ("journalists", casualties(UNKNOWN, (1, 1)))),
        codes=("NJ104",),
        summary="bakery queue by the ferry",
    ),
    claims=(
        Allegation(
            "A shell fell beside the queue of the bakery at the ferry of Lower Sarn on the morning of 30 January. "
            "One person was killed, and about ten were injured, a local journalist among them. The bakery had "
            "opened for the first time in a week. The command later wrote that it had aimed at the landing stage.",
            "en",
        ),
    ),
    sources=(
        Document("Lower Sarn Clinic", "Admissions of 30 January", "https://sarn-clinic.example/adm/0130", "ar",
                 "supports_harm", "ngo_report", "2026-01-30", platform="web", code="A1", archived="content"),
        Document("Ferry Gazette", "The queue", "https://ferry-gazette.example/130", "ar", "supports_harm",
                 "news_article", "2026-01-31", "Its own reporter was hurt.", platform="web", code="B2",
                 archived="content"),
        Document("Northern Joint Command", "Bulletin of activity", "https://njc.example/bulletin/49", "en",
                 "supports_attribution", "official_statement", "2026-01-31", "Declares fire on the landing stage.",
                 platform="web", affiliated="Northern Joint Command", code="C2", archived="content"),
        Document("Valley Radio", "From the ferry", "https://valley-radio.example/n/477", "ar", "supports_harm",
                 "news_article", "2026-01-30", "Carries the gazette.", origin=2, platform="broadcast", code="B3"),
    ),
    by="amal",
)  # fmt: skip
PANEL_VOTES = {
    "mara": ballot("fair", (1, 1), (7, 11),
        "Clinic and gazette stand on their own, and the command declares the fire. Eleven is the gazette's count.",
        (1, 2, 3)),
    "yusra": ballot("fair", (1, 1), (7, 11),
        "سجل المستوصف يكفي للأرقام، والبيان نفسه يقرّ بالقصف على الرصيف القريب.", (1, 2, 3)),
    "tova": ballot("fair", (1, 1), (7, 7),
        "Seven were received by the clinic. The others went home. The strike is declared.", (1, 3)),
    "sunniva": ballot("fair", (1, 1), (7, 11),
        "Two accounts of the queue and the party's own bulletin. Nothing speaks against it.", (1, 2, 3)),
}  # fmt: skip
