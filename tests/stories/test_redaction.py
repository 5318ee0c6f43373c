"""A name that should not have been written: found, asked for, removed by a second person, and marked where it stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from review.actions import approvals
from review.models import session
from tests import builders, chromium
from tests.actions.erased import holds
from tests.stories.people import Lead, Person

pytestmark = pytest.mark.story

Open = Callable[..., Any]
SECRET = "Nadim the baker"


@pytest.mark.parametrize("script", [True, False])
def test_a_name_is_asked_out_seconded_by_another_and_leaves_a_mark(
    team: builders.Desk, open_window: Open, script: bool
) -> None:
    ref = builders.agreed(team)
    approvals.approve(team.leads[1], ref, reason=f"{SECRET} saw it fall.", seen=builders.row(ref).digest)
    session.rollback()
    ilse = Lead(open_window(java_script_enabled=script), team.lead.name).signs_in()
    ilse.opens(f"/incidents/{ref}").reads(SECRET)
    ilse.opens(f"/desk/incidents/{ref}/removal").fills("Find where this stands", "nadim").presses("Find", "main")
    ilse.reads(SECRET)
    assert not script or chromium.violations(ilse.page) == []  # axe itself is a script
    ilse.page.get_by_role("checkbox").check()
    ilse.fills("Why", "He still lives there.").presses("Ask for it").reads("Choose the ground.")
    ilse.chooses("Ground", "a source at risk")
    ilse.presses("Ask for it").is_told("It is asked for.")
    ilse.reads("Take the request back")

    davit = Lead(open_window(java_script_enabled=script), team.leads[1].name).signs_in()
    davit.opens("/desk/inbox").reads("Somebody asked to have words removed for good.")
    davit.opens("/desk/redactions").reads(SECRET).reads("cannot be recalled")
    assert not script or chromium.violations(davit.page) == []  # axe itself is a script
    davit.presses("Agree, and remove it").reads("Say why")
    davit.fills("Why", "I have read it.").presses("Agree, and remove it").is_told("It was removed for good.")
    assert holds(SECRET) == set()

    reader = Person(open_window(java_script_enabled=script))
    reader.opens(f"/incidents/{ref}")
    assert SECRET not in reader.page.content()
    assert "Removed: a source at risk" in reader.page.locator("main").inner_text()
    assert not script or chromium.violations(reader.page) == []  # axe itself is a script
    ilse.opens(f"/desk/incidents/{ref}/history")
    assert "Removed: a source at risk" in ilse.page.locator("main").inner_text()
    ilse.opens("/desk/inbox").reads("are gone")
