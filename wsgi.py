"""What the server and the commands load: `app`."""

import gc
import sys

from review import config, create_app, modes
from review.cli.absent import refuse_without_a_desk

refuse_without_a_desk(sys.argv[1:])
modes.keep_private(config.named_home())
app = create_app()
# What is loaded by now stays for good: a full collection that walks it holds every page up for a tenth of a second.
gc.freeze()
