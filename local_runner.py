"""Runs a pipeline on this machine.

    python local_runner.py                                                    # the sentiment demo
    python local_runner.py --data reviews.csv --text review --label stars     # your own table
    python local_runner.py my.yaml --set train.epochs=5                       # your own config
    python local_runner.py my.yaml --dry-run                                  # look first

Takes what `meritline run` takes; `--help` tells it all. The exit status is 0 where a model was
pushed, 1 after a crash, 2 where the config or the command line is wrong, 3 where the model was not
blessed, and 4 where the data was refused.
"""

from pipeline import cli

if __name__ == "__main__":
    cli.run_command(prog_name="local_runner.py")
