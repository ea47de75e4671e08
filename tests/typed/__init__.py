"""Programs as users write them, with all types said. Type checkers read them; `tests/test_typed.py` asks what they found."""
