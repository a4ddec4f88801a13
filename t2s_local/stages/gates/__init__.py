"""Gates: skills read for them, the split that is held out, and the modes that judge what was measured."""
