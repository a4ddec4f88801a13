"""Hosts of addresses: which machine a client contacts, and whether it is this one."""

from urllib.parse import urlsplit

import pytest

from t2s_local.safety.actions.addresses import contacts_in


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://[2001:db8::1]:8080/x", "2001:db8::1"),
        ("http://u:p@[2001:db8::2]/x", "2001:db8::2"),
        ("https://user@evil.example.com@good.example.com/", "good.example.com"),
        ("https://localhost@far.example.com/", "far.example.com"),
        ("http://localhost.far.example.com/", "localhost.far.example.com"),
        ("http://10.far.example.com/", "10.far.example.com"),
        ("http://127.0.0.1.far.example.com", "127.0.0.1.far.example.com"),
        ("http://a.local.far.example.com/", "a.local.far.example.com"),
        ("https://a.example.com?to=x@b.example.com", "a.example.com"),
        ("https://a.example.com/@b", "a.example.com"),
    ],
)
def test_the_host_of_an_address_is_that_which_a_client_contacts(address: str, host: str) -> None:
    assert [effect.what for effect in contacts_in([("url", address)])] == [host] == [urlsplit(address).hostname]


@pytest.mark.parametrize(
    "address", ["http://[::1]:80/", "http://u@x@localhost:8080/", "http://127.0.0.1/a@b.example.com"]
)
def test_an_address_of_this_machine_is_no_contact(address: str) -> None:
    assert list(contacts_in([("url", address)])) == []
