"""Where the spec says another figure than the guide: told by a warning, and followed into every artifact.

A team may change a threshold, and nothing turns red; pytest prints last how it departs from the guide.
"""

import dataclasses
import warnings

from .documents import spec
from .rows import ThresholdRow


def as_the_spec_has_it(row: ThresholdRow) -> ThresholdRow:
    """The row with the levels of the spec, and a warning for each that is not the guide's."""
    objective = spec()["slis"][row.sli]["objective"]
    level = objective.get("alert", objective["target"])
    fires = f"{row.fires.split()[0]} {level:g}" if row.fires else row.fires
    found = dataclasses.replace(
        row, good=f"{objective['good']} {objective['target']:g}", fires=fires, no_go=objective.get("no_go")
    )
    for field in ("good", "fires", "no_go"):
        guide, own = getattr(row, field), getattr(found, field)
        if guide != own:
            warnings.warn(f"{row.title}: the guide says {field} {guide}, the spec {own}", stacklevel=2)
    return found
