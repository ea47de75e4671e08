"""What goes wrong, and what is known of it."""

from __future__ import annotations

import time

import minireq as requests
from minireq import exceptions
from minireq.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    ContentDecodingError,
    HTTPError,
    InvalidHeader,
    InvalidProxyURL,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    ProxyError,
    ReadTimeout,
    RequestException,
    RetryError,
    SSLError,
    StreamConsumedError,
    Timeout,
    TooManyRedirects,
    UnrewindableBodyError,
    URLRequired,
)

PERMANENT: tuple[type[RequestException], ...] = (InvalidURL, InvalidSchema, MissingSchema, InvalidHeader, URLRequired)
PASSING = (ConnectTimeout, ReadTimeout, ConnectionError, ChunkedEncodingError)


def try_again(url: str, times: int = 3) -> requests.Response:
    last: RequestException | None = None
    for number in range(times):
        try:
            response = requests.get(url, timeout=5)
            response.raise_for_status()
            return response
        except PERMANENT:
            raise
        except PASSING as error:
            last = error
            time.sleep(2**number)
    assert last is not None
    raise last


def explain(url: str) -> str:
    try:
        requests.get(url).raise_for_status()
    except requests.exceptions.HTTPError as error:
        if error.response is None:
            return "no response"
        if error.response.status_code == requests.codes.not_found:
            return f"nothing at {error.response.url}"
        body: str = error.response.text
        return f"{error.response.status_code} {error.response.reason}: {body}"
    except (requests.ConnectTimeout, requests.ReadTimeout) as error:
        return f"too slow: {error}"
    except requests.Timeout:
        return "too slow"
    except ProxyError as error:
        return f"the proxy: {error.args}"
    except SSLError as error:
        return f"not safe: {error}"
    except requests.ConnectionError as error:
        asked = error.request
        return f"not there: {asked.url!r}" if asked is not None else "not there"
    except requests.TooManyRedirects as error:
        return f"in a circle: {len(error.response.history) if error.response is not None else 0}"
    except requests.URLRequired:
        return "where?"
    except exceptions.RequestException as error:
        return f"{type(error).__name__}: {error.errno} {error.strerror}"
    return "fine"


def is_about_the_body(error: Exception) -> bool:
    return isinstance(error, (ContentDecodingError, StreamConsumedError, UnrewindableBodyError, RetryError, InvalidProxyURL))


def fail(response: requests.Response) -> None:
    if not response:
        raise HTTPError("not what was hoped for", response=response)
    if response.next is not None:
        raise TooManyRedirects("no redirect is wanted", request=response.request, response=response)
    raise Timeout("gave up", request=response.request)


def all_errors_are_os_errors(url: str) -> str:
    try:
        return requests.get(url).text
    except OSError as error:
        return str(error)


def old_warnings() -> list[type[Warning]]:
    return [requests.FileModeWarning, requests.RequestsDependencyWarning, exceptions.RequestsWarning]
