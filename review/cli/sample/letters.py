"""What the public sent to the sample's desk, or told it: two accounts, two corrections, and a call about one."""

from __future__ import annotations

ACCOUNTS = (
    {
        "text": "I live across from the pumping station of Lower Sarn. On 9 April something came down in its yard "
        "before it was light. The night watchman was brought out on a door. I did not see him again.",
        "language": "en",
        "when": "9 April 2026, before sunrise",
        "where": "Lower Sarn, pumping station by the canal",
        "contact": "Through the teacher of the canal school",
    },
    {
        "text": "سقطت قذيفة على سور المدرسة القديمة في تل حسير عصر الخميس ولم يكن فيها أحد. أصيبت امرأة كانت تمر "
        "بشظية في يدها.",
        "language": "ar",
        "when": "عصر الخميس",
        "where": "تل حسير، المدرسة القديمة",
        "links": "https://hasir-street.example/p/31",
    },
)
CORRECTION = {
    "text": "The page says that the grain store belonged to the municipality. It belonged to the farmers.",
    "right": "A store of the farmers' cooperative.",
    "source": "My father kept its books.",
    "contact": "A son of the bookkeeper",
}
OF_AN_IMPORT = {
    "text": "The older ledger gives two or three dead at Ras Tamin. There were four: the guest of the house was not "
    "counted.",
    "right": "Four killed.",
    "source": "We buried them. A list hangs in the prayer house.",
}
CALL = {
    "way": "telephone",
    "text": "The caller says that the store of Marj Eluan was the farmers' own and never belonged to the town.",
    "right": "The farmers' cooperative as owner.",
    "source": "He had a share in it.",
    "contact": "A farmer; calls again on Sunday",
}
