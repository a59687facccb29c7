"""`python -m dialproof`: the same as the command `dialproof`.

With `-m` Python puts the current folder first on its path, and a `random.py` that lies there would be executed. That entry is
gone before anything is imported that Python itself has not imported to come here.
"""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:  # with -P or -I it is not there, and the first entry is another one
        del sys.path[0]
    from dialproof.cli.main import main

    main(prog_name="dialproof")
