"""The page of help until a desk writes its own: one string a block, so that translators keep its shape."""

from __future__ import annotations

from review.rules.words import N_

HELP = (
    N_("## If you are not well now"),
    N_(
        "Close this page. Nothing is lost: what you typed is kept as a draft, and any seat can be passed on "
        "without a reason. The dead of an incident are not helped by your staying one hour more."
    ),
    N_(
        "Talk to somebody today: a friend, a colleague of this desk, a doctor, a crisis line where you live. This"
        " desk has not written down yet whom to call. Ask a lead editor."
    ),
    N_("## What this work does"),
    N_(
        "Whoever reads, hears and looks at the suffering of others for long carries some of it home. It is called"
        " vicarious trauma. It is an ordinary answer to what is not ordinary, no weakness, and it comes to "
        "experienced people too."
    ),
    N_("Signs that it is time to stop for a while:"),
    N_("- pictures or sentences that come back unasked, in dreams or by day"),
    N_("- sleeping badly, being easily startled or angry, crying without a cause, or feeling nothing at all"),
    N_("- drinking or working more than you want to; seeing danger everywhere; staying away from people"),
    N_("- thinking that only you can do this, or that it makes no difference"),
    N_("## What helps"),
    N_(
        "- Look at as little as the work needs. Most votes can be given on words alone. Pictures load only when "
        "you ask, first in grey and without sound. Sound is often worse than the picture."
    ),
    N_(
        "- Know before you look. Read what a source says it shows, and look at it in the morning rather than at "
        "night, in a small window, with a break after it."
    ),
    N_(
        "- Set limits beforehand, under “How you work here” in your account: so many incidents a day or a week, "
        "none with graphic material. Nobody is told which limits you set or why."
    ),
    N_(
        "- Pass. Nobody asks for a reason, and nothing counts against you. An incident near to your own life is a"
        " good one to pass."
    ),
    N_(
        "- Take breaks away from the screen. Move, eat, look at something that is far away. Do something with "
        "your hands."
    ),
    N_("- Do not work alone for long. Tell somebody that it was a hard one; they need no details."),
    N_("## For lead editors"),
    N_(
        "Spread the hard incidents. Ask people how they are, and not only when they are late. Who passes, stops "
        "or goes slower looks after the desk as well as after themselves."
    ),
)
