"""The dashboards against Grafana's published types, of each version that is installed."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from look.workshop import LookError, Workshop

PACKAGES = ("@grafana/schema", "grafana-schema-13")
"""As npm installs them: the version that dashboards are written for, and the one after it by an alias."""

_OPTIONS = {
    "strict": True,
    "noEmit": True,
    "skipLibCheck": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "types": [],
}


def faults(workshop: Workshop, package: str, dashboards: Sequence[Path]) -> list[str]:
    """What of ``dashboards`` is not of the types of ``package``, a line each. Raises LookError."""
    folder = workshop.folder / f"types-{package.rpartition('/')[2]}"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    types = workshop.modules / package / "dist/types"
    kinds = {file.parts[-4]: str(file) for file in sorted(types.glob("raw/composable/*/panelcfg/x/*.d.ts"))}
    paths = {"@grafana/schema": [str(types / "index.d.ts")]}
    paths |= {f"@grafana/schema/{kind}": [file] for kind, file in kinds.items()}
    for file in dashboards:
        lines = _module(json.loads(file.read_text(encoding="utf-8")), kinds)
        (folder / f"{file.stem}.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    guard = str(workshop.folder / "js/guard.ts")
    project = {"compilerOptions": {**_OPTIONS, "paths": paths}, "include": ["*.ts", guard]}
    (folder / "tsconfig.json").write_text(json.dumps(project))
    tsc = workshop.modules / ".bin/tsc"
    try:
        workshop.run((str(tsc), "--project", str(folder), "--pretty", "false"))
    except LookError as error:
        return [_placed(line, folder) for line in str(error).splitlines()[1:]]
    return []


def _placed(line: str, folder: Path) -> str:
    """What the compiler said, with the panel where it names a line of ours."""
    found = re.match(rf"{folder.name}/(.+)\.ts\((\d+),\d+\): ", line)
    if found is None:
        return line
    module = (folder / f"{found[1]}.ts").read_text(encoding="utf-8").splitlines()
    name = re.match(r"export const (\w+)", module[int(found[2]) - 1])
    return f"{found[1]} {name[1].replace('_', ' ') if name else ''}: {line[found.end() :]}"


def _module(dashboard: dict[str, Any], kinds: dict[str, str]) -> Iterator[str]:
    """TypeScript that is right if ``dashboard`` is: a constant for each panel, on a line of its own.

    ``kinds`` are the types of panels that have published types, with their files.
    """
    rows = dashboard.pop("panels")
    panels = [panel for row in rows for panel in (row, *row.get("panels", ()))]
    yield "import type { Frame, PanelOf, Row } from '../js/schema';"
    for kind in sorted({panel["type"] for panel in panels} & kinds.keys()):
        yield f"import type * as {kind} from '@grafana/schema/{kind}';"
    yield f"export const dashboard: Frame = {json.dumps(dashboard)};"
    for panel in panels:
        kind, text = _type(panel["type"], kinds), json.dumps(_alone(panel))
        yield f"export const panel_{panel['id']}: {kind} = {text};"


def _type(kind: str, kinds: dict[str, str]) -> str:
    if kind == "row":
        return "Row"
    options = f"{kind}.Options" if kind in kinds else "Record<string, unknown>"
    has_own = kind in kinds and "interface FieldConfig" in Path(kinds[kind]).read_text(encoding="utf-8")
    return f"PanelOf<'{kind}', {options}, {f'{kind}.FieldConfig' if has_own else 'Record<never, never>'}>"


def _alone(panel: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in panel.items() if key != "panels"}
