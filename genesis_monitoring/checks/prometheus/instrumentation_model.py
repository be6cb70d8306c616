"""A module of metric declarations as it works: Python text in, what it declares out. Nothing of it is run.

Only the few forms that a declaration needs are understood. Whatever else stands in the module is a stray:
it could do anything.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

LIBRARY = "prometheus_client"


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric of a class. ``labels`` and ``buckets`` are empty where none are given."""

    attribute: str
    class_name: str
    name: str
    help: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...]
    registered: bool
    line: int


@dataclass(frozen=True, slots=True)
class Chooser:
    """A method that picks a series: its parameters by name, and what it passes on, in order."""

    name: str
    attribute: str
    parameters: tuple[str, ...]
    passed: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Stray:
    """Something else than a declaration."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class MetricModule:
    """The whole module. ``classes`` are the names of its classes with their lines."""

    imports: tuple[str, ...]
    classes: tuple[tuple[str, int], ...]
    metrics: tuple[Declared, ...]
    choosers: tuple[Chooser, ...]
    strays: tuple[Stray, ...]


class _StrayError(Exception):
    """The statement is none of the known forms."""


def read_module(text: str) -> MetricModule:
    """Raises SyntaxError for what is not Python."""
    imports: list[str] = []
    classes: list[tuple[str, int]] = []
    members: list[Declared | Chooser] = []
    strays: list[Stray] = []
    for statement in ast.parse(text).body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.ImportFrom(module=library, level=0) if library == LIBRARY:
                imports += [alias.name for alias in statement.names if alias.asname in (None, alias.name)]
            case ast.ClassDef(bases=[], keywords=[], decorator_list=[]):
                classes.append((statement.name, statement.lineno))
                for member in _members(statement, strays):
                    members.append(member)
            case _:
                strays.append(_stray(statement))
    return MetricModule(
        tuple(imports),
        tuple(classes),
        tuple(member for member in members if isinstance(member, Declared)),
        tuple(member for member in members if isinstance(member, Chooser)),
        tuple(strays),
    )


def _members(owner: ast.ClassDef, strays: list[Stray]) -> Iterator[Declared | Chooser]:
    for statement in owner.body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.FunctionDef(name="__init__", decorator_list=[]) if _takes_registry(statement.args):
                yield from _declarations(statement, strays)
            case ast.FunctionDef(decorator_list=[]):
                try:
                    yield _chooser(statement)
                except _StrayError:
                    strays.append(_stray(statement))
            case _:
                strays.append(_stray(statement))


def _takes_registry(arguments: ast.arguments) -> bool:
    match arguments:
        case ast.arguments(
            posonlyargs=[],
            args=[ast.arg(arg="self"), ast.arg(arg="registry")],
            vararg=None,
            kwonlyargs=[],
            kwarg=None,
            defaults=[ast.Name(id="REGISTRY")],
        ):
            return True
    return False


def _declarations(method: ast.FunctionDef, strays: list[Stray]) -> Iterator[Declared]:
    for statement in method.body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)],
                value=ast.Call(func=ast.Name(id=class_name)) as call,
            ):
                try:
                    yield _declared(attribute, class_name, call)
                except _StrayError:
                    strays.append(_stray(statement))
            case _:
                strays.append(_stray(statement))


def _declared(attribute: str, class_name: str, call: ast.Call) -> Declared:
    given = {word.arg: word.value for word in call.keywords}
    registry = given.pop("registry", None)
    labels, buckets = given.pop("labelnames", None), given.pop("buckets", None)
    match call.args:
        case [ast.Constant(value=str(name)), ast.Constant(value=str(text))] if not given:
            return Declared(
                attribute,
                class_name,
                name,
                text,
                _texts(labels),
                _numbers(buckets),
                isinstance(registry, ast.Name) and registry.id == "registry",
                call.lineno,
            )
    raise _StrayError


def _chooser(method: ast.FunctionDef) -> Chooser:
    body = [one for one in method.body if not _is_docstring(one)]
    match method.args, body:
        case (
            ast.arguments(
                posonlyargs=[], args=[ast.arg(arg="self")], vararg=None, kwarg=None, kwonlyargs=parameters
            ),
            [
                ast.Return(
                    value=ast.Call(
                        func=ast.Attribute(
                            value=ast.Attribute(value=ast.Name(id="self"), attr=attribute), attr="labels"
                        ),
                        args=passed,
                        keywords=[],
                    )
                )
            ],
        ) if not any(method.args.kw_defaults):
            names = tuple(parameter.arg for parameter in parameters)
            return Chooser(method.name, attribute, names, tuple(map(_name, passed)), method.lineno)
    raise _StrayError


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    raise _StrayError


def _texts(node: ast.expr | None) -> tuple[str, ...]:
    return tuple(value for value in _constants(node) if isinstance(value, str))


def _numbers(node: ast.expr | None) -> tuple[float, ...]:
    return tuple(value for value in _constants(node) if isinstance(value, int | float))


def _constants(node: ast.expr | None) -> Iterator[object]:
    """The values of a list. Raises _StrayError for what is no list of constants."""
    if node is None:
        return
    if not isinstance(node, ast.List | ast.Tuple):
        raise _StrayError
    for item in node.elts:
        if not isinstance(item, ast.Constant):
            raise _StrayError
        yield item.value


def _stray(statement: ast.stmt) -> Stray:
    return Stray(ast.unparse(statement).partition("\n")[0], statement.lineno)
