"""Faults that no test can notice, because the program with them does the same; each with the reason."""

EXPLAINED = {
    "Tree.__init__: GtE in len(self.levels[-1]) > 1": "one more level, without any node, which no path asks for",
}
