"""What is made of another SLI: it reads what that one records."""

from typing import TYPE_CHECKING

from genesis_monitoring.conventions import record_name
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.first_hours import FirstHours

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


class DerivedSli(SliKind):
    """An SLI of another one, ``of``."""

    def root(self, spec: "Spec") -> SliKind:
        """The other one."""
        return spec.slis[self.of].root(spec)

    def compared_with(self, spec: "Spec") -> FirstHours | None:
        """What the other one is compared with."""
        return spec.slis[self.of].compared_with(spec)

    def record(self, spec: "Spec") -> str:
        """What the other one records."""
        return record_name(self.of, spec.slis[self.of].unit)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """What the other one needs."""
        return self.root(spec).needed(spec)

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """The series of the other one."""
        return self.root(spec).seen_within(spec, seconds)

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """It belongs to the same component as the other one, and has the same labels."""
        base = spec.slis[self.of]
        if base.component != self.component:
            reporter.contradiction(
                (*path, "component"),
                f"SLI {self.of}, which this one is made of, belongs to {base.component}; rules of two groups "
                "are not evaluated in a fixed order",
                f"make the component {base.component}",
                ("slis", self.of, "component"),
            )
        if set(self.by) != set(base.by):
            labels = ", ".join(base.by)
            reporter.contradiction(
                (*path, "by"),
                f"SLI {self.of}, which this one is made of, is grouped by {labels or 'no label'}, "
                "and what is made of it has the same labels",
                f"make it by: [{labels}]" if labels else "leave by out",
                ("slis", self.of, "by"),
            )
