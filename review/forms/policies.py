"""The form of the policy: the numbers that later rounds copy."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from review.forms.accounts import REQUIRED
from review.rules.policy import Policy

TIMES = ("round", "arguments", "second_vote", "settler", "vote", "reminder", "hold")
WHOLE = _l("Use a whole number.")


def _number(label: str, least: int = 0, most: int = 10_000) -> IntegerField:
    return IntegerField(label, [InputRequired(REQUIRED), NumberRange(least, most, WHOLE)])


class PolicyForm(FlaskForm):
    """Numbers in words."""

    required = _number(_l("Votes required"), 1, 50)
    share = _number(_l("How many must share a grade"), 1, 50)
    of = _number(_l("of how many"), 1, 50)
    max_distance = _number(_l("How far the others may be from it"), 0, 10)
    unanimity = BooleanField(_l("All votes must be equal"))
    round = _number(_l("A round"), 1)
    arguments = _number(_l("Arguments"), 1)
    second_vote = _number(_l("A second vote"), 1)
    settler = _number(_l("A settler"), 1)
    vote = _number(_l("A vote, once asked for"), 1)
    reminder = _number(_l("A reminder, before that"))
    hold = _number(_l("Minutes that “next” holds a seat"), 1)
    least = _number(_l("Grace at least"))
    most = _number(_l("Grace at most"))
    reason = TextAreaField(_l("Why"))

    @classmethod
    def showing(cls, policy: Policy) -> PolicyForm:
        """The form filled with a policy, unless it was just sent."""
        grace = policy.times["grace"]
        times = {name: policy.times[name] for name in TIMES}
        return cls(
            required=policy.required, share=policy.share[0], of=policy.share[1],
            max_distance=policy.max_distance, unanimity=policy.unanimity,
            least=grace[0], most=grace[1], **times,
        )  # fmt: skip

    def policy(self, before: Policy) -> Policy:
        """What was typed, as a policy; its other times stay as they are."""
        times = {
            "round": self.round.data,
            "arguments": self.arguments.data,
            "second_vote": self.second_vote.data,
            "settler": self.settler.data,
            "vote": self.vote.data,
            "reminder": self.reminder.data,
            "hold": self.hold.data,
        }
        return Policy(
            id=before.id,
            required=self.required.data or 0,
            share=(self.share.data or 0, self.of.data or 0),
            max_distance=self.max_distance.data or 0,
            unanimity=bool(self.unanimity.data),
            times={**before.times, **times, "grace": [self.least.data, self.most.data]},
        )
