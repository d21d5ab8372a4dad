import pytest

from callwright.tools.importers.docstrings import parse

GOOGLE = """Send a mail.

    It goes out at once.

    Args:
        to: Who gets it.
            Several are parted by commas.
        subject (str): The subject: short.
        **options: More.

    Returns:
        The id of the mail.

    Raises:
        ValueError: Never.
    """
NUMPY = """Send a mail.

    It goes out at once.

    Parameters
    ----------
    to : str
        Who gets it.
        Several are parted by commas.
    subject : str, optional
        The subject: short.

    Returns
    -------
    The id of the mail.
    """
SPHINX = """Send a mail.

    It goes out at once.

    :param to: Who gets it.
        Several are parted by commas.
    :param str subject: The subject: short.
    :type to: str
    :returns: The id of the mail.
    """


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX])
def test_the_three_styles_say_the_same(text: str) -> None:
    said = parse(text)
    assert said.summary == "Send a mail. It goes out at once."
    assert said.parameters["to"] == "Who gets it. Several are parted by commas."
    assert said.parameters["subject"] == "The subject: short."
    assert said.returns == "The id of the mail."


def test_types_are_kept_where_they_are_named() -> None:
    assert parse(GOOGLE).types == {"subject": "str"}
    assert parse(NUMPY).types == {"to": "str", "subject": "str, optional"}
    assert parse(SPHINX).types == {"to": "str"}


@pytest.mark.parametrize("text", [None, "", "Just words: nothing else.", "Args:", ":param"])
def test_a_docstring_without_sections_is_summary(text: str | None) -> None:
    assert parse(text).parameters == {}
