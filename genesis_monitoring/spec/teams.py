"""People: who is called, and the teams that look after parts of a system."""

from pydantic import ConfigDict, Field

from genesis_monitoring.spec.base import LabelName, Model, SeverityName, Slug, Text


class Contact(Model):
    """Somebody to call."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada", "role": "On call"}]})

    name: Text
    role: Text


class Contacts(Model):
    """Who is called, in this order: on call, backup, then the escalation chain."""

    on_call: Contact
    backup: Contact | None = None
    escalation: tuple[Contact, ...] = ()

    @property
    def chain(self) -> tuple[Contact, ...]:
        """All of them."""
        first = (self.on_call,) if self.backup is None else (self.on_call, self.backup)
        return (*first, *self.escalation)


class Team(Model):
    """Who looks after components, SLIs and alerts, and who is told of theirs.

    ``receivers`` are in place of those of a severity; of a severity that is left out, the severity's own are
    told. ``series`` are labels of series with the values that are this team's: they choose it, whoever looks
    after the rest of the alert. ``contacts`` are those of the system where they are left out. ``mute``
    and ``active`` are in place of those of a severity.
    """

    title: Text
    contacts: Contacts | None = None
    components: tuple[Slug, ...] = ()
    series: dict[LabelName, tuple[Text, ...]] = Field(default_factory=dict)
    receivers: dict[SeverityName, tuple[Slug, ...]] = Field(default_factory=dict)
    mute: dict[SeverityName, tuple[Slug, ...]] = Field(default_factory=dict)
    active: dict[SeverityName, tuple[Slug, ...]] = Field(default_factory=dict)
