"""The triggers as the migrations set them: name, and a digest of table, moment, state and words; and what the indexes
of words are made of.

A test compares all of it with a database just migrated and prints it anew where a migration changed one.
"""

from __future__ import annotations

from collections.abc import Mapping

SQLITE: Mapping[str, str] = {
    "approval_refuses_delete": "a2271b88e3e0c618",
    "approval_refuses_replace": "4deef7a3d94e36dc",
    "approval_refuses_update": "fe2b1c1d28e1f8c2",
    "checkpoint_refuses_delete": "fffc79dce1462100",
    "checkpoint_refuses_replace": "694255fd302eba7d",
    "checkpoint_refuses_update": "5ead2ccf607bde47",
    "codebook_version_refuses_delete": "8ae11c666810079e",
    "codebook_version_refuses_replace": "d616d6b27abd8d54",
    "codebook_version_refuses_update": "7557a354b19c58d8",
    "cosignature_refuses_delete": "9f061385c9a7f82a",
    "cosignature_refuses_replace": "2035e157f776c43a",
    "cosignature_refuses_update": "af71a8907109ee7c",
    "determination_refuses_delete": "ca66d83874c0b20e",
    "determination_refuses_replace": "d66d3ea39d485b5f",
    "determination_refuses_update": "522936eeb4c8fb1a",
    "disclosure_refuses_delete": "181697ced1a4cf8b",
    "disclosure_refuses_replace": "03d1757659a39976",
    "disclosure_refuses_update": "7f7d8240e3f26ec3",
    "event_refuses_delete": "7d72e281774cabdd",
    "event_refuses_order": "131706c3818d3eef",
    "event_refuses_replace": "a1b73dc88d1a1395",
    "event_refuses_update": "c2134b599a44e439",
    "incident_words_begin": "bf72577ec3e8bef1",
    "incident_words_change": "4727d3070a11b46f",
    "incident_words_end": "b8192e39cf8012ef",
    "log_head_refuses_delete": "c6c07be0536e8c9c",
    "log_head_refuses_replace": "52ddcba7088dd0fd",
    "log_head_refuses_update": "1a25e15e49782650",
    "policy_refuses_delete": "00284ed6babed342",
    "policy_refuses_replace": "4abc211422b01cd0",
    "policy_refuses_update": "d0a78c3c5f309660",
    "public_words_begin": "93e712d0fbbd2bea",
    "public_words_change": "7c6baa6b6256d1ff",
    "public_words_end": "b4a2b6a501c7b8fb",
    "round_closing_refuses_delete": "9335c2a440780427",
    "round_closing_refuses_replace": "8eb008ed3acd1fa8",
    "round_closing_refuses_update": "2cff0e05febf4d03",
    "round_refuses_delete": "8e529ca6fd2ee5dd",
    "round_refuses_replace": "2be689fbffd3321c",
    "round_refuses_update": "7e5d076efb81c822",
    "settlement_closing_refuses_delete": "9c2b68de05114fd5",
    "settlement_closing_refuses_replace": "a1d7eb989b10fd0f",
    "settlement_closing_refuses_update": "5f8acc773e30190c",
    "settlement_refuses_delete": "a4f2408d3ad6f17c",
    "settlement_refuses_replace": "e6f47a8dd1257e3b",
    "settlement_refuses_update": "207248e4a88cf9d3",
    "timestamp_reply_refuses_delete": "a522fac4f3d3826b",
    "timestamp_reply_refuses_replace": "3405775bcdd4fd00",
    "timestamp_reply_refuses_update": "9e7ccc6d86d17625",
    "vote_refuses_delete": "45c63f16ec715530",
    "vote_refuses_replace": "22bffec4e49abba4",
    "vote_refuses_update": "b9ff87d20b477afe",
}

POSTGRESQL: Mapping[str, str] = {
    "approval_refuses_change": "f0ec5018bd1aa71d",
    "approval_refuses_truncate": "94811ef7f87e7ae3",
    "checkpoint_refuses_change": "10aeba4fbafdc275",
    "checkpoint_refuses_truncate": "688db6cbfbad316c",
    "codebook_version_refuses_change": "b1cb9cf853b29e72",
    "codebook_version_refuses_truncate": "8198792a79da7a79",
    "cosignature_refuses_change": "3e459a3a95ed852b",
    "cosignature_refuses_truncate": "2f91d262ad5011ca",
    "determination_refuses_change": "d032cfa57db2284a",
    "determination_refuses_truncate": "82a8c4b9147d2400",
    "disclosure_refuses_delete": "2a8f082be14dd855",
    "disclosure_refuses_truncate": "116f7cd531538b14",
    "disclosure_refuses_update": "374dbb2f6ba49d15",
    "event_refuses_change": "f71ce6d4b8580ac4",
    "event_refuses_order": "8e29e1d159199497",
    "event_refuses_truncate": "55fc316d15792ca7",
    "log_head_refuses_change": "178c73da044d7b14",
    "log_head_refuses_truncate": "551a2fb950fbede8",
    "policy_refuses_change": "4d2231f48fc336c2",
    "policy_refuses_truncate": "b57f53691277f082",
    "round_closing_refuses_change": "9fe29800876d1146",
    "round_closing_refuses_truncate": "cc679b1ce099a94e",
    "round_refuses_change": "78302c1cc771c2ac",
    "round_refuses_truncate": "2e89868baa6a9035",
    "settlement_closing_refuses_change": "af6b3e4f18e05cae",
    "settlement_closing_refuses_truncate": "3fb93b4db07f0d5b",
    "settlement_refuses_change": "ed64c6d4804f60d9",
    "settlement_refuses_truncate": "fcd8432b4e6c41f5",
    "timestamp_reply_refuses_change": "2759aab4539c2645",
    "timestamp_reply_refuses_truncate": "2cc834bf4379755e",
    "vote_refuses_change": "01650a744d03df73",
    "vote_refuses_truncate": "787cc599d331bc77",
}

# The desk's first, then what the public is shown.
_PIECES = "content='incident', content_rowid='id', tokenize='trigram case_sensitive 1', detail=none, columnsize=0"
WORDS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "incident_words": f"CREATE VIRTUAL TABLE incident_words USING fts5(search_text, {_PIECES})",
        "public_words": f"CREATE VIRTUAL TABLE public_words USING fts5(public_text, {_PIECES})",
    },
    "postgresql": {
        "ix_incident_words": "gin search_text gin_trgm_ops",
        "ix_public_words": "gin public_text gin_trgm_ops",
    },
}
