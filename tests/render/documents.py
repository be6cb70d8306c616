"""The YAML document that each artifact has to hold, built from its plan, value by value."""

from typing import Any

from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.alertmanager import AlertmanagerPlan, Matcher, ReceiverPlan
from genesis_monitoring.plan.prometheus import PrometheusPlan, ScrapeConfig
from genesis_monitoring.plan.rule_tests import RuleTestFile
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.stack import MountPlan, ServicePlan, StackPlan
from genesis_monitoring.plan.timelines import RuleTest

Document = dict[str, Any]


def prometheus_document(plan: PrometheusPlan) -> Document:
    """prometheus.yml."""

    def job(config: ScrapeConfig) -> Document:
        own = (
            {"scrape_interval": config.interval, "scrape_timeout": config.timeout} if config.interval else {}
        )
        return {
            "job_name": config.job,
            **own,
            "metrics_path": config.path,
            "static_configs": [{"targets": list(config.targets)}],
        }

    return {
        "global": {
            "scrape_interval": plan.scrape_interval,
            "scrape_timeout": plan.scrape_timeout,
            "evaluation_interval": plan.evaluation_interval,
            "external_labels": dict(plan.external_labels),
        },
        "rule_files": list(plan.rule_files),
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [plan.alertmanager]}]}]},
        "scrape_configs": [job(config) for config in plan.scrape_configs],
    }


def rules_document(group: RuleGroup) -> Document:
    """A rule file."""

    def alert(rule: AlertingRule) -> Document:
        return {
            "alert": rule.alert,
            "expr": rule.expr,
            **({"for": format_duration(rule.for_)} if rule.for_ else {}),
            "labels": dict(rule.labels),
            "annotations": {one.name: one.template for one in rule.annotations},
        }

    recording = [{"record": rule.record, "expr": rule.expr} for rule in group.recording]
    rules: list[Document] = [*recording, *(alert(rule) for rule in group.alerting)]
    return {"groups": [{"name": group.name, "rules": rules}]}


def rule_tests_document(file: RuleTestFile) -> Document:
    """A file of rule tests."""

    def test(one: RuleTest) -> Document:
        series = [{"series": item.series, "values": item.values} for item in one.series]
        alerts = [
            {
                "eval_time": format_duration(check.eval_time),
                "alertname": check.alert,
                "exp_alerts": [
                    {"exp_labels": dict(alert.labels), "exp_annotations": dict(alert.annotations)}
                    for alert in check.expected
                ],
            }
            for check in one.alerts
        ]
        exprs = [
            {
                "eval_time": format_duration(check.eval_time),
                "expr": check.expr,
                "exp_samples": [{"labels": check.sample, "value": check.value}] if check.sample else [],
            }
            for check in one.exprs
        ]
        return {
            "name": one.name,
            "interval": format_duration(one.interval),
            **({"input_series": series} if series else {}),
            **({"alert_rule_test": alerts} if alerts else {}),
            **({"promql_expr_test": exprs} if exprs else {}),
        }

    return {
        "rule_files": list(file.rule_files),
        "evaluation_interval": format_duration(file.evaluation_interval),
        "tests": [test(one) for one in file.tests],
    }


def alertmanager_document(plan: AlertmanagerPlan) -> Document:
    """alertmanager.yml."""
    routes = [
        {
            "receiver": route.receiver,
            "matchers": [matcher_text(one) for one in route.matchers],
            "group_by": list(route.group_by),
            "group_wait": route.group_wait,
            "group_interval": route.group_interval,
            "repeat_interval": route.repeat_interval,
            "continue": route.hands_on,
        }
        for route in plan.routes
    ]
    inhibit = [
        {
            "source_matchers": [matcher_text(one) for one in rule.source],
            "target_matchers": [matcher_text(one) for one in rule.target],
            "equal": list(rule.equal),
        }
        for rule in plan.inhibit_rules
    ]
    return {
        "global": {"resolve_timeout": plan.resolve_timeout},
        "templates": list(plan.templates),
        "route": {"receiver": plan.default_receiver, "group_by": list(plan.group_by), "routes": routes},
        **({"inhibit_rules": inhibit} if inhibit else {}),
        "receivers": [_receiver(one) for one in plan.receivers],
    }


def matcher_text(matcher: Matcher) -> str:
    """As Alertmanager writes it; names of the spec need no escapes."""
    return f'{matcher.label}{matcher.operator}"{matcher.value}"'


def _receiver(receiver: ReceiverPlan) -> Document:
    document: Document = {"name": receiver.name}
    if receiver.slack_channel:
        document["slack_configs"] = [
            {
                "channel": receiver.slack_channel,
                "api_url_file": receiver.slack_url_file,
                "send_resolved": True,
                "color": '{{ template "genesis.color" . }}',
                "title": '{{ template "genesis.title" . }}',
                "title_link": '{{ template "genesis.link" . }}',
                "text": '{{ template "genesis.text" . }}',
                "fallback": '{{ template "genesis.title" . }}',
            }
        ]
    if receiver.pagerduty_key_file:
        document["pagerduty_configs"] = [
            {
                "routing_key_file": receiver.pagerduty_key_file,
                "send_resolved": True,
                "severity": '{{ template "genesis.pager_severity" . }}',
                "description": '{{ template "genesis.plain.title" . }}',
                "client": "genesis-mon",
                "client_url": '{{ template "genesis.link" . }}',
                "details": {"alerts": '{{ template "genesis.plain.text" . }}', "firing": "", "resolved": ""},
            }
        ]
    if receiver.webhook_url:
        document["webhook_configs"] = [{"url": receiver.webhook_url, "send_resolved": True}]
    return document


def compose_document(plan: StackPlan) -> Document:
    """docker-compose.yml with its merge key resolved and its dollar signs single again."""
    hardening: Document = {
        "restart": "unless-stopped",
        "init": True,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "logging": {
            "driver": "json-file",
            "options": {"max-size": plan.log_max_size, "max-file": str(plan.log_max_files)},
        },
    }
    return {
        "name": plan.project,
        "x-hardening": hardening,
        "services": {one.name: hardening | _service(one) for one in plan.services},
        "networks": {one.name: {"internal": one.internal} for one in plan.networks},
        **({"volumes": {name: {} for name in plan.volumes}} if plan.volumes else {}),
        **({"secrets": {one.name: {"file": one.file} for one in plan.secrets}} if plan.secrets else {}),
    }


def _health(service: ServicePlan) -> Document:
    health = service.health
    if health is None:
        return {"disable": True}
    return {
        "test": ["CMD", *health.test],
        "interval": health.interval,
        "timeout": health.timeout,
        "retries": health.retries,
        "start_period": health.start_period,
    }


def _service(service: ServicePlan) -> Document:
    build = {"context": service.build_context, "dockerfile": service.dockerfile}
    given: Document = {
        "build": build if service.build_context else None,
        "command": list(service.command),
        "environment": dict(service.environment),
        "ports": [f"{port.interface}:{port.host}:{port.container}" for port in service.ports],
        "volumes": [_mount(mount) for mount in service.mounts],
        "secrets": list(service.secrets),
        "depends_on": {other.name: {"condition": other.condition} for other in service.depends_on},
    }
    return {name: value for name, value in given.items() if value} | {
        "image": service.image,
        "user": service.user,
        "networks": list(service.networks),
        "healthcheck": _health(service),
        "cpus": service.cpus,
        "mem_limit": service.memory,
        "pids_limit": service.pids,
        "stop_grace_period": service.stop_grace_period,
    }


def _mount(mount: MountPlan) -> Document:
    document: Document = {"type": mount.type, "target": mount.target}
    if mount.source:
        document["source"] = mount.source
    if mount.read_only:
        document["read_only"] = True
    if mount.type == "bind":
        propagation = {"propagation": mount.propagation} if mount.propagation else {}
        document["bind"] = {"create_host_path": False, **propagation}
    if mount.size:
        document["tmpfs"] = {"size": mount.size}
    return document


def single_dollars(value: Any) -> Any:
    """What Compose and Grafana make of the text: two dollar signs are one."""
    if isinstance(value, str):
        assert "$" not in value.replace("$$", ""), f"{value!r} would be filled in"
        return value.replace("$$", "$")
    if isinstance(value, list):
        return [single_dollars(item) for item in value]
    if isinstance(value, dict):
        return {single_dollars(name): single_dollars(item) for name, item in value.items()}
    return value
