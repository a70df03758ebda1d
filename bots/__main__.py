"""``python -m bots`` is the program ``paperboy``."""

from bots.cli import main

main()
