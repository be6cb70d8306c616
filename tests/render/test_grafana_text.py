"""Text of the spec in a dashboard: shown as it is written, never a variable, never HTML."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from genesis_monitoring.conventions import WORD_JOINER
from genesis_monitoring.panels.panel import Link
from genesis_monitoring.render.grafana import (
    plain_markdown,
    plain_promql,
    plain_text,
    plain_url,
)

from .dashboards import HEADER, PLAN, events, one, panel, query, rendered, row

GRAFANA_VARIABLE = re.compile(
    r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}", re.ASCII
)
"""How Grafana finds variables (``variableRegex``); a name that it does not know stays as it stands."""

HOSTILE = (
    "$datasource",
    "${datasource}",
    "${datasource:raw}",
    "${__user.login}",
    "[[datasource]]",
    "[[datasource:csv]]",
    "[[[datasource]]]",
    "$${datasource}",
    "$$__from",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div><!-- x -->",
    "<?php ?>",
    "`<b>$datasource</b>`",
    "&lt;b&gt; &#60;b&#62;",
    '"}], "panels": [{"id": 9',
    "a\\u0000\n\t\u2028b",
)


class Tags(HTMLParser):
    """Counts whatever is not text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(data)

    def handle_decl(self, decl: str) -> None:
        self.found.append(decl)

    def handle_pi(self, data: str) -> None:
        self.found.append(data)

    def handle_entityref(self, name: str) -> None:
        self.found.append(name)

    def handle_charref(self, name: str) -> None:
        self.found.append(name)


def filled(text: str) -> str:
    """``text`` as Grafana fills it in, if every name that starts with no digit is a variable."""
    return GRAFANA_VARIABLE.sub(
        lambda match: match[0] if (match[1] or match[2] or match[4])[0].isdigit() else "FILLED", text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_text_reaches_grafana_as_text(text: str) -> None:
    header = dataclasses.replace(HEADER, title=text, description=text, text=text)
    drawn = panel(title=text, description=text, queries=(query("A", "up", text, instant=True),))
    plan = dataclasses.replace(PLAN, title=text, rows=(row(100, text, 0, header, drawn),))
    data = rendered(plan)
    assert data["title"] == text
    heading, status, stat = data["panels"]
    plain = [heading["title"], status["title"], stat["title"], stat["targets"][0]["legendFormat"]]
    markdown = [status["description"], stat["description"], status["options"]["content"]]
    for shown in plain + markdown:
        assert shown.replace(WORD_JOINER, "") == text
        assert filled(shown) == shown
    for shown in markdown:
        assert Tags(shown).found == []


def test_the_test_sees_what_it_must_not() -> None:
    assert [filled(text) for text in HOSTILE[:9]] != list(HOSTILE[:9])
    assert all(Tags(text).found for text in HOSTILE[9:15])


@pytest.mark.parametrize(
    "text",
    [
        "below $150/month",
        "$150",
        "Good is < 0.1 %, <200 ms, 3 > 2, a<=b",
        "R&D & costs; AT&T",
        "{{suite}} {instance} 100 %",
        "a [b] [c](https://x.example/d) list[0]",
        "`sli_name` **bold** # not a heading",
        "Größe – 98 %",
        "5$ or 5 $ {x}",
    ],
)
def test_ordinary_text_is_not_touched(text: str) -> None:
    assert plain_markdown(text) == text
    assert plain_text(text) == text


def test_promql_keeps_its_meaning_and_loses_its_variables() -> None:
    import promql_parser

    expr = (
        'sum(rate(x_total{a="$datasource", b="${datasource}", c="[[datasource]]", d=~"x$|\\\\$y", e="\\"$z"}'
        "[$__rate_interval]))"
    )
    plain = plain_promql(expr)
    assert filled(plain) == plain.replace("$__rate_interval", "FILLED")

    def meaning(text: str) -> str:
        return promql_parser.parse(text.replace("$__rate_interval", "5m")).prettify()

    assert meaning(plain) == meaning(expr)
    assert one(queries=(query("A", expr, "a", instant=True),))["targets"][0]["expr"] == plain


def test_the_query_of_events_is_free_of_variables() -> None:
    plan = dataclasses.replace(PLAN, events=(events("P0", 'ALERTS{alertname!="$datasource"}'),))
    assert (
        rendered(plan)["annotations"]["list"][1]["target"]["expr"] == 'ALERTS{alertname!="\\x24datasource"}'
    )


def test_links_of_the_dashboard_are_free_of_variables() -> None:
    links = (Link("$datasource", "https://runs.example/$datasource"), Link("[[x]]", "https://g/d/$x", True))
    found = rendered(dataclasses.replace(PLAN, links=links))["links"]
    assert [(one["title"], one["url"]) for one in found] == [
        (f"${WORD_JOINER}datasource", "https://runs.example/%24datasource"),
        (f"[{WORD_JOINER}[x]]", "https://g/d/%24x"),
    ]
    assert [(one["targetBlank"], one["keepTime"], one["includeVars"]) for one in found] == [
        (True, False, False),
        (False, True, True),
    ]


def test_links_are_free_of_variables_and_open_a_new_tab() -> None:
    url = "https://runs.example/$datasource/[[datasource]]/${x}?a=1&b=$5"
    found = one(links=(Link("Runbook ${x}", url),))["links"]
    assert found == [
        {
            "title": f"Runbook ${WORD_JOINER}{{x}}",
            "url": "https://runs.example/%24datasource/%5B[datasource]]/%24{x}?a=1&b=$5",
            "targetBlank": True,
        }
    ]
    assert plain_url("https://runs.example/a(b)?x=1&y=[2]#z") == "https://runs.example/a(b)?x=1&y=[2]#z"
