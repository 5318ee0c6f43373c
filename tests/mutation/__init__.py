"""Mutation testing of the two files that a stranger's trust rests on: each small fault must be noticed by a test.

    python -m pytest tests/audit -p tests.mutation.plugin --mutate verify.py --sample 200

`operators` makes the faults, `plugin` runs the tests that reach a fault's line until one of them fails, in a process of
its own for each. What survives and cannot be told from the right program stands in `survivors.py`, with the reason.
"""
