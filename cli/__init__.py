"""The command line of graphmem; installed as ``graphmem_cli``."""
