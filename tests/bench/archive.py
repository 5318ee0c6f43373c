"""A seeded archive of invented incidents, as a file that the product imports: what makes a desk large."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 412
FIRST_DAY = date(2021, 1, 1)
DAYS = 3_000
GRADES = ("Fair", "Fair", "Contested", "Contested", "Weak", "Confirmed", "Discounted", "")
PARTIES = ("Karsian Air Force", "Velmar Guard", "Karsian Air Force, Velmar Guard", "Unknown")
PLACES = ("Marj Eluan", "Tal Sirin", "Kafr Adun", "Wadi Nahr", "Bir Hasel", "Deir Amun")
COLUMNS = (
    "code", "url", "date_type", "date", "place_en", "place_ar", "latitude", "longitude", "location_accuracy",
    "belligerents", "strike_status", "grade", "civilians_killed_min", "civilians_killed_max",
)  # fmt: skip


def write(path: Path, rows: int) -> Path:
    """So many rows, the same ones every time."""
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(_row(chance, number) for number in range(rows))
    return path


def _row(chance: random.Random, number: int) -> tuple[object, ...]:
    place, least = chance.choice(PLACES), chance.randrange(0, 12)
    return (
        f"AR{number}",
        f"https://archive.example/incidents/{number}",
        "date",
        (FIRST_DAY + timedelta(days=chance.randrange(DAYS))).isoformat(),
        f"{place} {number % 97}",
        "مرج علوان",
        f"{33 + chance.random():.4f}",
        f"{41 + chance.random():.4f}",
        "village",
        chance.choice(PARTIES),
        chance.choice(("Likely", "Contested", "")),
        chance.choice(GRADES),
        least,
        least + chance.randrange(0, 9),
    )
