"""A spec with two teams beside its own, mail, and a label of a series that chooses one of them."""

from plan.specs import Data

PEOPLE = {
    "on_call": {"name": "Cleo", "role": "Money"},
    "backup": {"name": "Dan", "role": "Money"},
    "escalation": [],
}


def owned(data: Data) -> None:
    """``money`` has the bill and one queue, ``stock`` one SLI and one alert; the rest is the shop's own."""
    data["email"] = {
        "smarthost": "smtp.example.com:587",
        "from": "alerts@example.com",
        "auth": {"username": "alerts", "password_secret": "smtp_password"},
    }
    data["stack"]["secrets"]["smtp_password"] = {"file": "secrets/smtp_password", "purpose": "Mail server"}
    data["stack"]["services"]["alertmanager"]["secrets"].append("smtp_password")
    data["receivers"]["money-pager"] = {
        "description": "Money on call",
        "pagerduty": {"routing_key_secret": "pager_key"},
    }
    for team in ("money", "stock"):
        data["receivers"][f"{team}-mail"] = {
            "description": f"All of {team}",
            "email": {"to": [f"{team}@example.com"]},
        }
    data["teams"] = {
        "money": {
            "title": "Money",
            "contacts": PEOPLE,
            "components": ["bill"],
            "series": {"queue": ["invoices", "refunds.*"]},
            "receivers": {"P0": ["money-pager", "money-mail"], "P2": ["money-mail"]},
        },
        "stock": {"title": "Stock", "receivers": {"P2": ["stock-mail"]}},
    }
    data["slis"]["backup_age"]["team"] = "stock"
    data["alerts"]["CacheCold"]["team"] = "stock"
