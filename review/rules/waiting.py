"""What waits is read gravest and oldest first: by the fewest reported killed, then by how long the desk has had it."""

from __future__ import annotations

from review.rules.facts import Facts

COMBATANTS = frozenset({"belligerents", "armed_forces", "direct_participants"})
MOST = 1_000_000  # a greater number is a slip of the hand, and orders nothing


def gravity(facts: Facts) -> int:
    """The fewest people reported killed who were no combatants; 0 where nobody knows of any.

    The fewest, not the most: a rumour of many does not overtake what is agreed by all. Groups overlap (children are
    civilians too), so the greatest of them stands for all and they are never added up.
    """
    fewest = (harm.killed.minimum for category, harm in facts.ranges if category not in COMBATANTS)
    return min(max((least for least in fewest if least is not None), default=0), MOST)
