"""The proofs of robustness: each prints one line a check and the whole ends with 1 when one is out of bounds.

usage: faults.py --bin DIR [--sanitized DIR] [--short] [NAME...]
"""

import argparse
import importlib
import os
import sys
import time

import stage

PROOFS = ["kills", "storage", "crowd", "feed", "access", "limits", "frames", "memory", "replies", "bystander", "web", "slips",
           "producers", "alerts", "service", "reload"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, help="folder of spindriftd")
    parser.add_argument("--sanitized", default="", help="folder of a spindriftd built with ASan")
    parser.add_argument("--short", action="store_true", help="the form that ./run.sh check runs, below three minutes")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PROOFS)}, all of them when none is named; or soak")
    asked = parser.parse_args()
    report = stage.Report()
    began = time.monotonic()
    binary = os.path.join(os.path.abspath(asked.bin), "spindriftd")
    print(f"{'proof':<52} {'measured':<34} {'bound':<34}")
    for name in asked.names or PROOFS:
        importlib.import_module(name).run(report, binary, asked.short, os.path.abspath(asked.sanitized))
    print(f"{report.count} checks, {report.failed} out of bounds, {time.monotonic() - began:.0f} s")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
