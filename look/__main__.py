"""See the dashboards as Grafana's own open libraries show them, without Grafana.

``values``: text and colour of each panel around its levels, compared with look/values.txt, which
GENESIS_MON_REWRITE=1 writes.
``types``: each dashboard against Grafana's published types.
``pictures``: each dashboard drawn from a simulated rollout.

Exit code 0 if all is as committed and of the right types, 1 if not, 2 if something that is needed is missing.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from genesis_monitoring.errors import GenesisMonError
from look import published, values
from look.workshop import LookError, Workshop

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "slo.yaml"
FOLDER = "generated/grafana/dashboards"
EVERY_KIND = ROOT / "tests/golden/every-kind"
"""Has a panel of each type."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run the parts, report."""
    parser = argparse.ArgumentParser(
        prog="python -m look", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(_PARTS)} (default: all)")
    parser.add_argument(
        "--spec", type=Path, default=SPEC, help="whose dashboards are looked at (default: slo.yaml)"
    )
    parser.add_argument("--unfold", action="store_true", help="draw what is in folded rows, too")
    parser.add_argument("--folder", type=Path, default=ROOT / ".venv/look", help="where Grafana's code goes")
    given = parser.parse_args(arguments)
    wrong = sorted(set(given.parts) - set(_PARTS))
    if wrong:
        parser.error(f"{wrong[0]!r} is no part; there are {', '.join(_PARTS)}")
    dashboards = sorted((given.spec.parent / FOLDER).glob("*.json"))
    workshop = Workshop(given.folder.absolute())
    parts = given.parts or _PARTS
    try:
        workshop.set_up()
        right = [part(workshop, given, dashboards) for name, part in _PARTS.items() if name in parts]
    except (LookError, GenesisMonError) as error:
        print(error, file=sys.stderr)
        return 2
    return int(not all(right))


def _values(workshop: Workshop, given: argparse.Namespace, dashboards: Sequence[Path]) -> bool:
    found = values.made(workshop, dashboards)
    if given.spec != SPEC:
        print(found, end="")
        return True
    committed = values.TABLE.read_text(encoding="utf-8") if values.TABLE.is_file() else ""
    if found == committed:
        print(f"values: {values.TABLE.relative_to(ROOT)} is what Grafana shows")
        return True
    if os.environ.get("GENESIS_MON_REWRITE"):
        values.TABLE.write_text(found, encoding="utf-8")
        print(f"values: wrote {values.TABLE.relative_to(ROOT)}")
        return True
    print(values.difference(committed, found))
    print(
        f"values: {values.TABLE.relative_to(ROOT)} is not what Grafana shows; if what it shows now is right: "
        "GENESIS_MON_REWRITE=1 make look"
    )
    return False


def _types(workshop: Workshop, given: argparse.Namespace, dashboards: Sequence[Path]) -> bool:
    right = True
    if given.spec == SPEC:
        dashboards = (*dashboards, *sorted((EVERY_KIND / FOLDER).glob("*.json")))
    for package in published.PACKAGES:
        faults = published.faults(workshop, package, dashboards)
        name = f"@grafana/schema {workshop.version(package)}"
        print(*faults, f"types: {'not ' if faults else ''}all is as {name} says", sep="\n")
        right &= not faults
    return right


def _pictures(workshop: Workshop, given: argparse.Namespace, dashboards: Sequence[Path]) -> bool:
    from genesis_monitoring.commands.project import Inputs, load_project
    from look.pictures import draw

    plan = load_project(Inputs(given.spec, None, None, None)).plan
    for picture in draw(workshop, plan, dashboards, workshop.folder / "pictures", given.unfold):
        print(f"pictures: {picture}", flush=True)
    return True


_PARTS = {"values": _values, "types": _types, "pictures": _pictures}

if __name__ == "__main__":
    sys.exit(main())
