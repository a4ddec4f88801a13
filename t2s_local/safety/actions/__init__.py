"""Risky effects of recorded actions, judged by the parsed parts of the actions, not by the text around them."""
