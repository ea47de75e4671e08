"""Sockets: names to addresses, addresses to streams, streams to secure streams; no HTTP."""
