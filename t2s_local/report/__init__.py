"""The page to look at: what was read, what was learned, and on what it rests, in one self-contained HTML file."""
