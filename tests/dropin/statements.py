"""What minireq promises as a drop-in, statement by statement, and which tests speak of each: `python3 -m tests.dropin.statements`.

S001 to S236 are what the documentation of requests promises (the numbers have gaps), M01 to M26 what requests was measured to do
beyond it, D1 to D18 its defects, with what is done instead. A test speaks of a statement that it names: in its own name, in its
docstring, or in a comment. Printed are the statements that no test speaks of; the exit status is 1 then, and 0 if there are none.
With `--all`, every statement is printed with the files that speak of it.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent

STATEMENTS = """
    Install, import, verbs
S001  It is installed with pip: from a source tree, from a tarball.
S002  The module has get, post, put, patch, delete, head, options and request; each returns a Response.
S003  All of them take url by keyword.
S004  r.url is the final URL, a str.
S005  head() has headers and an empty content.
S006  options() shows the Allow header.
S007  patch() and delete() take url, data and auth by keyword; a 204 comes without a body.
S008  put(url, data={...}) and delete(url) are one line.
S009  A call makes a Request, prepares it, sends it, and the Response carries it.
S010  r.request is the prepared request that was answered; after redirects, the last one.
S011  r.request.headers shows what was sent, with the Cookie if there was one.
S012  By default User-Agent, Accept-Encoding, Accept and Connection are sent.
S013  repr(r) is <Response [200]>, and its class is models.Response.
S014  http:// and https:// work alike.
S015  404 and 500 are responses, no exceptions.
S016  r.url is text that more text can be added to.
S017  What the documentation imports can be imported.

    Parameters in the URL
S020  params={...} becomes the query, encoded, and is seen in r.url.
S021  A key whose value is None is left out.
S022  A list as value repeats the key.
S023  Numbers become text.
S024  The order is the one they were given in.
S025  The second argument of get() is params.

    What came back
S030  r.text is a str.
S031  r.encoding is what the headers say.
S032  After r.encoding is set, r.text is decoded with it.
S033  An encoding that stands in the content is found in r.content, set, and used.
S034  A codec that a program registered can be named.
S035  The charset of Content-Type wins.
S036  text/* without a charset is ISO-8859-1.
S037  Anything else without a charset is guessed, by the standard library alone.
S038  r.content is bytes.
S039  gzip and deflate are undone in content and iter_content.
S040  BytesIO(r.content) is a file for any library.
S041  r.json() parses; keyword arguments go to json.loads.
S042  What is no JSON raises JSONDecodeError: a RequestException, a json.JSONDecodeError, a ValueError.
S043  The JSON of an error response is read like any other.
S044  Success is asked with raise_for_status() or status_code.
S045  json.loads(r.text) works, too.
S046  r.raw is a file over the socket, with stream=True.
S047  r.raw.read(10) gives the first bytes as they came, not decoded.
S048  A body is saved with iter_content(chunk_size=128), or iter_content(128).
S049  iter_content decodes what raw does not, in any size of piece.

    Request headers
S050  headers={...} adds headers, or replaces them in whatever case they are written.
S051  A User-Agent that is given replaces the default one.
S052  netrc beats an Authorization header that is given.
S053  auth= beats both.
S054  Authorization stays behind when a redirect leaves the host.
S055  The credentials of a proxy's URL beat a Proxy-Authorization header that is given.
S056  A Content-Length that is given is replaced where the length is known.
S057  A header of one's own changes nothing but what is sent.
S058  Values are str or bytes; what cannot be sent is an InvalidHeader.
S059  Headers keep the order they were given in, behind the default ones; a default that is replaced keeps its place.
S060  session.headers may be any mapping, whose order then is the order.

    Request bodies
S070  data={...} is a form, with its Content-Type and Content-Length.
S071  data may be a list or a tuple of pairs, and keys may come twice.
S072  data="..." is sent as it is, without a Content-Type.
S073  data=json.dumps(...) is such a text.
S074  json=... is encoded as json.dumps does it, with its Content-Type.
S075  files={...} is multipart/form-data.
S076  A file may be (name, file, content type, headers).
S077  Text may be sent as a file.
S078  A list sends several files in one field.
S079  file= is a TypeError.
S080  Files in a form are streamed.
S081  A file as data is streamed.
S082  A file in text mode warns, and is sent right.
S083  A generator is sent in chunks.
S084  It may yield str or bytes.
S085  auth= goes together with a body.

    Status and response headers
S090  r.status_code is an int.
S091  codes.ok is 200.
S092  raise_for_status() raises HTTPError for 4xx and 5xx, saying status, reason and URL.
S093  It returns None otherwise.
S094  r.headers prints like a dict.
S095  Its names have no case.
S096  A header that comes several times is one value, with commas.
S097  Any header can be read.

    Cookies
S100  r.cookies["name"] is a value.
S101  A missing one is a KeyError that says name, domain and path.
S102  cookies={...} sends them.
S103  r.cookies is a RequestsCookieJar: a dict that knows domains and paths.
S104  jar.set(name, value, domain=, path=): sent where the path matches.
S105  jar.set(..., site=) is a TypeError.
S106  An empty jar is <RequestsCookieJar[]>.
S107  cookies= takes a jar, too.

    Redirects
S110  Followed for every verb but HEAD.
S111  r.history holds the responses on the way, the oldest first.
S112  allow_redirects=False gives the redirect itself.
S113  head(url, allow_redirects=True) follows.
S114  From http to https works, and r.url is the last URL.
S115  More than max_redirects, 30, is TooManyRedirects.

    Timeouts
S120  There is none unless one is given.
S121  One number is for connecting and for reading each.
S122  A tuple is (connect, read).
S123  None waits for ever.
S124  The connect timeout is for connecting.
S125  The read timeout is for the pause between bytes, not for the whole.
S126  ConnectTimeout is a Timeout and a ConnectionError.
S127  Its text says host, port and the timeout.
S128  The documentation says to set a timeout, of a little more than a multiple of 3 s for connecting.

    Errors
S130  No address and no connection are a ConnectionError.
S131  What takes too long is a Timeout.
S132  All that is raised on purpose is a RequestException.

    Hooks
S140  There is one event: response.
S141  hooks={"response": f}, hooks=dict(response=f).
S142  f(r, *args, **kwargs): the keyword arguments are those of send.
S143  What it returns replaces the response, unless it is None.
S144  A list of hooks is called in order, each seeing what the one before did.
S145  What a hook raises comes out.

    Proxies
S150  proxies={...} for a call.
S151  HTTP_PROXY and HTTPS_PROXY in the environment.
S152  http://user:password@host/ is Basic authentication with the proxy.
S153  A key scheme://host is for that scheme and host alone.
S154  A proxy without a scheme is http://.
S155  SOCKS works.

    Streaming
S160  stream=True returns when the headers are there, and the connection stays open.
S161  Whether to read on can depend on Content-Length.
S162  Otherwise the body is read at once.
S163  A connection serves again when its body was read; r.close() closes it before that.
S164  with closing(get(...)) and with get(...) as r work.
S165  iter_lines() yields blank lines, too.
S166  decode_unicode=True gives str where the encoding is known, or set.
S167  The iterator of lines is taken once.
S168  iter_content(None) gives what arrives as it arrives; a number is the most.
S169  Chunked bodies are joined.

    Sessions
S180  A session has all the verbs.
S181  Cookies that a response sets are sent with the next request.
S182  A connection serves several requests.
S183  s.auth and s.headers are defaults; headers of session and call are both sent.
S184  Mappings of session and call are merged; the call wins.
S185  What a call says is gone with it.
S186  None in a call takes the session's value away.
S187  s.cookies can be changed by hand.
S188  with Session() as s closes it, whatever happens inside.
S189  The settings are plain attributes.
S190  s.verify and s.cert stay.

    Prepared requests
S200  Request("POST", url, data=, headers=).prepare().
S202  prepped.body = "..." sends exactly that.
S203  del prepped.headers["Content-Type"] takes it off the wire.
S204  prepped.headers["Keep-Dead"] = "parrot" puts it on.
S205  s.send(prepped, stream=, verify=, proxies=, cert=, timeout=).
S206  Request.prepare() knows no session.
S207  s.prepare_request(request) adds the session's headers, cookies, auth, parameters and hooks.
S208  s.send(prepped) does not ask the environment whom to trust, but which proxies to use.
S209  s.merge_environment_settings(url, {}, None, None, None) gives proxies, stream, verify and cert for s.send.

    TLS
S210  Certificates are verified.
S211  Another name, an unknown authority, an expired certificate: SSLError.
S212  verify="path" is a file or a directory of authorities.
S213  REQUESTS_CA_BUNDLE is asked, and CURL_CA_BUNDLE after it.
S214  verify=False verifies nothing.
S215  cert="file" has certificate and key, or cert=("certificate", "key").
S216  A wrong path is an SSLError and an OSError.
S217  certifi's authorities are trusted where it is installed, else the system's.

    Authentication
S220  auth=("user", "pass") is Basic.
S221  HTTPBasicAuth and HTTPDigestAuth are for auth=.
S222  A subclass of AuthBase changes the prepared request and returns it.
S223  Any callable will do.

    Links, adapters, standards
S230  r.links["next"]["url"] is read from the Link header.
S231  A session has one HTTPAdapter for http and one for https.
S232  s.mount(prefix, adapter): the longest prefix wins.
S233  A subclass of BaseAdapter has send and close.
S234  A subclass of HTTPAdapter makes its own PoolManager in init_poolmanager.
S235  Calls wait; streaming waits for less.
S236  The RFCs are followed where that hurts nobody.

    What requests was measured to do
M01  The head: request line, Host, the default headers, those of the caller, Content-Length, Content-Type.
M02  POST without a body says Content-Length: 0, GET and HEAD do not; GET may have a body.
M03  json= sends {}, [], 0, False and ""; NaN is InvalidJSONError; data= beats json=.
M04  params as text are added as they are; a query that is there stays; a fragment stays in r.url and is not sent.
M05  A file is sent from where it stands; an empty one goes chunked.
M06  Multipart: fields before files, file names in UTF-8 with quotes and line ends escaped, Content-Type only where one is given.
M07  headers={"Accept": None} sends none.
M08  URLs are put in order: scheme and host in lower case, dots in paths, punycode, percent signs.
M09  MissingSchema, InvalidSchema, InvalidURL.
M10  timeout=0, "x" and three numbers are a ValueError.
M11  deflate with and without a wrapper, gzip in several members, codings on top of each other; an unknown one is left alone.
M12  Cut or malformed bodies are ChunkedEncodingError; Content-Length twice must agree; Transfer-Encoding beats it.
M13  No status line is a ConnectionError; the reason may be empty; folded lines are unfolded.
M14  Which method follows which redirect, and what goes with the body.
M15  When credentials are left behind.
M16  allow_redirects=False fills r.next.
M17  Files are sent again from the start on 307 and 308.
M18  get_adapter: the longest prefix, in any case.
M19  send(Request), an unknown event: ValueError; hooks that cannot be called are dropped.
M20  bool(r) is r.ok; a response iterates in 128 bytes; responses and sessions can be pickled.
M21  Reading twice is StreamConsumedError, a wrong chunk_size is a TypeError.
M22  Credentials in the URL are Basic; netrc beats them.
M23  By a proxy, http has the whole URL in the request line, https asks for a tunnel; the password is for the proxy alone.
M24  proxies={"http": None} switches the environment's proxy off.
M25  no_proxy knows blocks of addresses, and domains by whole labels.
M26  Set-Cookie twice: the jar has both, r.headers joins them, r.raw.headers.getlist has the list.

    Its defects
D1   A changed body has its own length.
D2   A length that is given for a generator is kept, and checked.
D3   1xx is no final response; r.informational has them.
D4   A generator cannot be sent again: UnrewindableBodyError.
D5   Lines are the same in whatever pieces they come.
D6   301 keeps the body where it keeps the method.
D7   A hook that returns no response is a TypeError.
D8   What latin-1 cannot say is an InvalidHeader, or UTF-8.
D9   A certificate's path that does not exist is a RequestException and an OSError.
D10  Errors of redirects carry the response and the history.
D11  A reason in UTF-8 is read as that.
D12  CONNECT is HTTP/1.1 and has a Host.
D13  Proxies of the session beat those of the environment.
D14  So does its verify.
D15  No cookies for public suffixes, __Host- and __Secure- hold, a Max-Age that is no number is not looked at.
D16  r.trailers has the trailers.
D17  Authorities are loaded once.
D18  No file but its own, and nothing shared with other packages.
"""

NUMBER = re.compile(r"[SMD]\d+")
SAID: dict[str, str] = {}
for _line in STATEMENTS.splitlines():
    if NUMBER.match(_line):
        _number, _, _sentence = _line.partition(" ")
        SAID[_number] = _sentence.strip()


def texts(source: str) -> Iterator[str]:
    """Where a test file may name statements: names of tests, their docstrings, comments."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.upper().replace("_", " ")
            yield ast.get_docstring(node) or ""


def spoken_of() -> dict[str, set[str]]:
    """For each statement the test files that name it."""
    found: dict[str, set[str]] = {number: set() for number in SAID}
    for path in sorted(TESTS.rglob("test_*.py")):
        for text in texts(path.read_text(encoding="utf-8")):
            for number in re.findall(r"\b[SMD]\d+\b", text):
                if number in found:
                    found[number].add(path.relative_to(TESTS).as_posix())
    return found


def main(arguments: list[str]) -> int:
    """Print what there is to say; the exit status."""
    found = spoken_of()
    silent = [number for number, files in found.items() if not files]
    for number in found if "--all" in arguments else silent:
        print(f"{number:5} {SAID[number]} {' '.join(sorted(found[number]))}".rstrip())
    print(f"{len(found) - len(silent)} of {len(found)} statements have a test")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
