"""The command line: each command reads files, calls one library function, and prints."""
