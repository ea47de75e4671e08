"""A jar that is made when somebody looks."""

from __future__ import annotations

from http.cookiejar import CookieJar

import pytest

import minireq
from minireq._jar import JarOnTouch
from minireq.cookies import RequestsCookieJar

from .support.interpreter import run_python


class Basket:
    cookies = JarOnTouch()


def test_a_jar_is_made_at_the_first_touch_and_kept():
    basket = Basket()
    assert "cookies" not in vars(basket)
    assert type(basket.cookies) is RequestsCookieJar
    assert len(basket.cookies) == 0
    assert basket.cookies is basket.cookies


def test_each_owner_has_its_own():
    assert Basket().cookies is not Basket().cookies


@pytest.mark.parametrize("value", [CookieJar(), None, {}], ids=lambda value: type(value).__name__)
def test_any_other_jar_can_take_its_place(value):
    basket = Basket()
    basket.cookies = value
    assert basket.cookies is value


@pytest.mark.parametrize("owner", [minireq.Session, minireq.Response])
def test_sessions_and_responses_have_one_from_the_start(owner):
    """S106."""
    assert repr(owner().cookies) == "<RequestsCookieJar[]>"


def test_a_prepared_request_has_one_too():
    assert repr(minireq.PreparedRequest()._cookies) == "<RequestsCookieJar[]>"


def test_who_sees_no_cookie_loads_no_jar(http_app):
    code = f"""
import sys, minireq
with minireq.Session() as session:
    session.get("{http_app.url}/json", timeout=10)
    print("http.cookiejar" in sys.modules, end=" ")
    session.cookies
    print("http.cookiejar" in sys.modules)
"""
    assert run_python(code) == "False True\n"
