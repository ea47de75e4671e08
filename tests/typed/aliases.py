"""A wrapper whose types are those of the library, imported where only type checkers look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import minireq as requests

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

    from typing_extensions import Unpack

    from minireq import _types as _t
    from minireq.cookies import RequestsCookieJar


class API:
    def __init__(self, url: str, timeout: _t.TimeoutType = 10, verify: _t.VerifyType = True, cert: _t.CertType = None) -> None:
        self.url = url
        self.timeout = timeout
        self.verify = verify
        self.cert = cert

    def get(self, path: str, params: _t.ParamsType = None, **kwargs: Unpack[_t.GetKwargs]) -> requests.Response:
        kwargs.setdefault("timeout", self.timeout)
        return requests.get(self.url + path, params=params, **kwargs)

    def post(
        self, path: str, data: _t.DataType = None, json: _t.JsonType = None, **kwargs: Unpack[_t.PostKwargs]
    ) -> requests.Response:
        return requests.post(self.url + path, data=data, json=json, **kwargs)

    def put(self, path: str, data: _t.DataType = None, **kwargs: Unpack[_t.DataKwargs]) -> requests.Response:
        return requests.put(self.url + path, data=data, **kwargs)

    def any(self, method: str, path: str, **kwargs: Unpack[_t.RequestKwargs]) -> requests.Response:
        return requests.request(method, self.url + path, **kwargs)

    def upload(
        self,
        path: _t.UriType,
        files: _t.FilesType,
        headers: _t.HeadersType = None,
        auth: _t.AuthType = None,
        hooks: _t.HooksInputType | None = None,
    ) -> requests.Response:
        with requests.Session() as session:
            return session.post(
                path, files=files, headers=headers, auth=auth, hooks=hooks, timeout=self.timeout, verify=self.verify, cert=self.cert
            )


class WithSession(requests.Session):
    """Overridden methods, with the types that they have in requests."""

    def request(
        self,
        method: str,
        url: _t.UriType,
        params: _t.ParamsType = None,
        data: _t.DataType = None,
        headers: _t.HeadersType = None,
        cookies: RequestsCookieJar | CookieJar | dict[str, str] | None = None,
        files: _t.FilesType = None,
        auth: _t.AuthType = None,
        timeout: _t.TimeoutType = None,
        allow_redirects: bool = True,
        proxies: dict[str, str] | None = None,
        hooks: _t.HooksInputType | None = None,
        stream: bool | None = None,
        verify: _t.VerifyType | None = None,
        cert: _t.CertType = None,
        json: _t.JsonType = None,
    ) -> requests.Response:
        return super().request(
            method, url, params, data, headers, cookies, files, auth, timeout or 60, allow_redirects, proxies, hooks, stream,
            verify, cert, json,
        )  # fmt: skip

    def merge_environment_settings(
        self, url: str, proxies: dict[str, str] | None, stream: bool | None, verify: _t.VerifyType | None, cert: _t.CertType
    ) -> dict[str, Any]:
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        settings["verify"] = self.verify
        return settings

    def rebuild_proxies(self, prepared_request: requests.PreparedRequest, proxies: dict[str, str] | None) -> dict[str, str]:
        return super().rebuild_proxies(prepared_request, proxies)

    def get(self, url: _t.UriType, params: _t.ParamsType = None, **kwargs: Unpack[_t.GetKwargs]) -> requests.Response:
        kwargs.setdefault("timeout", 5)
        return super().get(url, params=params, **kwargs)

    def post(
        self, url: _t.UriType, data: _t.DataType = None, json: _t.JsonType = None, **kwargs: Unpack[_t.PostKwargs]
    ) -> requests.Response:
        return super().post(url, data, json, **kwargs)

    def delete(self, url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> requests.Response:
        return super().delete(url, **kwargs)


class Loose(requests.Session):
    """The same, as most programs have it."""

    def get(self, url: str | bytes, params: Any = None, **kwargs: Any) -> requests.Response:
        return super().get(url, params=params, **kwargs)

    def post(self, url: str | bytes, data: Any = None, json: Any = None, **kwargs: Any) -> requests.Response:
        return super().post(url, data=data, json=json, **kwargs)

    def head(self, url: str | bytes, **kwargs: Any) -> requests.Response:
        return super().head(url, **kwargs)


def names_of(request: requests.PreparedRequest) -> tuple[str, str]:
    from minireq._types import is_prepared

    if is_prepared(request):
        return request.method, request.url
    return "", ""


def is_file(data: _t.DataType) -> bool:
    from minireq._types import SupportsRead

    return isinstance(data, SupportsRead)
