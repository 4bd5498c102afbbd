"""``python -m sealward``: the same as the console script."""

import sys

from sealward.cli import main

if __name__ == "__main__":
    sys.exit(main())
