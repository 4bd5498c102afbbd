"""``python -m sealward``: the same as the console script.

Python puts the current folder first on its path for ``-m``, and what is judged may lie there: a ``yaml.py``
of a repository would be imported. It is taken off before anything else is.
"""

import os  # loaded at the start of Python: nothing is looked for
import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False) and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from sealward.cli import main

if __name__ == "__main__":
    sys.exit(main())
