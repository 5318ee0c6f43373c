"""The Mezin valley: what is said of two parties at once, at each rung of a settlement."""

from __future__ import annotations

from dataclasses import replace

from review.cli.sample.cases import (
    NORTHERN_COMMAND,
    TARN_BRIGADES,
    Allegation,
    Case,
    Document,
    ballot,
    casualties,
    place,
)
from review.cli.sample.people import NORTHERN
from review.rules.facts import Facts

# --- disputed, settled by a settler, published with a dissent --------------------------------------------------------

DISPUTED = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-03-02",
        time="morning",
        time_type="time_of_day",
        places=(place("Dar Mezin", "دار مزين", "Mezin valley", (33.4, 41.2), "village"),),
        parties=(NORTHERN_COMMAND, TARN_BRIGADES),
        strike_types=("airstrike", "artillery"),
        causes=("explosive",),
        strike_status="contested",
        infrastructure=("vehicle", "water"),
        damage=(("vehicle", "complete"), ("water", "partial")),
        observations=("in_vehicle",),
        ranges=(("civilians", casualties((2, 4), (5, 8))), ("men", casualties((2, 3)))),
        codes=("NJ118",),
        summary="water station road",
    ),
    claims=(
        Allegation(
            "استهداف سيارة صيانة على طريق محطة المياه في دار مزين صباح اليوم، وسقوط قتيلين من العمال. وكان الفريق "
            "قد حصل على إذن بالمرور من الطرفين، وكانت السيارة تحمل شارة مصلحة المياه. وانقطعت المياه عن البلدة يومين.",
            "ar",
            "A maintenance vehicle on the water station road at Dar Mezin was hit this morning; two workers were "
            "killed. The crew had leave to pass from both sides, and the vehicle bore the sign of the water board. "
            "The town was without water for two days.",
            "https://mezin-water.example/s/3",
        ),
        Allegation(
            "Mortar rounds came over the ridge at the same hour. I do not know which of them hit the crew. My "
            "brother works at the station and was not on the road that day.", "en",
            reporter="A neighbour of the station",
        ),
    ),
    sources=(
        Document("Mezin Water Board", "بيان عن فريقنا", "https://mezin-water.example/s/3", "ar", "supports_harm",
                 "ngo_report", "2026-03-02", "Names its crew; the names stay inside.", platform="web", code="A2",
                 archived="content", coherence="Times agree with the station's own log."),
        Document("Valley Radio", "Crew killed on the pump road", "https://valley-radio.example/n/551", "ar",
                 "supports_attribution", "news_article", "2026-03-02", "Speaks of an aircraft.", platform="broadcast",
                 code="B3", archived="content"),
        Document("Ridge Eyewitness", "Mortar fire from the ridge", "https://ridge-eye.example/p/90", "ar",
                 "supports_attribution", "video", "2026-03-02", "Puts the fire north of the ridge.", platform="video",
                 code="C3", archived="content"),
        Document("Northern Joint Command", "Bulletin of activity", "https://njc.example/bulletin/61", "en",
                 "official", "official_statement", "2026-03-03",
                 "Declares activity in the Mezin sector that morning.", platform="web",
                 affiliated="Northern Joint Command", code="D3", archived="content"),
        Document("Tarn Brigades media", "ننفي", "https://tarn-media.example/t/14", "ar", "disputes", "party_media",
                 "2026-03-03", "Denies any fire on the road.", platform="telegram", affiliated="Tarn Brigades",
                 code="E5", archived="blocked"),
        Document("Valley Radio", "Two days without water", "https://valley-radio.example/n/553", "ar", "context",
                 "news_article", "2026-03-04", None, origin=2, platform="broadcast", code="B2"),
    ),
)  # fmt: skip
# How it was entered on the first evening, before the bulletin and the board's second word.
FIRST_TOLD = replace(
    DISPUTED.facts,
    places=(place("Dir Mezin", "دير مزين", "Mezin valley", (33.4, 41.2), "village"),),
    parties=(NORTHERN_COMMAND,),
    strike_status="likely",
    ranges=(("civilians", casualties((2, 3), (5, 8))),),
    summary="road by the old pump station",
)
RETOLD = "The water board names the road and writes the town with a long a; a neighbour names a second party."
AGAINST = "Both parties are named, but only one of them declares that it was active there."
DISPUTED_VOTES = {
    "mara": ballot("fair", (2, 4), (5, 8),
        "Accounts that do not copy one another put an aircraft over the road that morning, and S4 declares "
        "activity in the sector. The mortar in S3 is three kilometres away. The board's own count is my fewest.",
        (1, 2, 4), AGAINST),
    "yusra": ballot("fair", (2, 4), (5, 8),
        "The crew were known by name and the board waited a day before it spoke. Valley Radio has somebody at the "
        "place. S5 is the denial of a party and weighs little.", (1, 2, 4), AGAINST),
    "ben": ballot("contested", (2, 3), (5, 8),
        "S3 reports mortar fire from the ridge at the same hour. S4 admits a sector of forty kilometres, which "
        "says little about this road. I cannot choose between the two on this evidence.", (1, 3, 4)),
}  # fmt: skip
SECOND_VOTES = {
    "mara": ballot("fair", (2, 4), (5, 8),
        "I stand by my first vote. The film of S3 shows the far slope of the ridge, and I have now seen the map "
        "beside it.", (1, 2, 4), AGAINST),
    "yusra": ballot("fair", (2, 4), (5, 8),
        "I looked again at S3: the sound comes fourteen seconds after the flash, which is not our road.",
        (1, 2, 3,
        4), AGAINST),
    "ben": ballot("contested", (2, 3), (5, 8),
        "The distance of one film does not say that there was no second mortar. Both parties fired that morning; I "
        "still cannot choose.", (1, 3, 4)),
}  # fmt: skip
ARGUED = {
    "ben": "S3 puts the fire north of the ridge, and S4 admits a sector of forty kilometres. If a wide sector is "
    "enough to call action near by likely, then it is likely everywhere. Nobody has asked the board what fell on the "
           "road.",
    "mara": "S3 is one account, three kilometres from the road, and its maker does not claim more. The board says "
    "that two wheels and the roof were gone, which is not what a mortar leaves.",
}  # fmt: skip
REPLY = (
    "S3 is one account and places the fire north of the ridge, three kilometres from the road. A wide sector alone "
    "would not be enough; beside the aircraft that two people heard over the road it is."
)
SETTLING = (
    "Likely action near by is shown by two accounts of their own; a second party is named once, and elsewhere. I "
    "have weighed the argument that the sector is wide and answered it."
)
DISSENT = (
    "The same evidence names two parties. A sector of forty kilometres is not this road. Where nobody can choose "
    "between them, Contested says so more plainly, and it asks the next reader to look for what would decide it."
)

# --- arguments are open -----------------------------------------------------------------------------------------------

ARGUING = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-03-17",
        time="11:20",
        time_type="approximate",
        places=(place("Deir Salun", "دير سالون", "Mezin valley", (33.37, 41.12), "neighbourhood"),),
        parties=(NORTHERN_COMMAND,),
        strike_types=("artillery",),
        strike_status="likely",
        infrastructure=("education",),
        damage=(("education", "partial"),),
        ranges=(("children", casualties((0, 1), (3, 4))), ("civilians", casualties((0, 2), (4, 6)))),
        codes=("NJ121",),
        summary="school gate in the Raml quarter",
    ),
    claims=(
        Allegation(
            "سقطت قذيفة قرب بوابة المدرسة في حي الرمل بدير سالون في الساعة الحادية عشرة والثلث. كان معظم التلاميذ "
            "في الصفوف. أُصيب أربعة، وحالة أحدهم حرجة. وأُغلقت المدرسة حتى إشعار آخر.",
            "ar",
            "A shell fell near the gate of the school in the Raml quarter of Deir Salun at twenty past eleven. Most "
            "of the pupils were in class. Four were injured, one of them critically. The school is closed until "
            "further notice.",
            "https://salun-school.example/n/17",
        ),
        Allegation(
            "Fighters had used the yard of the school as a place to park since the week before. The caretaker asked "
            "them to leave. Children came all the same because of the examinations.", "en",
        ),
    ),
    sources=(
        Document("Deir Salun School", "بوابة المدرسة", "https://salun-school.example/n/17", "ar", "supports_harm",
                 published="2026-03-17", platform="facebook", code="B2", archived="content"),
        Document("Velmar Civic Aid", "Day log", "https://civic-aid.example/log/0317", "ar", "supports_harm",
                 "ngo_report", "2026-03-17", None, "أربع إصابات بين التلاميذ، نُقل أحدهم إلى المدينة.",
                 platform="web", code="A2"),
        Document("Northern Joint Command", "Bulletin of activity", "https://njc.example/bulletin/67", "en",
                 "disputes", "official_statement", "2026-03-18",
                 "Says that only fighters were hit, at a parking place.", platform="web",
                 affiliated="Northern Joint Command", code="D4", archived="content"),
        Document("Valley Radio", "At the gate", "https://valley-radio.example/n/580", "ar", "supports_harm",
                 "news_article", "2026-03-17", "Carries the school's words.", origin=1, platform="broadcast",
                 code="B3"),
        Document("Mezin Teachers", "A letter on yards and vehicles", "https://mezin-teachers.example/l/2", "ar",
                 "context", "document", "2026-03-20", "Speaks of vehicles in three yards.", code="B3",
                 archived="unchecked"),
    ),
)  # fmt: skip
ARGUING_VOTES = {
    "mara": ballot("fair", (0, 2), (4, 6),
        "The school and the rescuers do not copy one another. The bulletin admits the shell and the place. That "
        "vehicles stood in the yard does not make pupils fighters.", (1, 2, 3)),
    "tova": ballot("fair", (0, 1), (4, 4),
        "Two accounts of their own and a declared strike at the same gate. I count what the rescuers counted and "
        "leave the critical case in the most.", (1, 2, 3)),
    "idris": ballot("discounted", (0, 0), (3, 4),
        "The bulletin and the teachers' letter both speak of vehicles in the yard. I am not told who the injured "
        "were. On what is here I cannot exclude that they were with the vehicles.", (3, 5)),
}  # fmt: skip
ARGUMENTS = {
    "idris": "Nobody here gives the age of anybody who was hurt. S2 says pupils, but it had that from the school "
    "and not from the hospital. If the hospital says so I will change my vote.",
    "tova": "S2 writes that its team carried one of them. A rescue team sees whom it carries; it did not need the "
    "school to tell it that this was a pupil.",
}  # fmt: skip

# --- a second vote is open, with one answer of three ------------------------------------------------------------------

SECOND = Case(
    stream=NORTHERN,
    facts=Facts(
        date_type="date",
        date="2026-02-24",
        time="around_midnight",
        time_type="time_of_day",
        places=(place("Hosn Amiran", "حصن عميران", "Mezin valley", (33.44, 41.16), "town"),),
        parties=(NORTHERN_COMMAND, TARN_BRIGADES),
        strike_types=("artillery",),
        strike_status="contested",
        infrastructure=("apartment_building",),
        damage=(("apartment_building", "partial"),),
        ranges=(("civilians", casualties((1, 3), (2, 2))), ("women", casualties((1, 1)))),
        codes=("NJ123",),
        summary="upper floor by the tannery",
    ),
    claims=(
        Allegation(
            "Around midnight a shell came through the upper floor of the building by the tannery in Hosn Amiran. A "
            "woman was killed and two of her family were injured. The people of the lower floors spent the night in "
            "the cellar. Each side says that the other fired.", "en", url="https://amiran-diary.example/24-02",
        ),
    ),
    sources=(
        Document("Amiran Diary", "The tannery at midnight", "https://amiran-diary.example/24-02", "en",
                 "supports_harm", "blog_post", "2026-02-25", platform="web", code="B3", archived="content"),
        Document("Velmar Civic Aid", "Night log", "https://civic-aid.example/log/0224", "ar", "supports_harm",
                 "ngo_report", "2026-02-25", None, "وفاة امرأة وإصابة اثنين من عائلتها في الطابق العلوي.",
                 platform="web", code="A2"),
        Document("Tarn Brigades media", "من أطلق النار", "https://tarn-media.example/t/9", "ar",
                 "supports_attribution", "party_media", "2026-02-25", "Accuses the other party.", platform="telegram",
                 affiliated="Tarn Brigades", code="E4", archived="content"),
        Document("Northern Joint Command", "Bulletin of activity", "https://njc.example/bulletin/58", "en",
                 "supports_attribution", "official_statement", "2026-02-26", "Accuses the other party.",
                 platform="web", affiliated="Northern Joint Command", code="D4", archived="content"),
    ),
    by="amal",
)  # fmt: skip
SECOND_FIRST_VOTES = {
    "idris": ballot("contested", (1, 3), (2, 2),
        "كل طرف يتهم الآخر، ولا شاهد مستقل على مصدر القذيفة. الضرر ثابت من مصدرين.", (1, 2, 3, 4)),
    "tova": ballot("fair", (1, 1), (2, 2),
        "The diary hears the shot from the north, where only one party stood. The accusations of the parties weigh "
        "nothing for me. Harm and direction are told apart from one another.",
        (1, 2), "Its strike status is Contested; I rest on the direction."),
    "sunniva": ballot("fair", (1, 3), (2, 2),
        "The direction in S1 and the hour in S2 are enough for likely action near by. I would not call two mutual "
        "accusations a contest.",
        (1, 2, 4), "Its strike status is Contested; neither party's word is evidence against the other."),
}  # fmt: skip
SECOND_ARGUED = {
    "idris": "The diary says north, but it was written next morning, and the street runs east. Whoever was there "
    "should say at which wall the shell came in.",
    "sunniva": "S1 names the wall: the one with the water tanks, and on the picture of the town those stand to the "
    "north.",
}  # fmt: skip
FIRST_ANSWER = ballot("contested", (1, 3), (2, 2),
    "أبقى على رأيي: الجدار المذكور لا يكفي لتحديد الطرف، فالموقعان كلاهما شمال البلدة.", (1, 3, 4))  # fmt: skip
