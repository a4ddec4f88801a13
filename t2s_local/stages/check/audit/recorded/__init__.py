"""Extract from recorded runs the facts that an audit needs: names, sentences, calls and dates."""
