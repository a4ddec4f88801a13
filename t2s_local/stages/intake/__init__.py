"""Files become a corpus: counted, labelled, cleaned, screened and stored."""
