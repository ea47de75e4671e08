"""What servers really send, and what a client must make of it: see README.md."""
