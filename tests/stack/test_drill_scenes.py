"""What a drill plays of inhibition: a message of one scene is never taken for one of another."""

from plan.specs import compiled, every_kind

from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.stack.drill_cases import scenes, subjects


def test_an_alert_that_is_loud_in_one_scene_and_silent_in_another_has_two_marks() -> None:
    data = every_kind()
    first = next(iter(data["routing"]["inhibit"].values()))
    loud, silent = first["source"]["alerts"][0], first["target"]["alerts"][0]
    data["routing"]["inhibit"]["the-other-way"] = {
        "reason": "It is silent in one scene and loud in the other",
        "source": {"alerts": [silent]},
        "target": {"alerts": [loud]},
        "equal": ["team"],
    }
    plan = compiled(data)
    played = [
        {one.case.name: one.mark for one in (scene.source, *scene.targets, scene.control) if one}
        for scene in scenes(plan, subjects(plan, alert_cases(plan), word="inhibited"))
    ]
    both = [scene[silent] for scene in played if silent in scene]
    assert len(both) >= 2
    assert len(set(both)) == len(both)
