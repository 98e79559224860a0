"""Serves models: `python -m serving DIR`."""

from serving import command

if __name__ == "__main__":
    command.main()
