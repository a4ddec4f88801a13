"""Effects of recorded actions on the world around them, judged by their parts and not by the words around them."""
