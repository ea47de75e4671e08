"""What to do about a handshake that failed: the commonest causes, by the names that OpenSSL has for them.

A certificate that is not trusted has a number (the X509_V_ERR_… of `openssl/x509_vfy.h`), everything else a reason. What is not
in these tables is said in OpenSSL's words alone.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

_UNKNOWN_ISSUER = (
    'who issued it is not among the authorities of that store: verify= takes the file of the right ones, or "system" for the '
    "machine's own; a browser that trusts it all the same may know an intermediate certificate that the server ought to send"
)
_OTHER_NAME = "ask for the server by a name that it bears, or say with assert_hostname= which one it should bear"

_CERTIFICATE = {
    9: "it is not valid yet: look at this machine's clock",
    10: "it has expired: the server needs a new one, unless this machine's clock is wrong",
    18: "it vouches for itself: if it is the right one, give its PEM file as verify=",
    19: "the authority at the end of its chain is not in that store: if it is yours, give its PEM file as verify=",
    20: _UNKNOWN_ISSUER,
    21: _UNKNOWN_ISSUER,
    23: "it has been revoked: the server needs a new one",
    26: "it was issued for another purpose than being a server",
    62: _OTHER_NAME,
    64: _OTHER_NAME,
    66: "its key is too weak for OpenSSL's security level",
    68: "it is signed with a hash that is not safe any more",
}

_PLAIN = "what answers there does not speak TLS: is it an http:// server, or another port?"
_OLD = "the two sides have no version of TLS in common: minimum_version= may allow older ones, at your risk"
_CLIENT = "the server wants a client certificate that it trusts: cert= gives one"
_NO_COMMON = "the two sides have no cipher in common (ciphers=), or the server wants a client certificate (cert=)"
_ANCIENT = "the server knows nothing of RFC 5746: an ssl_context= with OP_LEGACY_SERVER_CONNECT allows it, at your risk"
_REASON = {
    "WRONG_VERSION_NUMBER": _PLAIN,
    "HTTP_REQUEST": _PLAIN,
    "UNKNOWN_PROTOCOL": _PLAIN,
    "PACKET_LENGTH_TOO_LONG": _PLAIN,
    "RECORD_LAYER_FAILURE": _PLAIN,
    "UNSUPPORTED_PROTOCOL": _OLD,
    "NO_PROTOCOLS_AVAILABLE": _OLD,
    "TLSV1_ALERT_PROTOCOL_VERSION": _OLD,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": _NO_COMMON,
    "NO_CIPHERS_AVAILABLE": "ciphers= leaves nothing that this OpenSSL has",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _CLIENT,
    "TLSV1_ALERT_UNKNOWN_CA": _CLIENT,
    "SSLV3_ALERT_BAD_CERTIFICATE": _CLIENT,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "the server says that our client certificate has expired",
    "TLSV1_UNRECOGNIZED_NAME": "the server knows no site of that name (server_hostname= asks for another)",
    "DH_KEY_TOO_SMALL": 'the server\'s key exchange is weak: ciphers="DEFAULT:@SECLEVEL=1" allows it, at your risk',
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": _ANCIENT,
}


def advice(error: ssl.SSLError) -> str:
    """A sentence for the end of an error text, with what comes before it; "" where nothing is known to help."""
    known = _CERTIFICATE.get(getattr(error, "verify_code", 0)) or _REASON.get(error.reason or "")
    return f"; {known}" if known else ""
