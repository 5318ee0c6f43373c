"""The web server's own log, in our words: through the same handlers, masked, and no line a request."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from review import config, logs


class ServerLog(Logger):
    """What gunicorn calls for everything it has to say."""

    def setup(self, cfg: Any) -> None:
        """Leave out the server's own handlers; ours stand on the root."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.setLevel(logging.WARNING)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        given = os.environ.get("ASSAY_HOME")
        logs.configure(Path(given).resolve() if given else config.home())
