"""The dashboard of the demo is the one in docs."""

from demo.dashboard import FILE, WORD, view_of, word_of


def test_a_view_for_a_car() -> None:
    view = view_of("Aurora", word_of("sensor.aurora_state_of_charge"))
    assert (view["title"], view["path"]) == ("Aurora", "aurora")
    assert "select.aurora_charging_behavior" in str(view)
    assert WORD in FILE.read_text()
    assert WORD not in str(view)


def test_the_graph_shows_what_happened_since_the_start() -> None:
    hours = [
        card["hours_to_show"]
        for section in view_of("Aurora", "aurora")["sections"]
        for card in section["cards"]
        if "hours_to_show" in card
    ]
    assert hours == [0.25]
