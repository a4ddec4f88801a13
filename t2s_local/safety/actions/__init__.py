"""What recorded actions do to the world around them, judged by their parts and not by the words around them."""
