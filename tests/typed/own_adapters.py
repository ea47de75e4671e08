"""Adapters: ordinary ones with other settings, and some that reach no server at all."""

from __future__ import annotations

import io
import ssl
from typing import Any

import minireq as requests
from minireq import PreparedRequest, Response
from minireq.adapters import DEFAULT_POOLBLOCK, DEFAULT_POOLSIZE, DEFAULT_RETRIES, BaseAdapter, HTTPAdapter
from minireq.packages.urllib3.poolmanager import PoolManager
from minireq.packages.urllib3.util.ssl_ import create_urllib3_context


class OldTLS(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = create_urllib3_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        kwargs["ssl_context"] = context
        return super().init_poolmanager(*args, **kwargs)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        proxy_kwargs["ssl_context"] = create_urllib3_context()
        return super().proxy_manager_for(proxy, **proxy_kwargs)


class SourceAddress(HTTPAdapter):
    def __init__(self, source_address: tuple[str, int], **kwargs: Any) -> None:
        self.source_address = source_address
        super().__init__(**kwargs)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = DEFAULT_POOLBLOCK, **pool_kwargs: Any) -> None:
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, source_address=self.source_address, **pool_kwargs
        )


class DefaultTimeout(HTTPAdapter):
    def __init__(
        self,
        timeout: float,
        pool_connections: int = DEFAULT_POOLSIZE,
        pool_maxsize: int = DEFAULT_POOLSIZE,
        max_retries: int = DEFAULT_RETRIES,
        pool_block: bool = DEFAULT_POOLBLOCK,
    ) -> None:
        self.timeout = timeout
        super().__init__(pool_connections, pool_maxsize, max_retries, pool_block)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> Response:
        if timeout is None:
            timeout = self.timeout
        return super().send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)


class Loose(HTTPAdapter):
    """Overridden as most programs do it."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        kwargs["verify"] = False
        return super().send(request, *args, **kwargs)

    def add_headers(self, request: PreparedRequest, **kwargs: Any) -> None:
        request.headers["X-Added"] = "yes"

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        response = super().build_response(req, resp)
        response.headers["X-Seen"] = "yes"
        return response

    def request_url(self, request: PreparedRequest, proxies: dict[str, str] | None) -> str:
        return super().request_url(request, proxies) + "&seen=yes"

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        headers = super().proxy_headers(proxy)
        headers["X-Proxy"] = proxy
        return headers

    def cert_verify(self, conn: Any, url: str, verify: bool | str, cert: str | tuple[str, str] | None) -> None:
        super().cert_verify(conn, url, verify, cert)
        conn.assert_hostname = False

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str,
        proxies: dict[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> Any:
        return super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)

    def close(self) -> None:
        super().close()


class ForeignRetry:
    """A policy of another library, as urllib3's."""

    def __init__(self, total: bool | int | None = 10, connect: int | None = None) -> None:
        self.total = total
        self.connect = connect

    def increment(self, method: str | None = None, url: str | None = None, error: Exception | None = None) -> ForeignRetry:
        return self


class Files(BaseAdapter):
    """file:// URLs."""

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> Response:
        response = Response()
        response.request = request
        response.url = request.url or ""
        response.status_code = 200
        response.reason = "OK"
        response.headers["Content-Type"] = "text/plain"
        response.encoding = "utf-8"
        response.raw = io.BytesIO(b"content")
        return response

    def close(self) -> None:
        pass


def settings(session: requests.Session) -> dict[str, Any]:
    session.mount("https://", OldTLS())
    session.mount("https://a.example/", SourceAddress(("127.0.0.1", 0), max_retries=3))
    session.mount("http://", DefaultTimeout(5, max_retries=2))
    session.mount("http://b.example/", Loose(pool_connections=1, pool_block=True))
    session.mount("http://c.example/", HTTPAdapter(max_retries=ForeignRetry(total=5)))
    session.mount("file://", Files())
    adapter = session.get_adapter("https://example.org/")
    assert isinstance(adapter, HTTPAdapter)
    retries: int | bool | None = adapter.max_retries.total
    names: list[str] = HTTPAdapter.__attrs__
    return {"retries": retries, "names": names, "adapters": dict(session.adapters)}
