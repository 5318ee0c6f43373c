"""Claims that nobody has placed yet, and those that were set aside."""

from __future__ import annotations

from review.cli.sample.cases import Allegation

# The first three speak of KV412, two of them with one address; the fifth and sixth of one another.
WAITING = (
    Allegation(
        "غارة بمرج إلوان في 14 آذار 2026 أصابت مخزن الحبوب، وخمسة قتلى على الأقل بحسب العيادة. الأهالي يقولون إن "
        "البيتين المجاورين كانا مأهولين، وإن فرق الإنقاذ وصلت بعد نصف ساعة.",
        "ar",
        "A strike at Marj Eluan on 14 March 2026 hit the grain store; at least five dead according to the clinic. "
        "Residents say that the two houses beside it were lived in and that rescuers came half an hour later.",
        "https://eluan-voice.example/p/77",
    ),
    Allegation(
        "Shared again: grain store at Marj Eluan hit at dusk, at least five dead according to the clinic.",
        "en",
        None,
        "https://www.eluan-voice.example/p/77/?utm_source=feed",
    ),
    Allegation(
        "My aunt lived in the second house by the store at Marj Eluan. She is not on any list. It was 14 March "
        "2026, just before sunset. I can give her name to whoever keeps the record, but please do not publish it.",
        "en",
        reporter="A relative abroad, reached by the desk's form",
    ),
    Allegation(
        "حريق في سوق السمك القديم بكفر دالين صباح اليوم، والأسباب غير معروفة ولا أنباء مؤكدة عن ضحايا حتى الآن.",
        "ar",
        "A fire in the old fish market of Kafr Dalin this morning; the cause is not known, and there is no "
        "confirmed word of anybody hurt so far.",
        "https://dalin-today.example/18",
    ),
    Allegation(
        "On 6 April 2026 a drone was heard over Wadi Sirel for an hour. Then one explosion near the bus stop at the "
        "bridge. Two people were taken to the clinic of Lower Sarn. Nobody has told us their names.",
        "en",
        url="https://sirel-notes.example/6-april",
    ),
    Allegation(
        "انفجار قرب موقف الحافلات عند جسر وادي سيريل في 6 نيسان 2026 بعد تحليق طائرة مسيّرة، ونقل جريحان إلى مستوصف "
        "سارن السفلى.",
        "ar",
        "An explosion near the bus stop by the bridge of Wadi Sirel on 6 April 2026 after a drone had circled; two "
        "injured people were taken to the dispensary of Lower Sarn.",
    ),
    Allegation(
        "Beit Arun, 2 April: I was at the mill at four in the morning. There were two explosions and not one, a few "
        "minutes apart. The second came when the neighbours were already in the street. I have told this to nobody "
        "else.",
        "en",
        reporter="A miller, by telephone",
    ),
    Allegation(
        "تل حسير: يقول صاحب محل في شارع السوق إن الجريح الذي نُقل ليلة 21 آذار 2026 توفي في المستشفى بعد ثلاثة أيام.",
        "ar",
        "Tell Hasir: a shopkeeper of the market street says that the injured man who was taken away in the night of "
        "21 March 2026 died in hospital three days later.",
    ),
    Allegation(
        "Livestock shed at Hosn Amiran struck on 30 March 2026. No people. Forty animals. The owner asks that it be "
        "written down somewhere, since it was all the family had.",
        "en",
    ),
    Allegation(
        "Un correspondant local signale un tir d'artillerie près de l'école de Qasr Odin le 25 mars 2026. Trois "
        "enfants auraient été blessés dans la cour; aucun n'est en danger selon l'infirmière.",
        "fr",
        "A local correspondent reports artillery fire near the school of Qasr Odin on 25 March 2026. Three children "
        "are said to have been injured in the yard; none is in danger according to the nurse.",
        "https://lettre-du-velmar.example/2026/03/25",
    ),
    Allegation(
        "نداء من أهالي حي الرمل في دير سالون: نزحت اثنتا عشرة عائلة بعد قصف ليلي، ولا نعرف بعدُ إن كان هناك مصابون.",
        "ar",
        "An appeal from the Raml quarter of Deir Salun: twelve families have left after shelling in the night; we "
        "do not know yet whether anybody was hurt.",
    ),
    Allegation(
        "The number given for the Sarn crossing is too low. I was on the second bus. There were children with us, "
        "and no list that I have seen names them. Please look again at 11 February 2026.",
        "en",
        reporter="A passenger",
    ),
)
REPEATED = Allegation(
    "Marj Eluan: the clinic now says that five were killed at the grain store.", "en", None,
    "https://eluan-voice.example/p/77#top"
)  # fmt: skip
OUT_OF_SCOPE = Allegation("Power was out in three streets of Tell Hasir for an hour. Nobody was hurt.", "en")
TAKEN_BACK = Allegation(
    "My neighbour was injured at Beit Arun. Please call me back before you use this.", "en", reporter="A neighbour"
)  # fmt: skip
