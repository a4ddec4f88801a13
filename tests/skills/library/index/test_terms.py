"""Words of texts as hashed terms, and the share of a query that a text contains."""

import pytest

from t2s_local.skills.library.index.terms import match_of, matches, postings, summed, terms


def test_words_are_found_whatever_their_form() -> None:
    assert terms("Commits rejected") == terms("commit reject")
    assert terms("parseConfigFile") >= terms("parse_config")
    assert not terms("") and not terms("--- !!")


def test_a_rare_word_counts_for_more_and_an_unknown_word_against_all() -> None:
    documents = [summed([(text, 1.0)]) for text in ("git push", "git pull", "git tag")]
    found = postings(documents)
    rare, common = matches(found, terms("push")), matches(found, terms("git"))
    assert rare.tolist()[1:] == [0.0, 0.0] and rare[0] > 0.9
    assert common.tolist() == pytest.approx([common[0]] * 3)
    half = matches(found, terms("push kettle"))
    assert half[0] < 0.5 * rare[0] + 1e-6
    assert matches(found, frozenset()).tolist() == [0.0, 0.0, 0.0]


def test_a_document_of_the_postings_matches_as_it_does_alone() -> None:
    documents = [summed([(text, 1.0)]) for text in ("git push origin", "tar archive", "sed replace pattern")]
    found, query = postings(documents), terms("replace the pattern with sed")
    assert [match_of(one, found, query) for one in documents] == pytest.approx(matches(found, query).tolist(), abs=1e-6)


def test_no_documents_are_no_error() -> None:
    assert matches(postings([]), terms("git")).shape == (0,)
