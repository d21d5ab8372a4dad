import pytest

from callwright.tools.action import meaning, words


@pytest.mark.parametrize("name", ["listRepoIssues", "LIST_REPO_ISSUES", "list-repo-issues", "list_repo_issues"])
def test_words_are_the_same_in_every_style(name: str) -> None:
    assert words(name) == ["list", "repo", "issues"]


@pytest.mark.parametrize(
    ("name", "action", "mutates"),
    [
        ("github_create_issue", "create", True),
        ("gmail_FETCH_EMAILS", "read", False),
        ("googledrive_FIND_FILE", "search", False),
        ("send_email", "create", True),
        ("cancel_order", "update", True),
        ("calendar.events.delete", "delete", True),
        ("issues/list-for-repo", "list", False),
        ("user_record_get", "read", False),
        ("slack_post_message", "create", True),
        ("get_order", "read", False),
        ("calculate", "other", False),
        ("weather", "other", False),
        ("", "other", False),
    ],
)
def test_a_name_says_what_a_call_means(name: str, action: str, mutates: bool) -> None:
    assert meaning(name) == (action, mutates)


@pytest.mark.parametrize(
    ("name", "method", "path", "expected"),
    [
        ("showPet", "GET", "/pets/{id}", ("read", False)),
        ("pets", "GET", "/pets", ("list", False)),
        ("account", "GET", "/account/status", ("read", False)),
        ("pets", "POST", "/pets", ("create", True)),
        ("pets", "PUT", "/pets/{id}", ("update", True)),
        ("pets", "PATCH", "/pets/{id}", ("update", True)),
        ("getPet", "DELETE", "/pets/{id}", ("delete", True)),
        ("searchPets", "POST", "/pets/search", ("search", False)),
        ("x", "POST", "/pets/search", ("search", False)),
        ("x", "POST", "/orders/{id}/cancel", ("update", True)),
        ("DescribeKey", "POST", "/#X-Amz-Target=Kms.DescribeKey", ("read", False)),
        ("GET_CreateKey", "GET", "/#Action=CreateKey", ("create", True)),
        ("POST_ListKeys", "POST", "/#Action=ListKeys", ("list", False)),
        ("CreateKey", "GET", "/#Action=CreateKey", ("create", True)),
        ("resetView", "GET", "/view", ("read", False)),
    ],
)
def test_the_method_decides_unless_the_verb_contradicts_it(
    name: str, method: str, path: str, expected: tuple[str, bool]
) -> None:
    assert meaning(name, method, path) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Creates an issue", ("create", True)),
        ("Fetches a list of messages", ("read", False)),
        ("A tool for the weather", ("other", False)),
    ],
)
def test_a_description_speaks_where_the_name_does_not(description: str, expected: tuple[str, bool]) -> None:
    assert meaning("thing", description=description) == expected
