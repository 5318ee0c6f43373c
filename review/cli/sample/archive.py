"""Incidents that another desk graded and published before this one began: a file as `flask import` takes it."""

from __future__ import annotations

THEATRE = "Velmar"
ROWS = (
    {
        "code": "KA201", "date_type": "date", "date": "2025-08-03", "time": "04:40:00", "place_en": "Ras Tamin",
        "place_ar": "رأس تامين", "district": "Eluan plain", "latitude": "33.2871", "longitude": "41.7712",
        "location_accuracy": "village", "belligerents": "Karsian Air Force", "strike_type": "Airstrike",
        "strike_status": "Likely strike", "civilian_harm_reported": "Yes", "grade": "Fair",
        "infrastructure": "Residential",
        "civilians_killed_min": "2", "civilians_killed_max": "3", "civilians_injured_min": "4",
        "modified": "2025-11-20",
        "url": "https://old-ledger.example/ka201", "previous_codes": "K17",
    },
    {
        "code": "KA207", "date_type": "date_range", "date": "2025-09-11", "date_end": "2025-09-13", "time": "evening",
        "place_en": "Hosn Amiran", "place_ar": "حصن عميران", "district": "Mezin valley", "latitude": "33.4402",
        "longitude": "4120", "location_accuracy": "town", "belligerents": "Northern Joint Command, Tarn Brigades",
        "strike_type": "Artillery", "strike_status": "Contested strike", "civilian_harm_reported": "Yes",
        "grade": "Contested", "civilians_killed_min": "1", "civilians_killed_max": "6", "children_killed_min": "3",
        "children_killed_max": "1", "modified": "2025-12-02", "url": "https://old-ledger.example/ka207",
    },
    {
        "code": "KA214", "date_type": "date", "date": "2025-10-29", "place_en": "Wadi Sirel", "place_ar": "وادي سيريل",
        "district": "Lower Sarn", "latitude": "33.0164", "longitude": "41.4630", "location_accuracy": "nearby_landmark",
        "belligerents": "Northern Joint Command", "strike_type": "Drone Strike", "strike_status": "Single source claim",
        "civilian_harm_reported": "Yes", "grade": "Poor", "civilians_injured_min": "1", "civilians_injured_max": "2",
        "modified": "2025-12-09", "url": "https://old-ledger.example/ka214",
    },
    {
        "code": "KA219", "date_type": "date", "date": "2025-11-17", "place_en": "Deir Salun", "place_ar": "دير سالون",
        "district": "Mezin valley", "belligerents": "Tarn Brigades", "strike_status": "Likely strike",
        "civilian_harm_reported": "Yes", "grade": "Disproved, Weak", "civilians_killed_min": "0",
        "civilians_killed_max": "1",
        "modified": "2025-12-15", "url": "https://old-ledger.example/ka219",
    },
)  # fmt: skip
