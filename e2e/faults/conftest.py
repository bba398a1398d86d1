"""The modules beside these tests, for pytest as for the commands."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
