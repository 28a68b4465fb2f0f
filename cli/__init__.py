"""The command line of graphmem; installed as ``graphmem_cli``."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # While the program is being loaded there is nothing to finish: Ctrl-C ends it, and shows no traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
