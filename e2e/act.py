"""Runs one function of a test module in this process: `act.py MODULE FUNCTION ARGUMENTS ANSWER`."""

import importlib
import json
import sys
from pathlib import Path

module, function, arguments, answer = sys.argv[1:]
result = getattr(importlib.import_module(module), function)(*json.loads(arguments))
Path(answer).write_text(json.dumps(result))
