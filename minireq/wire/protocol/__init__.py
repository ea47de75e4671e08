"""Bytes in, values out: everything of HTTP/1.1 that can be right or wrong, without a socket or a clock."""
