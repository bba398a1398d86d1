"""Says what was measured."""
import json, os
def load(): return os.getloadavg()[0]
def begin(): return {"tables": {}}
def end(results, path):
    if path: path.write_text(json.dumps(results, indent=1))
