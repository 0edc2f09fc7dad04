"""`python -m coder`: what `coder` does."""

from coder.cli.main import main

main()
