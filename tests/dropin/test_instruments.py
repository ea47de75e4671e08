"""The lists of what differs and of what does not count, held against what they speak of. The commands are not run here."""

from __future__ import annotations

from . import differential, downstream, requests_suite, suites


def test_every_difference_belongs_to_a_row_of_the_readme():
    assert {difference.row for difference in differential.listed().values()} - set(differential.rows()) == set()


def test_every_difference_is_that_of_a_case():
    assert set(differential.listed()) - set(differential.all_cases()) == set()


def test_what_does_not_count_is_of_a_suite_that_runs_and_has_a_reason():
    projects = [suite.project for suite in [requests_suite.SUITE, *downstream.SUITES]]
    listed = {test: reason for project in projects for test, reason in suites.not_counted(project).items()}
    text = (suites.HERE / "not_counted.txt").read_text(encoding="utf-8")
    assert all(listed.values())
    assert len(listed) == len([line for line in text.splitlines() if line and line[0] not in "#["])
