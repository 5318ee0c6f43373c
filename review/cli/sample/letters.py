"""What the public sent to the sample's desk: two accounts that nobody has looked through, and one correction."""

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
