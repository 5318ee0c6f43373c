"""The words of the method page for what the code knows by a name: stages, moves, guards, requirements, rungs.

Each table is held against the code that it speaks of by a test, both ways: nothing can be added there and left unsaid
here. What no code can say, a desk writes itself: `OWN`.
"""

from __future__ import annotations

from dataclasses import dataclass

from review.rules.words import N_

STAGES = {
    "logged": N_("It takes claims and sources. Nobody judges it yet."),
    "grading": N_("A round of blind votes is open, or needs to be opened."),
    "settlement": N_("The votes lay too far apart, and the difference is being settled."),
    "approval": N_("A result waits for a lead editor who took no part."),
    "published": N_("A numbered version stands and can be cited."),
    "merged": N_("It turned out to be part of another incident, and leads there."),
    "split": N_("It turned out to be several incidents, and leads to them."),
    "dismissed": N_("It is outside of what is recorded here. The reason is kept."),
    "withdrawn": N_("It was taken back. What was published stays readable, and says so."),
}

MOVES = {
    "incident.opened": N_("An incident is opened."),
    "incident.imported": N_("An incident is imported. Its earlier grade stands as imported, not reviewed here."),
    "incident.split": N_("An incident is split. Each part begins anew."),
    "round.opened": N_("A round of voting is opened."),
    "round.closed": N_("A round is given up. Its votes stay sealed for ever."),
    "settlement.opened": N_("A round closes without agreement."),
    "grade.proposed": N_("A round or a settlement ends with a result."),
    "proposal.voided": N_("The evidence or the votes moved, and the result no longer stands."),
    "grade.returned": N_("A lead editor returns the result with a reason."),
    "grade.published": N_("The approved version is published under its number."),
    "grade.reopened": N_("A published version is reopened. It stands until the next one."),
    "incident.merged": N_("It is merged into another."),
    "incident.dismissed": N_("It is dismissed."),
    "incident.withdrawn": N_("It is withdrawn."),
    "incident.restored": N_("It comes back to where it was."),
}

GUARDS = {
    "enough-reviewers": N_(
        "Enough people vote, none of whom entered the incident: the required number of the round, and never fewer "
        "than three for anything that is published."
    ),
    "blind": N_(
        "Until a round closes nobody, in any role, is shown another person’s grade, range, reasons or sources, or how "
        "many voted which way."
    ),
    "agreement": N_(
        "A result needs agreement: enough votes on one grade, and none too far from it. Otherwise the round is "
        "disputed."
    ),
    "fresh-votes": N_(
        "A vote rests on the evidence that its voter saw. Where it moved since, the lead editor returns the grade, or "
        "says publicly what was not considered and why."
    ),
    "uninvolved": N_(
        "Whoever approves did not enter, vote or settle; whoever settles did not enter or vote; a declared conflict of "
        "interest bars both. Nobody can set this aside."
    ),
    "reasoned": N_("Every decision has a written reason, a yes as well as a no."),
    "override": N_(
        "Another grade than the settled one takes two uninvolved lead editors, a reason, and a range within that of "
        "the votes. It is shown publicly."
    ),
    "dissent-kept": N_("The grades and ranges of the minority are kept and published with the result."),
    "fresh-page": N_("A decision counts only on the state that its page showed. What moved meanwhile is said first."),
    "policy-of-the-round": N_(
        "A round is judged by the numbers and the codebook with which it opened. A later change judges nothing again."
    ),
}

TITLES = {  # of the guards, in short
    "enough-reviewers": N_("Enough votes"),
    "blind": N_("Blind votes"),
    "agreement": N_("Agreement"),
    "fresh-votes": N_("Votes on the present evidence"),
    "uninvolved": N_("Nobody who took part"),
    "reasoned": N_("A written reason"),
    "override": N_("Another grade only by two"),
    "dissent-kept": N_("Dissent kept"),
    "fresh-page": N_("On what the page showed"),
    "policy-of-the-round": N_("The policy of the round"),
}

NEEDS = {
    "not-exited": N_("The incident has not left the record."),
    "exited": N_("The incident has left the record."),
    "restricted": N_("The incident is shown to few."),
    "not-restricted": N_("The incident is not shown to few."),
    "stream-active": N_("Its stream is worked on, not only logged or paused."),
    "round-open": N_("A round is open."),
    "no-open-round": N_("No round is open."),
    "stage": N_("The incident stands at a stage that allows it."),
    "has-evidence": N_("At least one claim or source is there to judge."),
    "has-source": N_("The source is there and was not withdrawn."),
    "not-entered": N_("One did not enter the incident."),
    "no-conflict": N_("One has declared no conflict of interest."),
    "in-conflict": N_("One has declared a conflict of interest."),
    "assigned": N_("One was asked in this round."),
    "unassigned": N_("One neither voted nor was asked, where the change is material."),
    "eligible": N_("Whoever is asked did not enter the incident, has no conflict, and was not asked before."),
    "settler-eligible": N_("The settler neither entered the incident nor voted on it, and has no conflict."),
    "owing": N_("The person owes an answer."),
    "no-live-vote": N_("One has no vote that counts in this round."),
    "own-vote": N_("It is one’s own vote."),
    "live-vote": N_("The vote was revealed and counts."),
    "claim-grouped": N_("The claim belongs to an incident."),
    "not-oneself": N_("It is about somebody else: nobody changes their own role."),
    "another-asked": N_("Somebody else asked for it."),
    "argument-open": N_("The disagreement is being argued, and one voted in it."),
    "settler-wanted": N_("A second vote has not decided."),
    "appointed": N_("One was asked to settle it."),
    "dissent-open": N_("One’s vote differs from the result, and it is not approved yet."),
    "proposed": N_("A result waits for a decision."),
    "dissent-untouched": N_("One had no words of its dissents removed."),
    "published": N_("A version is published."),
    "version-stands": N_("A version of this desk stands that a note can correct."),
    "imported-stands": N_("An imported grade stands, and no version of this desk."),
    "approved": N_("The version was approved for a later day."),
    "result-stands": N_("The result still stands: nothing moved under it."),
    "no-recheck": N_("It is not being checked again already."),
    "in-recheck": N_("It is being checked again."),
    "votes-left": N_("Enough votes are left after exclusions."),
    "override-asked": N_("Another lead editor asked for another grade."),
    "quorum-lost": N_("Exclusions left too few votes."),
}

RUNGS = {
    "arguments": N_(
        "Those who voted argue under letters drawn at random, without names to anybody, for %(hours)s hours."
    ),
    "second_vote": N_("The same people vote once more, sealed like the first time, for %(hours)s hours."),
    "settler": N_(
        "Where that does not decide, a settler who took no part has %(hours)s hours: to choose a grade that some vote "
        "held, or No consensus, and to answer every argument of the minority."
    ),
    "second_settler": N_(
        "A second settler has %(hours)s hours. Then it is No consensus, approved and published like a grade."
    ),
}
HOURS = {"arguments": "arguments", "second_vote": "second_vote", "settler": "settler", "second_settler": "settler"}


@dataclass(frozen=True, slots=True)
class Section:
    """What a desk writes of its own method: the heading, what to answer, and whether the page is incomplete without."""

    key: str
    title: str
    asks: str
    needed: bool = True


OWN = (
    Section(
        "organisation",
        N_("Who keeps this record"),
        N_(
            "Who keeps it, since when, how it is paid for and by whom, how it stays independent of the parties, and "
            "how to reach the desk. No names that should not be public."
        ),
    ),
    Section(
        "scope",
        N_("What is recorded"),
        N_(
            "Which conflicts, places and years; which harm and whose; what is left out and why; how civilians are told "
            "from fighters where it is disputed."
        ),
    ),
    Section(
        "collection",
        N_("How claims and sources are found"),
        N_(
            "Which channels are followed, in which languages, by how many people and how often; how people reach the "
            "desk; what it cannot see."
        ),
    ),
    Section(
        "sources",
        N_("Which sources are used here"),
        N_("Which kinds of source this desk leans on most, and which it does not use."),
        needed=False,
    ),
    Section(
        "evaluation",
        N_("How this desk judges a source"),
        N_("What is looked at before a source is trusted: who is behind it, what it saw, what it wants."),
        needed=False,
    ),
    Section(
        "corroboration",
        N_("How accounts are held against one another here"),
        N_("What is done where accounts differ, where only one side speaks, and where nobody could go."),
        needed=False,
    ),
    Section(
        "quality",
        N_("How this desk looks after its quality"),
        N_("Training, supervision, spot checks, and what is done about mistakes and about the strain of the work."),
        needed=False,
    ),
)  # fmt: skip
# The five areas that a published methodology covers (Every Casualty, Standards for Casualty Recording, "Transparent
# methodology"), and which of the sections above speaks of each beside what the code says.
AREAS = {
    "sources": N_("Source types"),
    "collection": N_("Collection"),
    "evaluation": N_("Evaluation of sources"),
    "corroboration": N_("Corroboration"),
    "quality": N_("Quality control"),
}
