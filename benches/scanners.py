"""Runs a scanner of others over the files named on standard input, one JSON line for each: level and imports. For the
environment that `scripts/setup-bench` makes for them."""

import contextlib
import io
import json
import logging
import os
import sys
import zipfile


def picklescan():
    from picklescan.scanner import SafetyLevel, scan_file_path

    def scan(path: str) -> tuple[str, list]:
        result = scan_file_path(path)
        found = {entry.safety for entry in result.globals}
        imports = [[entry.module, entry.name] for entry in result.globals]
        if SafetyLevel.Dangerous in found or result.issues_count:
            return "malicious", imports
        if SafetyLevel.Suspicious in found:
            return "suspicious", imports
        return ("error" if result.scan_err else "clean"), imports

    return scan


def modelscan():
    from modelscan.modelscan import ModelScan

    scanner = ModelScan()

    def scan(path: str) -> tuple[str, list]:
        report = scanner.scan(path)
        counts = report["summary"]["total_issues_by_severity"]
        imports = [[issue.get("module", ""), issue.get("operator", "")] for issue in report["issues"]]
        if counts["CRITICAL"] or counts["HIGH"]:
            return "malicious", imports
        if report["summary"]["total_issues"]:
            return "suspicious", imports
        is_unread = report["errors"] or not report["summary"]["scanned"]["total_scanned"]
        return ("error" if is_unread else "clean"), imports

    return scan


def fickling():
    from fickling.analysis import Severity
    from fickling.loader import scan_file, scan_zip_archive

    def scan(path: str) -> tuple[str, list]:
        results = scan_zip_archive(path, graceful=True) if zipfile.is_zipfile(path) else scan_file(path, graceful=True)
        results = list(results.values()) if isinstance(results, dict) else [results]
        severities = [result.severity for result in results if getattr(result, "severity", None) is not None]
        worst = max(severities, default=None, key=lambda severity: severity.value[0])
        if worst is None:
            return "error", None
        if worst.value[0] >= Severity.LIKELY_OVERTLY_MALICIOUS.value[0]:
            return "malicious", None
        return ("clean" if worst == Severity.LIKELY_SAFE else "suspicious"), None

    return scan


def main() -> None:
    logging.disable(logging.CRITICAL)
    output = os.fdopen(os.dup(1), "w")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        scan = {"picklescan": picklescan, "modelscan": modelscan, "fickling": fickling}[sys.argv[1]]()
        for path in sys.stdin.read().splitlines():
            try:
                level, imports = scan(path)
            except Exception:
                level, imports = "error", None
            output.write(json.dumps({"path": path, "level": level, "imports": imports}) + "\n")
    output.flush()


if __name__ == "__main__":
    main()
