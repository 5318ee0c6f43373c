"""The single write path: one public function per verb, each through the doorway in `act.py`."""
