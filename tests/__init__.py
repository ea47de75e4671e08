"""The tests of minireq: `python3 -m tests` from the checkout's root runs them all."""
