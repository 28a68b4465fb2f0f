"""``python -m graphmem_cli``."""

from .app import main

main()
