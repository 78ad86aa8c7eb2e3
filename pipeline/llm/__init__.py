"""A question becomes an answer: the only room that talks to a language model."""
