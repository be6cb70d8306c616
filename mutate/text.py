"""Faults in files without a document (prose, messages, modules): drift must tell any of them."""

from mutate.fault import Fault, Sort, Verdict, lot
from mutate.workshop import Workshop, errors, first_line, kind_of

KINDS = ("line left out", "line doubled", "character left out", "character added", "line added")


def make(workshop: Workshop, seed: str, number: int) -> list[Fault]:
    """For each kind of file, one line changed, at places drawn by lot."""
    sites: dict[str, list[tuple[str, int, str]]] = {}
    for artifact in workshop.artifacts.values():
        if artifact.document is None:
            own = sites.setdefault(kind_of(artifact.path), [])
            for line in range(artifact.text.count("\n")):
                own.extend((artifact.path, line, kind) for kind in KINDS)
    faults: list[Fault] = []
    for files, all_sites in sites.items():
        rng = lot(seed, files)
        rng.shuffle(all_sites)
        for path, line, kind in all_sites[:number]:
            old = workshop.artifacts[path].text
            lines = old.splitlines(keepends=True)
            at = rng.randrange(len(lines[line]))
            lines[line] = {
                "line left out": "",
                "line doubled": lines[line] * 2,
                "character left out": lines[line][:at] + lines[line][at + 1 :],
                "character added": f"{lines[line][:at]}~{lines[line][at:]}",
                "line added": lines[line] + "- more\n",
            }[kind]
            new = "".join(lines)
            first = _first_difference(old, new)
            faults.append(Fault(files, kind, path, f"line {line + 1}", new, first, first))
    return faults


def judge(workshop: Workshop, fault: Fault) -> Verdict:
    """Drift names the file and the first line that differs; these files have no other place."""
    with workshop.spoilt({fault.path: fault.text}):
        found = errors(workshop.drift())
    own = [one.location for one in found if one.location.file == (workshop.out / fault.path).as_posix()]
    located = any(place.line == fault.first for place in own)
    return Verdict(fault, bool(own), located, said=first_line(found[0]) if found else "")


SORT = Sort("other files", make, judge)


def _first_difference(old: str, new: str) -> int:
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    same = min(old.count("\n"), new.count("\n"))
    return next((number for number, (one, other) in enumerate(pairs, 1) if one != other), same + 1)
