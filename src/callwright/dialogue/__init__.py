"""The dialogue language: a whole conversation as one text, its grammars and its parser, from one set of rules."""
