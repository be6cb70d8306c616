"""Whether the Python modules declare exactly the metrics of the catalogue. They are read, never run.

GM309 (error): a module declares a metric that the catalogue does not have, leaves one out, gives it another
type, name, help text, label or bucket than the spec does, or does something else than declare metrics. The
application would expose series that no rule reads, and rules would have no data. Render again.
"""

from collections.abc import Iterator

from genesis_monitoring.checks.alertmanager.align import RERENDER_HINT
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.prometheus.instrumentation_model import (
    LIBRARY,
    Chooser,
    Declared,
    MetricModule,
    read_module,
)
from genesis_monitoring.checks.promql.rule_files import no_plan
from genesis_monitoring.conventions import INSTRUMENTATION_FOLDER
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.instrumentation import InstrumentationPlan, MetricDeclaration
from genesis_monitoring.units import format_number

CODES = ("GM309",)

Fault = tuple[int, str, str]
"""Line, message, and the dotted path of what the spec says instead."""


def check_instrumentation(context: CheckContext) -> Iterator[Finding]:
    """GM309."""
    if context.plan is None:
        yield no_plan(context)
        return
    plans = {plan.path: plan for plan in context.plan.instrumentation}
    if not plans:
        return
    wanted = context.read(f"{INSTRUMENTATION_FOLDER}/*.py", "modules of metric declarations")
    yield from wanted.findings
    for file in wanted.files:
        try:
            module = read_module(file.text)
        except (SyntaxError, ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 0) or 0
            yield context.unchecked(file.path, f"it is not Python ({error})", (line, 0))
            continue
        for line, message, origin in _faults(module, plans[file.path]):
            yield _finding(context, file, line, message, origin)


def _finding(context: CheckContext, file: TreeFile, line: int, message: str, origin: str) -> Finding:
    related = (context.source.locate_dotted(origin),)
    return context.finding("GM309", file, (line, 0), message, hint=RERENDER_HINT, related=related)


def _faults(module: MetricModule, plan: InstrumentationPlan) -> Iterator[Fault]:
    for stray in module.strays:
        yield stray.line, f"{stray.text} is no declaration of a metric", plan.origin
    names = [name for name, _ in module.classes]
    line = module.classes[0][1] if module.classes else 1
    if names != [plan.class_name]:
        yield line, f"the classes are {', '.join(names) or 'none'}; wanted is {plan.class_name}", plan.origin
    missing = sorted({*plan.imports} - {*module.imports})
    if missing:
        yield 1, f"{', '.join(missing)} of {LIBRARY} is not imported, so the module fails", plan.origin
    yield from _metrics(module, plan, line)
    yield from _choosers(module, plan, line)


def _metrics(module: MetricModule, plan: InstrumentationPlan, line: int) -> Iterator[Fault]:
    left = list(module.metrics)
    for wanted in plan.metrics:
        own = [one for one in left if _exposed(one) == wanted.name]
        if not own:
            yield line, f"the metric {wanted.name} of {plan.job} is not declared", wanted.origin
            continue
        for one in own:
            left.remove(one)
        for twice in own[1:]:
            yield twice.line, f"{wanted.name} is declared twice, which {LIBRARY} refuses", wanted.origin
        for what, seen, said in _differences(own[0], wanted):
            verb = "are" if what.endswith("s") else "is"
            message = f"{what} of {wanted.name} {verb} {seen}; the spec says {said}"
            yield own[0].line, message, wanted.origin
        if not own[0].registered:
            yield own[0].line, f"{wanted.name} is not registered in the registry given", wanted.origin
    for stray in left:
        yield stray.line, f"the catalogue has no metric {_exposed(stray)} of {plan.job}", plan.origin


def _differences(seen: Declared, wanted: MetricDeclaration) -> Iterator[tuple[str, str, str]]:
    for what, own, said in (
        ("attribute", seen.attribute, wanted.attribute),
        ("type", seen.class_name, wanted.class_name),
        ("help", repr(seen.help), repr(wanted.help)),
        ("labels", _listed(seen.labels), _listed(tuple(label.name for label in wanted.labels))),
        ("buckets", _edges(seen.buckets), _edges(wanted.buckets)),
    ):
        if own != said:
            yield what, own, said


def _choosers(module: MetricModule, plan: InstrumentationPlan, line: int) -> Iterator[Fault]:
    methods = {method.name: method for method in module.choosers}
    for wanted in plan.metrics:
        if wanted.chooser is None:
            continue
        method = methods.pop(wanted.chooser, None)
        if method is None:
            yield line, f"the method {wanted.chooser} is missing", wanted.origin
        elif _meaning(method) != _meaning(_planned(wanted)):
            yield method.line, f"{method.name} does not pick a series of {wanted.name}", wanted.origin
    for stray in methods.values():
        yield stray.line, f"the spec knows nothing of a method {stray.name}", plan.origin


def _planned(wanted: MetricDeclaration) -> Chooser:
    parameters = tuple(label.parameter for label in wanted.labels)
    return Chooser(wanted.chooser or "", wanted.attribute, parameters, parameters, 0)


def _meaning(chooser: Chooser) -> tuple[str, frozenset[str], tuple[str, ...]]:
    return chooser.attribute, frozenset(chooser.parameters), chooser.passed


def _exposed(metric: Declared) -> str:
    """The name of its series: the client library gives a counter its suffix where that is missing."""
    if metric.class_name == "Counter" and not metric.name.endswith("_total"):
        return f"{metric.name}_total"
    return metric.name


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _edges(edges: tuple[float, ...]) -> str:
    return ", ".join(map(format_number, edges)) or "none"
