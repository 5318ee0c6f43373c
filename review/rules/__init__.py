"""The pure centre: the rules of grading as frozen values and functions, standard library only."""
