"""Krippendorff's alpha against worked figures, published values, the reference package, and its limits."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import krippendorff
import numpy as np
import pytest

from review import config
from review.rules import agreement
from review.rules.agreement import alpha, asked_for, by_distance, counts, first_round, measured, met, nominal, tally_of
from review.rules.dossier import Determination
from review.rules.facts import Casualties
from review.rules.grades import AIRWARS_1, REASONABLE_GROUNDS_1, Codebook, Grade
from tests.missing import no_real_data
from tests.rules import cases

Units = list[list[str]]


def ladder(labels: Sequence[str]) -> Codebook:
    """Labels as a scheme whose declared distances are differences of rank: what the literature calls interval data."""
    ranked = [(one, other, abs(i - j)) for i, one in enumerate(labels) for j, other in enumerate(labels) if i < j]
    return Codebook("ladder/1", tuple(Grade(one, one, "", "") for one in labels), tuple(ranked))


def ordinal(units: Units) -> agreement.Difference:
    """Krippendorff's ordinal metric, which looks at how often each label was given: no scheme of ours has it."""
    given = Counter(label for unit in units if len(unit) > 1 for label in unit)

    def difference(one: str, other: str) -> float:
        low, high = sorted((one, other), key=float)
        between = sum(number for label, number in given.items() if float(low) <= float(label) <= float(high))
        return float((between - (given[one] + given[other]) / 2) ** 2) if one != other else 0.0

    return difference


def ratio(one: str, other: str) -> float:
    return ((float(one) - float(other)) / (float(one) + float(other))) ** 2


def figures(units: Units, names: Sequence[str]) -> dict[str, float]:
    """Ours, in the words and to the places of the reference."""
    metrics = {
        "nominal": nominal, "ordinal": ordinal(units), "ratio": ratio,
        "interval": by_distance(ladder(sorted({label for unit in units for label in unit}, key=float))),
    }  # fmt: skip
    return {name: round(alpha(units, metrics[name]) or 0.0, 4) for name in names}


def package(units: Units, labels: Sequence[str], difference: agreement.Difference) -> float:
    """The same of the foreign package, given each label's number in each unit and a table of distances."""
    table = np.array([[difference(one, other) for other in labels] for one in labels])

    def metric(_v1: Any, _v2: Any, i1: Any, i2: Any, n_v: Any, dtype: Any = float) -> Any:
        return table[i1, i2].astype(dtype)

    given = np.array([[unit.count(label) for label in labels] for unit in units])
    return float(
        krippendorff.alpha(value_counts=given, value_domain=np.array(labels), level_of_measurement=metric)
    )


# --- against published values ---------------------------------------------------------------------------------


@cache
def reference() -> dict[str, Any]:
    path = _real("agreement_reference.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _real(name: str) -> Path:
    path = Path(config.settings({})["ASSAY_DATA"]) / "votes" / name
    if not path.is_file():
        no_real_data(f"agreement against {name}")
    return path


def matrix(rows: Sequence[Sequence[int | None]]) -> Units:
    """A table whose rows are observers, unit by unit."""
    return [[str(value) for value in unit if value is not None] for unit in zip(*rows, strict=True)]


# Krippendorff, "Computing alpha-reliability" (2011), example C: four observers, twelve units, votes missing.
EXAMPLE_C = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def test_the_worked_example_of_the_literature() -> None:
    expected = {"nominal": 0.7434, "ordinal": 0.8154, "interval": 0.8491, "ratio": 0.7974}
    assert figures(matrix(EXAMPLE_C), tuple(expected)) == expected


@pytest.mark.parametrize("name", ["krippendorff_4_observers_12_units", "krippendorff_3_coders_15_units"])
def test_the_textbook_tables_give_their_published_figures(name: str) -> None:
    table = reference()["reference_tables"][name]
    assert figures(matrix(table["matrix_rows_are_observers"]), tuple(table["alpha"])) == table["alpha"]


def test_fleiss_kappa_follows_from_the_same_table() -> None:
    """Kappa expects with replacement where alpha does not: 1 - (1 - alpha) (n - 1) / n ... of votes n."""
    table = reference()["reference_tables"]["fleiss_10_subjects_14_raters_5_categories"]
    units = [[str(k) for k, number in enumerate(row) for _vote in range(number)] for row in table["counts_rows_are_subjects"]]
    votes = sum(map(len, units))
    kappa = 1 - (1 - (alpha(units) or 0.0)) * votes / (votes - 1)
    assert round(kappa, 4) == table["kappa"]


@pytest.mark.parametrize("name", ["rte", "web_relevance5", "fact_eval"])
def test_real_votes_give_the_figures_of_the_reference(name: str) -> None:
    wanted = reference()["vote_files"][name]
    units = votes_of(name)
    assert (len(units), sum(map(len, units))) == (wanted["items"], wanted["votes_after_last_vote_wins"])
    assert figures(units, tuple(wanted["alpha"])) == wanted["alpha"]
    told = measured(Counter(tuple(sorted(unit)) for unit in units), ladder(sorted({one for unit in units for one in unit})))
    assert round(told.unanimous / told.incidents, 4) == wanted["unanimous_share"]
    assert round(told.nominal or 0.0, 4) == wanted["alpha"]["nominal"]
    assert told.low is not None and told.alpha is not None and told.high is not None
    assert told.low < told.alpha < told.high


def votes_of(name: str) -> Units:
    """The votes of a file, item by item; the last vote of a person on an item wins."""
    path = _real(f"votes_{name}_label.csv" + (".gz" if name == "fact_eval" else ""))
    last: dict[tuple[str, str], str] = {}
    with (gzip.open(path, "rt") if path.suffix == ".gz" else path.open()) as file:
        for row in csv.DictReader(file):
            last[row["item"], row["worker"]] = row["label"]
    units: dict[str, list[str]] = {}
    for (item, _worker), label in last.items():
        units.setdefault(item, []).append(label)
    return list(units.values())


# --- against the foreign package --------------------------------------------------------------------------------


def invented(seed: int, codebook: Codebook, number: int = 60, sure: float = 0.6) -> Units:
    """First rounds as a desk might have them: two to five votes, most of them near one another, some missing."""
    random = Random(seed)
    keys, weights = list(codebook.keys), range(len(codebook.keys), 0, -1)

    def unit() -> list[str]:
        truth, *noise = random.choices(keys, weights, k=6)
        return [truth if random.random() < sure else noise[vote] for vote in range(random.choice((1, 2, 3, 3, 3, 4, 5)))]

    return [unit() for _incident in range(number)]


@pytest.mark.parametrize("codebook", [AIRWARS_1, REASONABLE_GROUNDS_1], ids=lambda book: book.id)
@pytest.mark.parametrize("seed", range(5))
def test_it_equals_the_package_by_the_declared_distances_and_without(codebook: Codebook, seed: int) -> None:
    units = invented(seed, codebook)
    for difference in (nominal, by_distance(codebook)):
        assert alpha(units, difference) == pytest.approx(package(units, codebook.keys, difference), abs=1e-9)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_it_equals_the_packages_own_metrics(level: Any) -> None:
    units = invented(9, ladder("12345"))
    given = np.array([[unit.count(label) for label in "12345"] for unit in units])
    known = krippendorff.alpha(value_counts=given, value_domain=np.arange(1, 6), level_of_measurement=level)
    assert figures(units, [level])[level] == round(float(known), 4)


# --- its limits -------------------------------------------------------------------------------------------------


def test_perfect_agreement_is_one() -> None:
    assert alpha([["fair", "fair"], ["weak", "weak", "weak"]]) == 1


@pytest.mark.parametrize("units", [[], [["fair"]], [["fair", "fair"], ["fair", "fair"]]])
def test_where_nothing_varies_nothing_is_said(units: Units) -> None:
    assert alpha(units) is None


def test_a_lone_vote_changes_nothing() -> None:
    units = invented(1, AIRWARS_1)
    assert alpha([*units, ["discounted"]]) == alpha(units)


def test_a_near_disagreement_counts_less_than_a_far_one() -> None:
    weighed = by_distance(AIRWARS_1)
    common = [["fair", "fair"], ["discounted", "discounted"], ["weak", "weak"]]
    near = alpha([*common, ["fair", "weak"]], weighed)
    far = alpha([*common, ["fair", "discounted"]], weighed)
    assert near is not None and far is not None and near > far


def test_an_undeclared_pair_is_as_far_as_any() -> None:
    weighed = by_distance(AIRWARS_1)
    assert weighed("fair", "rumour") == weighed("fair", "discounted") == 9
    assert weighed("rumour", "rumour") == 0


def tallies(units: Units) -> Counter[agreement.Tally]:
    return Counter(tuple(sorted(unit)) for unit in units)


@pytest.mark.parametrize(("number", "few"), [(agreement.FEWEST - 1, True), (agreement.FEWEST, False)])
def test_too_few_incidents_have_counts_and_no_figure(number: int, few: bool) -> None:
    units = [unit for unit in invented(3, AIRWARS_1, 300) if len(unit) > 1][:number]
    told = measured(tallies(units), AIRWARS_1)
    assert (told.few, told.alpha is None, told.low is None, told.nominal is None, told.pairs == ()) == (few,) * 5
    assert (told.incidents, told.votes) == (number, sum(map(len, units)))


def test_where_every_vote_is_the_same_there_is_no_figure_however_many() -> None:
    told = measured({("fair", "fair", "fair"): 500}, AIRWARS_1)
    assert (told.few, told.alpha, told.unanimous) == (False, None, 500)


def test_how_many_the_literature_asks_for() -> None:
    """Krippendorff (2019), smallest acceptable alpha .667 at .050, four equally frequent values: 81."""
    assert [asked_for(grades) for grades in (3, 4, 5)] == [68, 81, 96]


# --- its interval -----------------------------------------------------------------------------------------------


def resampled(units: Units, difference: agreement.Difference, draws: int = 400) -> tuple[float, float]:
    """The plain bootstrap: as many incidents as there are, drawn with replacement."""
    random = Random(4)
    found = sorted(alpha(random.choices(units, k=len(units)), difference) or 0.0 for _draw in range(draws))
    return found[int(0.025 * draws)], found[-1 - int(0.025 * draws)]


def test_the_interval_is_that_of_drawing_incidents_anew() -> None:
    units = [unit for unit in invented(5, AIRWARS_1, 400) if len(unit) > 1]
    told = measured(tallies(units), AIRWARS_1)
    low, high = resampled(units, by_distance(AIRWARS_1))
    assert (told.low, told.high) == (pytest.approx(low, abs=0.02), pytest.approx(high, abs=0.02))


def test_the_interval_is_the_same_whoever_computes_it_and_narrows_with_more_incidents() -> None:
    known = tallies(invented(6, AIRWARS_1, 80))
    agreement._measured.cache_clear()
    once = measured(known, AIRWARS_1)
    agreement._measured.cache_clear()
    assert measured(dict(reversed(known.items())), AIRWARS_1) == once
    often = measured({tally: 100 * number for tally, number in known.items()}, AIRWARS_1)
    assert once.high is not None and once.low is not None and often.high is not None and often.low is not None
    assert often.high - often.low == pytest.approx((once.high - once.low) / 10, rel=0.2)


@pytest.mark.parametrize("codebook", [AIRWARS_1, REASONABLE_GROUNDS_1], ids=lambda book: book.id)
def test_many_incidents_give_the_limit_of_the_draws(codebook: Codebook, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tallies([unit for unit in invented(7, codebook, 2 * agreement.MANY) if len(unit) > 1])
    assert known.total() > agreement.MANY
    sums = agreement._sums(known, by_distance(codebook))
    limit = agreement._interval(sums)
    monkeypatch.setattr(agreement, "MANY", known.total() + 1)
    assert agreement._interval(sums) == pytest.approx(limit, abs=0.006)


# --- which grades are taken for which ---------------------------------------------------------------------------


def test_the_coincidence_table_spreads_every_vote_once() -> None:
    """Krippendorff (2011), example C again: the diagonal 7, 10, 8, 4, 3; 40 votes that can be compared."""
    rows = [[f"{unit}" for unit in row] for row in matrix(EXAMPLE_C)] * 3
    told = measured(tallies(rows), ladder("12345"))
    alike = [pair.observed / 3 for pair in told.pairs if pair.one == pair.other]
    assert alike == pytest.approx([7, 10, 8, 4, 3])
    assert sum(pair.observed for pair in told.pairs) == pytest.approx(told.votes) == pytest.approx(120)
    assert sum(pair.expected for pair in told.pairs) == pytest.approx(told.votes)
    (confused,) = [pair for pair in told.pairs if (pair.one, pair.other) == ("2", "3")]
    assert confused.observed / 3 == pytest.approx(2 * (1 / 3 + 1 / 3 + 1 / 3 + 1 / 3))


def test_the_pairs_of_grades_add_up_to_the_figure() -> None:
    told = measured(tallies(invented(8, AIRWARS_1, 200)), AIRWARS_1)
    weighed = by_distance(AIRWARS_1)
    observed, expected = (
        sum(getattr(pair, name) * weighed(pair.one, pair.other) for pair in told.pairs) for name in ("observed", "expected")
    )
    assert 1 - observed / expected == pytest.approx(told.alpha)


def test_ones_own_grades_beside_others() -> None:
    pairs = [("fair", "fair"), ("fair", "weak"), ("fair", "discounted"), ("fair", "rumour")]
    found = met(pairs, AIRWARS_1)
    assert (found.same, found.near, found.far, found.number) == (1, 1, 2, 4)


# --- which votes count ------------------------------------------------------------------------------------------


def kept(case: cases.Case) -> tuple[agreement.Tally, agreement.Tally | None] | None:
    found = first_round(case.dossier)
    return (found.tally, found.public) if found else None


def test_nothing_is_kept_of_a_round_before_its_close_or_without_one() -> None:
    assert [kept(case) for case in (cases.logged(), cases.in_round(), cases.voted("fair", "weak", "weak"))] == [None] * 3
    assert kept(cases.awaiting("fair", "fair", "weak")) == (("fair", "fair", "weak"), None)


def test_of_an_abandoned_first_round_nothing_counts_and_the_one_after_it_takes_its_place() -> None:
    case = cases.voted("fair", "fair", "weak").abandon()
    assert kept(case) is None
    case.start(*cases.VOTERS)
    for who in cases.VOTERS:
        case.cast(who, "weak")
    assert kept(case) is None, "it is open"
    case.close()
    assert case.dossier.rounds[-1].kind == "again" and kept(case) == (("weak",) * 3, None)


def test_a_round_after_one_that_was_read_never_counts() -> None:
    case = cases.awaiting("fair", "fair", "weak").approve("lead").reopen()
    first = kept(case)
    case.start(*cases.VOTERS)
    for who in cases.VOTERS:
        case.cast(who, "weak")
    assert kept(case.close()) == first == (("fair", "fair", "weak"), ("fair", "fair", "weak"))


def test_a_second_vote_leaves_the_first_as_it_was() -> None:
    case = cases.disputed("fair", "weak", "contested")
    first = kept(case)
    assert first == (("contested", "fair", "weak"), None)
    assert kept(cases.second_vote("fair", "fair", "fair")) == kept(cases.second_vote("fair", "fair", "fair").close()) == first


def test_only_live_votes_count() -> None:
    case = cases.in_round(people=(*cases.VOTERS, "dara"))
    for who, grade in zip((*cases.VOTERS, "dara"), ("weak", "fair", "fair", "fair"), strict=True):
        case.cast(who, grade)
    case.cast(cases.VOTERS[0], "fair")  # in place of Weak
    case.close()
    assert kept(case) == (("fair",) * 4, None)
    case.exclude_vote(case.dossier.live(1)[0].seq)
    assert kept(case) == (("fair",) * 3, None)


def test_the_public_is_told_once_a_version_stands_and_of_the_votes_as_they_stood_then() -> None:
    case = cases.published()
    assert kept(case) == (("fair",) * 3, ("fair",) * 3)
    case.reopen().exclude_vote(case.dossier.live(1)[0].seq)
    assert kept(case) == (("fair",) * 2, ("fair",) * 3)


def test_the_public_is_told_nothing_of_a_round_behind_an_imported_grade() -> None:
    dossier = cases.awaiting("fair", "fair", "weak").dossier
    legacy = Determination(0, 101, "2031-03-01", "weak", Casualties(), "airwars/1", kind="legacy")
    found = first_round(replace(dossier, determinations=(legacy,)))
    assert found is not None and found.public is None


@pytest.mark.parametrize(("changes", "told"), [({"restricted": True}, None), ({"stage": "withdrawn"}, (("fair",) * 3, None))])
def test_what_is_restricted_counts_nowhere_and_what_left_the_record_is_not_public(changes: dict[str, Any], told: Any) -> None:
    found = first_round(replace(cases.published().dossier, **changes))
    assert (found and (found.tally, found.public)) == told


def test_a_tally_is_kept_in_one_line_and_read_again() -> None:
    assert counts(("fair", "fair", "weak")) == "fair:2 weak:1"
    assert tally_of("fair:2 weak:1") == ("fair", "fair", "weak")
    assert tally_of(counts(())) == ()
