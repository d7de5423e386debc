"""The voice: a synthesiser in a process of its own, or a folder of recordings; a hall works the same without either."""
