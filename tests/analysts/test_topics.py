"""Topics: words that tell what was asked for."""

from t2s_local.analysts._mined.topics import Topics


def test_parts_of_addresses_and_names_of_files_are_no_topics() -> None:
    tasks = {
        "a": "Invite Dora to the channel of www.site-of-dora.com/a and plans.docx",
        "b": "Invite Paul to the channel of www.site-of-paul.com/b and list.docx",
        "c": "Pay the rent of the flat",
        "d": "Book a trip to the sea",
    }
    assert set(Topics(tasks).terms(["a", "b"])) == {"invite", "channel"}
