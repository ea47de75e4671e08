"""Which tests would have caught which vulnerability, in whichever client it was found: a table.

A row names a class and the advisories of it, and what covers it here: cases of the corpus (`group/name`, with wildcards) and test
functions (`file.py::test`). What it names is there (test_security.py looks), and goes by the advisories' names as well as its own:

    python3 -m tests -k CVE-2018-18074
    python3 -m tests.corpus --only redirect-leak/

What the table promises in plain words stands in SECURITY.md.
"""

from __future__ import annotations

import fnmatch
import functools
import re
from collections import namedtuple

Class = namedtuple("Class", "name known_in covered_by")


def _rows(text: str) -> list[Class]:
    """Rows are divided by empty lines: the class, the advisories in () if there are any, and after a colon what covers it."""
    return [_row(" ".join(row.split())) for row in re.split(r"\n\s*\n", text.strip())]


def _row(text: str) -> Class:
    match = re.fullmatch(r"(.*?)(?: \((.*)\))?: (.*)", text)
    assert match is not None, text
    name, advisories, tests = match.groups()
    return Class(name, tuple(re.findall(r"(?:CVE-|CWE-|RFC |bpo-)[-\w]+", advisories or "")), tuple(tests.split()))


VULNERABILITIES = _rows("""
    Authorization follows a redirect to another host, port or scheme
    (CVE-2018-18074 CVE-2014-1829 CVE-2018-20060 CVE-2018-25091 CVE-2018-1000007 CVE-2022-27774 CVE-2025-14524 CVE-2026-3783
     CVE-2023-45289 CVE-2024-45336):
    redirect-leak/headers-* redirect-leak/auth-* redirect-leak/chain-* redirect-leak/there-and-back redirect-leak/downgrade-host
    redirect/scheme-relative test_redirects.py::test_another_origin_is_told_no_secrets
    test_redirects.py::test_letter_case_hides_no_secret

    Proxy-Authorization reaches the origin
    (CVE-2023-32681 CVE-2014-1830 CVE-2024-37891 CVE-2026-44431 CVE-2024-24758 CVE-2025-4673 CVE-2003-1605):
    proxy/connect-credentials proxy/connect-hand-set proxy/http-to-https-redirect proxy/redirect-out-of-proxy proxy/no-proxy-*
    redirect-leak/headers-host test_adapters.py::test_the_origin_is_shown_no_credentials_of_a_proxy
    test_adapters.py::test_the_proxys_credentials_stay_out_of_the_tunnel
    test_adapters.py::test_a_redirect_out_of_the_proxy_leaves_its_credentials_behind

    Headers for the origin reach the proxy (CVE-2015-3153): proxy/connect-origin-headers

    Credentials for one proxy go to another, or stay on a pooled connection
    (CVE-2026-6253 CVE-2026-7168 CVE-2026-9079 CVE-2026-3784):
    proxy/two-credentials proxy/credentials-then-none proxy/redirect-out-of-proxy proxy/tunnel-not-direct
    test_adapters.py::test_a_redirect_by_the_proxy_shows_its_credentials_again

    Cookies of one host go to another (CVE-2015-2296 CVE-2023-43804 CVE-2022-31151 CVE-2023-45143 CVE-2022-27776 CVE-2026-6276):
    redirect-leak/cookies-arg-* redirect-leak/jar-cross redirect-leak/headers-*

    Digest credentials answer a stranger (CVE-2026-11856 CVE-2026-8927): auth/digest-cross-*

    The netrc entry of another machine is used (CVE-2024-47081 CVE-2024-11053 CVE-2025-0167 CVE-2026-8926 CVE-2026-6429):
    netrc/* test_redirects.py::test_netrc_credentials_do_not_go_to_another_host

    Credentials stick to later requests or to pooled connections (CVE-2015-3236 CVE-2022-27782 CVE-2026-1965):
    redirect-leak/auth-later redirect-leak/cookies-arg-later test_security.py::test_what_a_call_brings_ends_with_it
    test_security.py::test_a_client_certificate_does_not_stay_on_a_connection

    Error texts and Referer show secrets (CVE-2021-22876 CVE-2026-9546):
    redirect-leak/referer-userinfo test_security.py::test_no_error_shows_a_secret
    test_adapters.py::test_a_password_in_the_url_is_in_no_error test_urls.py::test_no_error_shows_a_password
    test_prepared.py::test_the_value_of_a_secret_header_is_in_no_message
    test_prepared.py::test_the_reprs_name_the_method_and_no_secrets wire/protocol/test_fields.py::test_secrets_are_not_shown

    The Host header of the first origin goes to the next (RFC 9110): redirect-leak/host-header*

    verify=False, another authority or a client certificate sticks to the pool
    (CVE-2024-35195 CVE-2016-5420 CVE-2022-27782 CVE-2026-8932 CVE-2026-11564):
    tls/sticky-* test_security.py::test_a_client_certificate_does_not_stay_on_a_connection
    test_adapters.py::test_what_a_pool_is_chosen_by

    The host name is not checked, or loosely (CVE-2014-0139 CVE-2023-28321 CVE-2016-9015 CVE-2021-28363):
    tls/wrong-* tls/wildcard-* tls/partial-wildcard tls/ip-* tls/cn-only tls/tail proxy/connect-tls-*

    A certificate is expired, not yet valid, self-signed, of a stranger, for another purpose; TLS 1.1 (RFC 5280 RFC 8996):
    tls/expired tls/future tls/self-signed tls/stranger-root tls/client-purpose tls/leaf-as-ca tls/default-roots tls/old-protocol
    wire/network/test_tls.py::test_the_context_is_strict

    TLS is cut without close_notify (RFC 9112): tls/cut-* tls/notify-*

    A TLS session or context is shared across trust settings (CVE-2021-22890 CVE-2021-22924):
    tls/sticky-* wire/network/test_tls.py::test_other_settings_have_another_context
    test_security.py::test_a_session_that_nobody_verified_is_not_resumed_where_trust_counts

    Line ends in method, target, header, Host, cookies, multipart
    (CVE-2016-5699 CVE-2019-9740 CVE-2019-9947 CVE-2020-26116 CVE-2019-11236 CVE-2020-26137 CVE-2022-31150 CVE-2022-35948
     CVE-2023-23936 CVE-2023-49082 CVE-2023-29406):
    request-injection/* redirect/ctl-* proxy/connect-host-crlf auth/digest-user-crlf

    Framing headers of the caller contradict each other or the body (CVE-2026-1525): request-injection/framing-*

    The boundary of multipart or the client nonce can be foreseen (CVE-2025-22150 CVE-2025-7783):
    test_multipart.py::test_boundaries_are_32_hexadecimal_digits_that_nobody_can_foresee
    test_auth.py::test_every_client_nonce_is_new_and_long test_security.py::test_a_seed_foretells_neither_boundary_nor_nonce

    Tricks with the authority of a URL
    (CVE-2016-8624 CVE-2022-27780 CVE-2019-9636 CVE-2019-10160 CVE-2022-0391 CVE-2023-24329 CVE-2024-11168): url/*

    International names (CVE-2016-8625 CVE-2022-45061 CVE-2024-3651): url/idna* url/zwj url/rlo url/host-254

    A redirect leads to file, ftp, javascript (CVE-2009-0037): redirect/scheme-*

    HTTP_PROXY in a CGI program (CVE-2016-5386):
    proxy/httpoxy* test_adapters.py::test_in_a_cgi_program_the_upper_case_name_is_not_believed

    Content-Length that is no number, or several (CVE-2023-47627): content-length/*

    Chunks that are none (CVE-2025-43859 CVE-2025-22871 CVE-2024-52304): chunked/* chunked-trailers/*

    Transfer-Encoding with Content-Length, not last, twice, unknown (RFC 9112): transfer-encoding/*

    Header lines that are none hide others (CVE-2019-16276): header-syntax/* status-line/*

    What is cut is taken as whole (RFC 9112):
    header-syntax/eof-* status-line/eof-* content-length/truncated-* chunked/truncated-* content-encoding/*-cut* tls/cut-*

    Bytes behind a response become the answer to the next request (RFC 9112):
    keep-alive/* no-body/* chunked/surplus* content-length/surplus-* tls/stray-*

    Late bytes after a timeout (RFC 9112):
    timeout/* test_security.py::test_a_connection_that_timed_out_is_never_used_again

    Interim responses without end, or taken as final (CVE-2021-3737): informational/*

    A request is repeated that must not be (RFC 9110): stale-connection/* status-line/eof-*

    An early answer to an upload is lost, or leaves half a request on the connection (CVE-2024-24791):
    early-response/* test_security.py::test_an_upload_that_was_refused_by_expect_leaves_no_half_request

    A proxy's refusal is shown as the answer of the origin (RFC 9110): proxy/connect-*

    Floods of headers and trailers (CVE-2023-38039 CVE-2026-22815 CVE-2013-1752):
    header-flood/* chunked-trailers/*endless status-line/one-meg-line
    test_limits.py::test_as_much_as_the_limit_passes_and_one_more_does_not

    Chunk extensions and sizes without end (CVE-2023-39326): chunked-flood/*

    Memory by claim (CVE-2025-13836): content-length/huge-claim content-length/over-* chunked/huge-size-*
    wire/test_response.py::test_memory_follows_what_arrives_and_not_what_is_claimed

    Bombs in a content coding (CVE-2025-66471 CVE-2026-21441 CVE-2026-44432 CVE-2025-69223): bombs/*-stream bombs/*-bomb
    wire/test_response.py::test_a_bomb_costs_what_is_read_of_it wire/test_response.py::test_leaving_a_bomb_does_not_set_it_off

    Content codings without end (CVE-2025-66418 CVE-2026-22036 CVE-2022-32206): bombs/*-layers bombs/four-hundred-lines

    A coded body that is damaged or cut is handed over as whole (RFC 1952 RFC 1950): content-encoding/*

    Parsers that take quadratic time (CVE-2021-33503 CVE-2020-7212 CVE-2020-8492 bpo-38804 CVE-2023-24807):
    parse-dos/link-* parse-dos/content-type-* cookie-flood/* auth/digest-wide-* url/*-40k header-flood/fold-50k

    Redirects without end, with bodies without end (CVE-2026-21441 CVE-2025-50181):
    redirect/loop-self redirect/ping-pong redirect/thirty-one bombs/redirect-*

    Servers that are slow on purpose (RFC 9112):
    timeout/drip-head streaming/* connect/*-blackholed test_time.py::test_a_head_that_drips_does_not_outlive_the_total
    test_time.py::test_a_body_that_never_ends_does_not_outlive_the_total
    test_time.py::test_a_request_that_is_taken_in_sips_does_not_outlive_the_total

    JSON too deep, numbers too long, charsets that are none (CVE-2020-10735): parse-dos/json-* parse-dos/codec-*

    The domain of a cookie (CVE-2013-1944 CVE-2014-3613 CVE-2014-3620 CVE-2023-46218 CVE-2026-8924 CVE-2018-20852):
    cookies/domain-* cookies/host-only*

    Secure cookies, __Host- and __Secure- (RFC 6265bis): cookies/prefix-* cookies/tls-* cookies/secure-*

    Cookies with control characters, too big, too many (CVE-2022-35252 CVE-2022-32205 CVE-2025-58186):
    cookies/ctl-* cookies/too-big cookies/size-* cookie-flood/*

    A file that waits where a temporary one will be is taken for it (CVE-2026-25645):
    test_certs.py::test_nobody_can_guess_where_the_copy_will_be

    A server chooses what the client connects to (CWE-918):
    test_reach.py::test_a_redirect_from_http_never_leads_into_a_unix_socket
    test_reach.py::test_private_addresses_can_be_refused_however_they_are_written_and_met
""")

# What may go wrong without anybody's ill will, and must do no harm either.
FAULTS = _rows("""
    many threads, one session, and a server that misbehaves:
    soak/test_soak.py::test_thousands_of_requests_to_a_server_that_misbehaves_end_well

    as many requests here as there:
    soak/test_soak.py::test_thousands_of_requests_to_a_server_that_misbehaves_end_well
    test_threads.py::test_each_answer_is_its_own

    connections that died in the pool: stale-connection/*
    wire/test_client.py::test_what_does_no_harm_twice_is_sent_again_once_when_the_connection_dies
    wire/test_client.py::test_what_may_do_harm_twice_is_never_sent_again_once_it_has_left

    a server that closes in the middle: keep-alive/* wire/test_connection.py::test_a_body_that_is_cut_short_is_an_error
    wire/test_connection.py::test_a_reset_within_a_body_is_an_error

    a pool that is full: test_threads.py::test_a_pool_that_blocks_has_never_more_connections
    wire/test_pool.py::test_who_waits_for_too_long_is_told_so
    wire/test_pool.py::test_so_many_are_kept_for_a_route_and_the_oldest_are_closed

    streams that nobody reads on: wire/test_response.py::test_leaving_any_other_body_closes_the_connection
    wire/test_response.py::test_leaving_a_body_that_has_arrived_keeps_the_connection
    wire/test_client.py::test_a_connection_whose_answer_is_half_read_never_comes_back

    forks: wire/test_pool.py::test_a_forked_process_shares_no_connection_with_its_parent

    interrupts: test_interrupts.py::test_interrupts_before_any_line_leave_nothing_broken
    test_interrupts.py::test_a_body_whose_reading_was_interrupted_is_not_taken_for_a_shorter_one
    wire/test_client.py::test_interrupts_at_any_moment_mix_nothing_up_and_leave_nothing_open

    a body that fails: wire/test_client.py::test_a_body_that_fails_leaves_an_unfinished_request_on_a_closed_connection

    a file that changes while it is sent:
    test_faults.py::test_a_file_that_changes_while_it_is_sent_leaves_no_message_of_another_length

    a name lookup that fails, or hangs: connect/* test_time.py::test_a_name_lookup_that_hangs_is_left_behind
    wire/network/test_dial.py::test_the_time_of_a_slow_lookup_counts

    a first address that does not answer: connect/*-blackholed
    wire/network/test_dial.py::test_for_real_a_silent_first_address_is_overtaken
    wire/network/test_dial.py::test_one_deadline_is_for_all_addresses_and_its_error_names_each

    timeouts: timeout/*

    no descriptors left: test_faults.py::test_a_process_without_descriptors_gets_errors_that_say_so_and_recovers

    a session closed while others work: test_threads.py::test_closing_the_session_while_others_work_does_no_harm

    thousands of servers: test_faults.py::test_of_thousands_of_servers_ten_are_kept_in_touch_with

    garbage: test_faults.py::test_what_nobody_closes_is_closed_when_it_is_dropped
    wire/test_client.py::test_a_client_that_is_dropped_closes_its_connections_without_a_warning

    clocks that jump: test_faults.py::test_timeouts_and_pauses_do_not_follow_the_time_of_day
""")


@functools.cache
def known_of(name: str) -> frozenset[str]:
    """The advisories that a case or a test function is for.

    >>> sorted(known_of("test_certs.py::test_nobody_can_guess_where_the_copy_will_be"))
    ['CVE-2026-25645']
    """
    return frozenset(
        known for row in VULNERABILITIES for known in row.known_in if any(fnmatch.fnmatchcase(name, it) for it in row.covered_by)
    )
