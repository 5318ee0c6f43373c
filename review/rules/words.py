"""The mark that makes a sentence of the rules translatable at the edge."""


def N_(sentence: str) -> str:
    """Mark `sentence` for the translators and return it unchanged; the pages translate it."""
    return sentence
