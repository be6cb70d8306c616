"""Who looks after the system, and where people reach its servers: ``metadata``."""

from genesis_monitoring.defaults.kinds import kind_of
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Tree

_FROM = "metadata.name"
_PORTS = {"grafana": 3000, "prometheus": 9090, "alertmanager": 9093}


def fill_metadata(tree: Tree) -> None:
    """A title from the name, contacts in their short form, links to the ports that are published."""
    about = tree.section("metadata")
    name = about.get("name")
    if not isinstance(name, str):
        return
    title = about.get("title", title_of(name))
    tree.fill(("metadata",), {"title": title, "description": title, "team": name}, _FROM)
    if "contacts" not in about:
        on_call = {"name": f"Team {about['team']}", "role": "On call"}
        tree.fill(("metadata", "contacts"), {"on_call": on_call}, "metadata.team")
    _write_out_contacts(tree, ("metadata", "contacts"))
    links = {kind: (f"http://localhost:{port}", "metadata.links") for kind, port in _PORTS.items()}
    # No default is where a team's own pages are: an address under example.com is warned of.
    repository = f"https://git.example.com/{about.get('team')}/{name}"
    links["runbooks"] = (f"{repository}/blob/main/generated/docs/runbooks", "metadata.links")
    for service, entry in tree.named("stack", "services"):
        kind, ports = kind_of(entry), entry.get("ports")
        if kind not in _PORTS:
            continue
        first = ports[0] if isinstance(ports, tuple) and ports else None
        if isinstance(first, dict) and isinstance(first.get("host"), int):
            links[kind] = (f"http://localhost:{first['host']}", f"stack.services.{service}.ports")
    for kind, (link, source) in links.items():
        tree.fill(("metadata", "links"), {kind: link}, source)


def fill_teams(tree: Tree) -> None:
    """Titles of teams from their names, and who is called for them in short form.

    The system's contacts are those of a team only if a person wrote them.
    """
    nobody = ("metadata", "contacts", "on_call") in tree.origins
    for name, team in tree.named("teams"):
        tree.fill(("teams", name), {"title": title_of(name)}, "its name")
        if nobody:
            on_call = {"name": f"Team {team['title']}", "role": "On call"}
            tree.fill(("teams", name, "contacts"), {"on_call": on_call}, f"teams.{name}.title")
        receivers = team.get("receivers")
        if isinstance(receivers, dict):
            team["receivers"] = {
                key: (one,) if isinstance(one, str) else one for key, one in receivers.items()
            }
        _write_out_contacts(tree, ("teams", name, "contacts"))


def _write_out_contacts(tree: Tree, path: tuple[str, ...]) -> None:
    contacts = tree.section(*path)
    for key, role in (("on_call", "On call"), ("backup", "Backup")):
        if isinstance(contacts.get(key), str):
            tree.write_out((*path, key), {"name": contacts[key]})
            tree.fill((*path, key), {"role": role}, "contacts in short form")
    chain = contacts.get("escalation")
    if isinstance(chain, tuple):
        contacts["escalation"] = tuple(
            {"name": one, "role": "Escalation"} if isinstance(one, str) else one for one in chain
        )
