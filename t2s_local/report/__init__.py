"""Report page: the recordings, the lessons and skills, and their evidence, in one self-contained HTML file."""
