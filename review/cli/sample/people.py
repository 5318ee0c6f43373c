"""Who keeps the sample's desk, what they read, and the streams they work on."""

from __future__ import annotations

# Role, address, name; in this order they join. Whoever comes first sets the desk up.
PEOPLE = (
    ("admin", "admin@assay.invalid", "Tamsin Orrel"),
    ("lead", "lead@assay.invalid", "Ilse Marchetti-Osei"),
    ("lead", "lead2@assay.invalid", "Davit Kolaru"),
    ("reviewer", "mara@assay.invalid", "Mara Teske"),
    ("reviewer", "yusra@assay.invalid", "Yusra Haddan"),
    ("reviewer", "ben@assay.invalid", "Ben Okparo"),
    ("reviewer", "lina@assay.invalid", "Lina Qassar"),
    ("reviewer", "sunniva@assay.invalid", "Sunniva Brandt"),
    ("reviewer", "idris@assay.invalid", "إدريس ماروني"),
    ("reviewer", "tova@assay.invalid", "Tova Lindqvar"),
    ("reviewer", "amal@assay.invalid", "Amal Seryan"),
    ("auditor", "auditor@assay.invalid", "Rafe Linnard"),
)
ENTERER = "lina@assay.invalid"

# What each says they read, by which work is suggested to them.
LANGUAGES = {
    "lead": ("en", "ar", "fr"),
    "lead2": ("en", "ru", "uk"),
    "mara": ("en", "ar"),
    "yusra": ("ar", "en"),
    "ben": ("en",),
    "lina": ("ar", "en", "fr"),
    "sunniva": ("en", "de", "ar"),
    "idris": ("ar", "tr"),
    "tova": ("en", "ru"),
    "amal": ("ar", "en", "ku"),
}

KARSIAN = "karsian-air-force-velmar"
NORTHERN = "northern-joint-command-velmar"
TARN = "tarn-brigades-velmar"
SARN = "sarn-river-guard-velmar"
STREAMS = (
    (KARSIAN, "Karsian Air Force, Velmar"),
    (NORTHERN, "Northern Joint Command, Velmar"),
    (TARN, "Tarn Brigades, Velmar"),
    (SARN, "Sarn River Guard, Velmar"),
)
LOG_ONLY_REASON = (
    "Since 3 March 2026 three people grade for this theatre. Claims against this party are kept, not assessed."
)
PAUSED_REASON = "Our only reader of the river dialect is away. What comes in is kept until they are back."
