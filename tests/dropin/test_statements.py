"""Every statement has a test that names it."""

from __future__ import annotations

from . import statements


def test_every_statement_has_a_test():
    silent = [f"{number} {statements.SAID[number]}" for number, files in statements.spoken_of().items() if not files]
    assert not silent, "\n" + "\n".join(silent)


def test_the_statements_are_all_here():
    kinds = [number[0] for number in statements.SAID]
    assert {kind: kinds.count(kind) for kind in "SMD"} == {"S": 165, "M": 26, "D": 18}


def test_a_test_names_its_statements_in_its_name_its_docstring_and_in_comments():
    source = 'def test_of_s020():\n    """S021, and more."""\n    x = "S022"  # S023\n\n\ndef other():\n    """S024."""\n'
    assert set(" ".join(statements.texts(source)).replace(",", " ").split()) & set(statements.SAID) == {"S020", "S021", "S023"}
