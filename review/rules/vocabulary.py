"""The words of the record, each list in one place: key -> label, the keys for ever, the labels for translation.

Values as counted in the published data (DOMAIN section 4). A list whose order means something says so. What an
import found under another word is kept as it stands: a vocabulary offers words, it does not take any away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from review.rules.words import N_

Vocabulary = Mapping[str, str]

# --- when ---------------------------------------------------------------------------------------------------

DATE_TYPES = {"date": N_("one day"), "date_range": N_("a range of days"), "unknown": N_("not known")}
TIME_TYPES = {
    "exact": N_("exact"),
    "approximate": N_("approximate"),
    "window": N_("between two times"),
    "time_of_day": N_("a time of day"),
    "first_reported": N_("first reported at"),
    "unknown": N_("not known"),
}
TIMES_OF_DAY = {
    "around_dawn": N_("around dawn"),
    "morning": N_("morning"),
    "around_midday": N_("around midday"),
    "afternoon": N_("afternoon"),
    "during_the_day": N_("during the day"),
    "around_dusk": N_("around dusk"),
    "evening": N_("evening"),
    "during_the_night": N_("during the night"),
    "around_midnight": N_("around midnight"),
    "after_midnight": N_("after midnight"),
}

# --- where --------------------------------------------------------------------------------------------------

# A ladder, the closest first.
ACCURACIES = {
    "within_1m": N_("within 1 metre"),
    "exact": N_("exact location"),
    "within_100m": N_("within 100 metres"),
    "nearby_landmark": N_("a landmark near by"),
    "street": N_("the street"),
    "neighbourhood": N_("the neighbourhood"),
    "village": N_("the village"),
    "town": N_("the town"),
    "city": N_("the city"),
    "subdistrict": N_("the subdistrict"),
    "district": N_("the district"),
    "province": N_("the province"),
}
# Decimal places kept of a coordinate at each accuracy: about 1 m, 11 m, 110 m, 1 km and 11 km of latitude.
POINT_DECIMALS = {
    "within_1m": 5, "exact": 4, "within_100m": 3, "nearby_landmark": 3, "street": 3, "neighbourhood": 2,
    "village": 2, "town": 2, "city": 1, "subdistrict": 1, "district": 1, "province": 0,
}  # fmt: skip

# --- who and how --------------------------------------------------------------------------------------------

STRIKE_STATUSES = {
    "declared": N_("Declared"),
    "likely": N_("Likely"),
    "contested": N_("Contested"),
    "single_source": N_("Single source claim"),
}
PARTY_ROLES = {"suspected": N_("suspected"), "known": N_("known"), "targeted": N_("said to be the target")}
POSITIONS = {
    "not_assessed": N_("not yet assessed"),
    "open": N_("open"),
    "credible": N_("credible"),
    "non_credible": N_("non-credible"),
    "duplicate": N_("duplicate"),
}
STRIKE_TYPES = {
    "airstrike": N_("airstrike"),
    "airstrike_artillery": N_("airstrike or artillery"),
    "artillery": N_("artillery"),
    "drone_strike": N_("drone strike"),
    "naval_bombardment": N_("naval bombardment"),
    "ground_operation": N_("ground operation"),
    "counter_terrorism": N_("counter-terrorism action on the ground"),
    "unknown": N_("not known"),
}
CAUSES = {
    "explosive": N_("heavy weapons and explosive munitions"),
    "small_arms": N_("small arms and light weapons"),
    "planted": N_("planted explosives and unexploded ordnance"),
    "incendiary": N_("incendiary"),
    "cbrn": N_("chemical, biological, radiological, nuclear"),
    "electromagnetic": N_("electromagnetic"),
    "run_over": N_("run over"),
    "accident": N_("accidents related to the conflict"),
    "denial": N_("denial of objects needed to survive"),
    "other": N_("other means"),
    "unknown": N_("not known"),
}
INFRASTRUCTURE = {
    "residential": N_("residential"),
    "apartment_building": N_("apartment building"),
    "camp": N_("camp for refugees or displaced people"),
    "education": N_("education"),
    "healthcare": N_("healthcare"),
    "religious": N_("religious"),
    "commerce": N_("commerce"),
    "agriculture": N_("agriculture"),
    "livestock": N_("livestock"),
    "water": N_("water"),
    "resources": N_("resources and energy"),
    "vehicle": N_("vehicle"),
}
DAMAGES = {"partial": N_("partly destroyed"), "complete": N_("completely destroyed")}
OBSERVATIONS = {
    "double_tap": N_("double tap"),
    "no_warning": N_("no warning"),
    "cluster_munitions": N_("cluster munitions"),
    "munition_images": N_("images of munitions"),
    "interception": N_("interception"),
    "fire": N_("evidence of fire"),
    "debris": N_("debris"),
    "outdoors": N_("outdoors"),
    "in_vehicle": N_("in a vehicle"),
    "rubble": N_("pulled from rubble"),
    "displaced": N_("newly displaced people harmed"),
    "entire_family": N_("entire family killed"),
    "arrests": N_("arrests"),
}

# --- whom ---------------------------------------------------------------------------------------------------

# The total and its parts, and the fighters beside it.
MAIN_CATEGORIES = {
    "civilians": N_("civilians"),
    "children": N_("children"),
    "women": N_("women"),
    "men": N_("men"),
    "belligerents": N_("belligerents"),
}
OTHER_CATEGORIES = {
    "direct_participants": N_("people taking a direct part in hostilities"),
    "health_workers": N_("health workers"),
    "armed_forces": N_("members of armed forces"),
    "journalists": N_("journalists"),
    "other_protected": N_("other protected people"),
    "medical_religious": N_("medical or religious staff of an armed group"),
    "hors_de_combat": N_("people hors de combat"),
    "civilian_in_military_role": N_("civilians in a military role"),
    "human_rights_defenders": N_("human-rights defenders"),
    "trade_unionists": N_("trade unionists"),
    "undetermined": N_("people of undetermined standing"),
}
CATEGORIES = MAIN_CATEGORIES | OTHER_CATEGORIES

# --- sources ------------------------------------------------------------------------------------------------

SOURCE_ROLES = {
    "supports_harm": N_("supports the harm"),
    "supports_attribution": N_("supports the attribution"),
    "disputes": N_("disputes"),
    "context": N_("context"),
    "official": N_("statement by a party"),
}
NOTE = "note"  # the desk's own words: never evidence
SOURCE_KINDS = {
    "social_post": N_("post on a social network"),
    "news_article": N_("news article"),
    "ngo_report": N_("report of an organisation"),
    "local_monitor": N_("local monitor"),
    "official_statement": N_("statement of a government or an armed force"),
    "party_media": N_("media of a party to the conflict"),
    "video": N_("video"),
    "photograph": N_("photograph"),
    "satellite": N_("satellite or geospatial image"),
    "declassified": N_("declassified document"),
    "family_page": N_("page of a family or in memory of the dead"),
    "testimony": N_("testimony"),
    "document": N_("document"),
    "blog_post": N_("blog post"),
    "web_page": N_("other web page"),
    NOTE: N_("note of the desk"),
}
PLATFORMS = {
    "web": N_("web site"),
    "twitter": N_("Twitter / X"),
    "facebook": N_("Facebook"),
    "telegram": N_("Telegram"),
    "instagram": N_("Instagram"),
    "tiktok": N_("TikTok"),
    "video": N_("video site"),
    "broadcast": N_("radio or television"),
    "print": N_("print"),
    "other": N_("another platform"),
}
LANGUAGES = {
    "ar": N_("Arabic"),
    "de": N_("German"),
    "en": N_("English"),
    "es": N_("Spanish"),
    "fa": N_("Persian"),
    "fr": N_("French"),
    "he": N_("Hebrew"),
    "it": N_("Italian"),
    "ku": N_("Kurdish"),
    "pt": N_("Portuguese"),
    "ru": N_("Russian"),
    "so": N_("Somali"),
    "tr": N_("Turkish"),
    "uk": N_("Ukrainian"),
}
# The analysts' 6 × 6 code: how reliable whoever says it is, and how credible what they say.
RELIABILITY = {
    "A": N_("completely reliable"),
    "B": N_("usually reliable"),
    "C": N_("fairly reliable"),
    "D": N_("not usually reliable"),
    "E": N_("unreliable"),
    "F": N_("reliability cannot be judged"),
}
CREDIBILITY = {
    "1": N_("confirmed by other sources"),
    "2": N_("probably true"),
    "3": N_("possibly true"),
    "4": N_("doubtful"),
    "5": N_("improbable"),
    "6": N_("truth cannot be judged"),
}
# An archive's address is not yet preservation: what somebody found who looked there.
CAPTURE_STATES = {
    "content": N_("has content"),
    "empty": N_("empty"),
    "blocked": N_("blocked"),
    "unchecked": N_("not checked"),
}

# --- reading words as they came -----------------------------------------------------------------------------

# Other words for the same, as the published data writes them.
SYNONYMS = {
    "airstrike_and_or_artillery": "airstrike_artillery",
    "counter_terrorism_action_ground": "counter_terrorism",
    "exact_location": "exact",
    "exact_location_other": "exact",
    "exact_location_coalition": "exact",
    "neighbourhood_area": "neighbourhood",
    "province_governorate": "province",
    "idp_or_refugee_camp": "camp",
    "planted_explosives_and_uxo": "planted",
    "accidents_related_to_conflict": "accident",
    "chemical_biological_radiological_nuclear": "cbrn",
    "x": "twitter",
    "contested_strike": "contested",
    "likely_strike": "likely",
    "declared_strike": "declared",
}


def key_of(word: str, vocabulary: Vocabulary) -> str | None:
    """The key that a word as it came stands for: the key itself, its English label or a synonym; None if none."""
    plain = _plain(word)
    labels = {_plain(label): key for key, label in vocabulary.items()}
    named = plain if plain in vocabulary else labels.get(plain) or SYNONYMS.get(plain)
    return named if named in vocabulary else None


def keys_of(words: Iterable[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Each word by its key, once; a word that the vocabulary does not hold stays as it came."""
    return tuple(dict.fromkeys(key_of(word, vocabulary) or word.strip() for word in words if word.strip()))


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", word.casefold()).strip("_")
