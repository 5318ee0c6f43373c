"""The Eluan plain: what is said of the Karsian Air Force, graded, waiting and open."""

from __future__ import annotations

from review.cli.sample.cases import KARSIAN_AIR_FORCE as KARSIAN_PARTY
from review.cli.sample.cases import Allegation, Case, Document, ballot, casualties, place
from review.cli.sample.people import KARSIAN
from review.rules.facts import Facts

# --- agreed and published; a grain store at dusk -----------------------------------------------------------------

AGREED = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-03-14",
        time="around_dusk",
        time_type="time_of_day",
        places=(
            place("Marj Eluan", "مرج إلوان", "Eluan plain", (33.12, 41.87), "neighbourhood"),
            place("The eastern grain store", "مخزن الحبوب الشرقي", "Eluan plain", (33.124, 41.883), "nearby_landmark"),
        ),
        parties=(KARSIAN_PARTY,),
        strike_types=("airstrike",),
        causes=("explosive",),
        strike_status="likely",
        infrastructure=("agriculture", "residential"),
        damage=(("agriculture", "complete"), ("residential", "partial")),
        observations=("fire", "rubble"),
        ranges=(("children", casualties((1, 1))), ("civilians", casualties((3, 5), (6, 8))), ("women",
            casualties((1, 2)))),
        codes=("KV412",),
        earlier_codes=("KM-88",),
        summary="grain store and two houses",
    ),
    claims=(
        Allegation(
            "قال سكان في مرج إلوان إن قصفاً أصاب مخزن الحبوب عند الأطراف الشرقية للبلدة قبيل الغروب، وأدّى إلى مقتل "
            "ثلاثة أشخاص على الأقل وإصابة آخرين. وذكر شاهدان أن طائرة سُمعت فوق السهل قبل دقائق من الانفجار، وأن النار "
            "امتدت إلى بيتين مجاورين. ونُقل المصابون إلى العيادة بسيارات خاصة لأن الإسعاف تأخر.",
            "ar",
            "Residents of Marj Eluan said a strike hit the grain store on the eastern edge of the town shortly before "
            "sunset, killing at least three people and injuring others. Two witnesses said that an aircraft was "
            "heard over the plain minutes before the explosion and that the fire spread to two houses near by. The "
            "injured were taken to the clinic in private cars because the ambulance was late.",
            "https://eluan-monitor.example/2026/03/14/1",
        ),
        Allegation(
            "Grain store at Marj Eluan hit at dusk, at least five dead according to a clinic. The store held the "
            "harvest of the cooperative; nobody there knew of anything military near by. The two families next door "
            "had moved in only in January.",
            "en",
        ),
    ),
    sources=(
        Document("Eluan Monitor", "الأطراف الشرقية لمرج إلوان", "https://eluan-monitor.example/2026/03/14/1", "ar",
                 "supports_harm", "local_monitor", "2026-03-14", "Names the clinic; wording of its own.",
                 platform="web", code="B2", why="Correct in eleven of twelve earlier incidents that we could check.",
                 archived="content", coherence="Hour and place agree with the flight log.",
                 copy="مرج إلوان: قصف عند الغروب يصيب مخزن الحبوب. العيادة تستقبل ثماني إصابات."),
        Document("Marj News Network", "Strike on the grain store", "https://marj-news.example/a/8812", "ar",
                 "supports_harm", published="2026-03-14", note="Repeats S1 nearly word for word.", origin=1,
                 platform="telegram", code="C3", archived="content"),
        Document("Plain Talk", "Again from the grain store", "https://plain-talk.example/p/5", "ar", "supports_harm",
                 published="2026-03-15", note="A picture of the post of S2.", origin=1, platform="facebook",
                 code="F6", archived="empty"),
        Document("Velmar Civic Aid", "Night log of the rescue team", "https://civic-aid.example/log/0314", "ar",
                 "supports_harm", "ngo_report", "2026-03-15", "Counted by the team itself, at the place.",
                 "الحصيلة حتى الآن ٣ وفيات و٦ إصابات، بينهم طفل واحد.", platform="web", code="A2", archived="content",
                 coherence="The count grew by one in the clinic's list of the next morning."),
        Document("Eluan Clinic", "Admissions of 14 March", None, "ar", "supports_harm", "document", "2026-03-15",
                 "Names left out by the clinic.", "دخل المستوصف مساء ١٤ آذار: ثمانية جرحى، ووصل خمسة متوفين.",
                 code="A1", publishable=False),
        Document("Sky watch ledger", "Aircraft over the plain, 14 March", "https://skywatch.example/14-03", "en",
                 "supports_attribution", "web_page", "2026-03-14",
                 "Two take-offs from Karsian fields within the hour.", platform="web", code="B2", archived="content"),
        Document("Karsian Ministry of Defence", "Daily bulletin", "https://mod-karsia.example/b/714", "en",
                 "official", "official_statement", "2026-03-16",
                 "Speaks of fighters near a depot; names no civilians.", platform="web",
                 affiliated="Karsian Air Force", code="D4", archived="content"),
        Document("Field view", "Satellite picture of the eastern edge", "https://fieldview.example/tile/33-41/0316",
                 "en", "context", "satellite", "2026-03-16", "One roof gone, two damaged.", platform="web", code="B1",
                 archived="blocked"),
    ),
)  # fmt: skip
AGREED_VOTES = {
    "mara": ballot("fair", (3, 5), (6, 8),
        "S1 and S4 do not copy one another, and S6 puts an aircraft over the plain at that hour. S2 and S3 repeat "
        "S1 and add nothing of their own. The satellite picture fits both accounts.", (1, 4, 6, 8)),
    "yusra": ballot("fair", (3, 5), (6, 8),
        "Two accounts of their own and a flight log. The bulletin in S7 speaks of a depot, which nobody else has "
        "seen; it does not speak of the store. I take the clinic's five as the most and the rescuers' three as the "
        "fewest.", (1, 4, 5, 6)),
    "ben": ballot("fair", (3, 5), (6, 6),
        "The rescue team counted at the place; the monitor named the clinic, and the clinic's own list agrees. "
        "Likely action near by is shown by S6. I would want a statement of the party before I went higher.",
        (1, 4, 6)),
}  # fmt: skip

# --- agreed, waiting for a lead; one account of a market street -----------------------------------------------------

AWAITING = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date_range",
        date="2026-03-20",
        date_end="2026-03-21",
        time="during_the_night",
        time_type="time_of_day",
        places=(place("Tell Hasir", "تل حسير", "Eluan plain", (33.2, 41.9), "town"),),
        parties=(KARSIAN_PARTY,),
        strike_types=("airstrike",),
        strike_status="single_source",
        infrastructure=("commerce",),
        ranges=(("civilians", casualties((0, 2), (1, 1))),),
        codes=("KV415",),
        summary="market street at night",
    ),
    claims=(
        Allegation(
            "One person reported killed in the night on the market street of Tell Hasir. The shutters of six shops "
            "were blown in. It was raining and nobody was outside, which is why the number is small. The page that "
            "wrote this is run by a teacher of the town.", "en",
        ),
        Allegation(
            "أنباء عن قتيلين في شارع السوق بتل حسير ليلة أمس، ولم يتسنَّ التأكد من هويتهما. يقول صاحب الصفحة إنه "
            "سمع ذلك من حارس الليل وحده.", "ar",
            "Reports of two killed in the market street of Tell Hasir last night; who they were could not be "
            "confirmed. The owner of the page says that he has it from the night watchman alone.",
        ),
    ),
    sources=(
        Document("Tell Hasir Today", "ليلتان في شارع السوق", "https://tellhasir.example/today/21", "ar",
                 "supports_harm", published="2026-03-21", note="Has it from the night watchman.", platform="facebook",
                 code="C3", archived="content", coherence="Says one dead in the text and two in the title."),
        Document("Plain Talk", "Tell Hasir, two nights", "https://plain-talk.example/p/9", "ar", "supports_harm",
                 published="2026-03-21", note="Quotes S1.", origin=1, platform="facebook", code="F6",
                 archived="unchecked"),
        Document("Marj News Network", "Shops damaged in Tell Hasir", "https://marj-news.example/a/8901", "ar",
                 "supports_harm", "news_article", "2026-03-22", "Quotes S1 by name.", origin=1, platform="web",
                 code="C3"),
        Document("Tell Hasir Chamber of Trade", "Six shopfronts, a list", "https://hasir-trade.example/l/6", "ar",
                 "context", "document", "2026-03-24", "Says nothing of anybody hurt.", origin=1, code="B3"),
    ),
)  # fmt: skip
AWAITING_VOTES = {
    "mara": ballot("weak", (0, 2), (1, 1),
        "One account, with detail, and nobody else who carries it of their own. The chamber lists the damage and "
        "is silent about people. I hold the fewest at nought because the account contradicts itself.", (1,)),
    "yusra": ballot("weak", (0, 2), (1, 1),
        "All four links go back to the night watchman. The page is careful in other cases, so I do not set it "
        "aside. A name or a grave would change this.", (1, 4)),
    "ben": ballot("weak", (1, 2), (1, 1),
        "I read S1 as one dead for certain and a second as hearsay. It is still a single claim. The claim in "
        "Arabic says itself that it could not be confirmed.", (1,)),
}  # fmt: skip

# --- a round is open: where a newcomer starts ------------------------------------------------------------------------

OPEN = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-04-02",
        time="04:10",
        time_type="approximate",
        places=(place("Beit Arun", "بيت عارون", "Eluan plain", (33.17, 41.93), "neighbourhood"),),
        parties=(KARSIAN_PARTY,),
        strike_types=("airstrike",),
        causes=("explosive",),
        strike_status="likely",
        infrastructure=("residential",),
        damage=(("residential", "complete"),),
        observations=("no_warning", "rubble"),
        ranges=(("civilians", casualties((2, 4))), ("women", casualties((1, 1)))),
        codes=("KV421",),
        summary="two houses by the mill",
    ),
    claims=(
        Allegation(
            "استيقظ سكان بيت عارون على انفجار عند الطاحونة قبل الفجر، وانهار منزلان. يقول الجيران إن أربعة أشخاص "
            "قُتلوا، بينهم امرأة، وإن طائرة سُمعت فوق البلدة قبل ذلك بدقائق. ولم تصل فرق الإنقاذ إلا بعد ساعة لأن "
            "الطريق كان مقطوعاً. وتقول العائلة إنها لم تتلقَّ أي إنذار.",
            "ar",
            "Residents of Beit Arun woke to an explosion by the mill before dawn; two houses collapsed. Neighbours "
            "say four people were killed, a woman among them, and that an aircraft was heard over the town minutes "
            "before. The rescue teams arrived only after an hour because the road was cut. The family says that "
            "there was no warning.",
            "https://beitarun-voices.example/0402",
        ),
        Allegation(
            "Two dead under the rubble by the mill in Beit Arun, the rescue team is still digging. A neighbour "
            "counts four people who slept in the houses that night. Please do not share pictures.", "en",
        ),
    ),
    sources=(
        Document("Beit Arun Voices", "منزلان عند الطاحونة", "https://beitarun-voices.example/0402", "ar",
                 "supports_harm", published="2026-04-02",
                 note="Names the street; photographs of the mill, not of people.", platform="facebook", code="B3",
                 archived="content", coherence="Written within the hour, corrected once.",
                 copy="منزلان عند الطاحونة. نبحث عن أربعة من جيراننا."),
        Document("Marj News Network", "Explosion in Beit Arun", "https://marj-news.example/a/8990", "ar",
                 "supports_harm", "news_article", "2026-04-02",
                 "Carries the account of S1 with two lines of its own.", origin=1, platform="web", code="C3",
                 archived="content"),
        Document("Velmar Civic Aid", "Night log of the rescue team", "https://civic-aid.example/log/0402", "ar",
                 "supports_harm", "ngo_report", "2026-04-02", None,
                 "انتُشلت جثتان حتى الساعة السابعة، وما زال البحث مستمراً عن شخصين.", platform="web", code="A2",
                 archived="content"),
        Document("Family of the second house", "في ذكرى من رحلوا", "https://remembrance.example/beit-arun/2", "ar",
                 "supports_harm", "family_page", "2026-04-05", "Two first names; kept from the public.",
                 publishable=False, platform="facebook", code="B2"),
        Document("Sky watch ledger", "Aircraft over the plain, 2 April", "https://skywatch.example/02-04", "en",
                 "supports_attribution", "web_page", "2026-04-02", "One aircraft, out at 03:51 and back at 04:26.",
                 platform="web", code="B2", archived="content"),
        Document("Velmar Evening", "Who flew over Beit Arun?", "https://velmar-evening.example/0403", "en",
                 "supports_attribution", "news_article", "2026-04-03", "Draws on S5 alone.", origin=5, platform="web",
                 code="C3", archived="blocked"),
        Document("Karsian Ministry of Defence", "Daily bulletin", "https://mod-karsia.example/b/733", "en",
                 "official", "official_statement", "2026-04-03",
                 "Says that a store of munitions was struck; names no civilians.", platform="web",
                 affiliated="Karsian Air Force", code="D4", archived="content"),
    ),
)  # fmt: skip

# --- published, and a source of it withdrawn: being checked again ----------------------------------------------------

CHECKED = Case(
    stream=KARSIAN,
    facts=Facts(
        date_type="date",
        date="2026-01-19",
        time="14:00",
        time_end="15:30",
        time_type="window",
        places=(place("Kafr Dalin", "كفر دالين", "Eluan plain", (33.08, 41.79), "village"),),
        parties=(KARSIAN_PARTY,),
        strike_types=("airstrike_artillery",),
        strike_status="likely",
        infrastructure=("healthcare", "vehicle"),
        damage=(("healthcare", "partial"), ("vehicle", "complete")),
        observations=("debris",),
        ranges=(("civilians", casualties((1, 2), (4, 7))), ("health_workers", casualties((0, 1), (1, 2)))),
        codes=("KV407",),
        summary="dispensary and an ambulance in its yard",
    ),
    claims=(
        Allegation(
            "أُصيب مستوصف كفر دالين بعد ظهر اليوم، وقُتل مريض كان ينتظر في الباحة، وجُرح عدد من العاملين. وكانت "
            "سيارة الإسعاف متوقفة أمام الباب وعليها الشارة. ويقول المدير إن المستوصف معروف للجميع منذ عشرين سنة.",
            "ar",
            "The dispensary of Kafr Dalin was hit this afternoon; a patient who waited in the yard was killed and "
            "several of the staff were injured. The ambulance stood at the door with its emblem. The director says "
            "that everybody has known the dispensary for twenty years.",
            "https://dalin-today.example/0119",
        ),
    ),
    sources=(
        Document("Dalin Today", "المستوصف بعد الظهر", "https://dalin-today.example/0119", "ar", "supports_harm",
                 published="2026-01-19", platform="facebook", code="B3", archived="content"),
        Document("Velmar Health Union", "Statement on Kafr Dalin", "https://health-union.example/s/19", "en",
                 "supports_harm", "ngo_report", "2026-01-20", "Spoke with the director.", platform="web", code="A2",
                 archived="content", coherence="Gives the same hour as S1, from another person."),
        Document("Ridge Eyewitness", "What fell on the yard", "https://ridge-eye.example/p/71", "ar",
                 "supports_attribution", "video", "2026-01-19", "A voice only, no picture of anybody.",
                 platform="video", code="C3", archived="content"),
        Document("Sky watch ledger", "Aircraft over the plain, 19 January", "https://skywatch.example/19-01", "en",
                 "supports_attribution", "web_page", "2026-01-19", platform="web", code="B2", archived="content"),
    ),
    by="amal",
)  # fmt: skip
CHECKED_VOTES = {
    "mara": ballot("fair", (1, 2), (4, 7),
        "The union and the local page speak from different people and agree on the hour. S3 and S4 together make "
        "action of that party near by likely. I do not rest on S3 for the number.", (1, 2, 4)),
    "ben": ballot("fair", (1, 2), (4, 6),
        "Two accounts of their own. The ledger shows two aircraft out within the window. The second death is "
        "reported once, so it is the most and not the fewest.", (1, 2, 3, 4)),
    "tova": ballot("weak", (1, 1), (4, 7),
        "I am not sure that S1 and S2 are two: both may go back to the director. The harm is well told. Until a "
        "second person is heard I would call it one claim.",
        (1, 2), "The sources are two by count; I doubt that they are two by origin."),
}  # fmt: skip
