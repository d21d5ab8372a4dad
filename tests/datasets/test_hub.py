from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.datasets.hub_stand_in import Hub, running
from tests.rows import mail_row

from callwright.cli import run
from callwright.datasets.hub import upload
from callwright.datasets.io import write_rows
from callwright.errors import HubError


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with running(Hub()) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", "hf_right")
        yield hub


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "mail.jsonl"
    write_rows(path, [mail_row(0), mail_row(1)])
    return path


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # between the Hub's client and its HTTP library
@pytest.mark.parametrize("large", [False, True])
def test_the_file_and_its_card_arrive_as_they_are_in_one_commit(
    hub: Hub, dataset: Path, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    hub.large = large
    assert upload(dataset, "me/mail", "# Mail\n") == f"{hub.url}/datasets/me/mail"
    assert hub.files == {"data/train.jsonl": dataset.read_bytes(), "README.md": b"# Mail\n"}
    assert hub.commits == 1
    assert bool(hub.blobs) == large


def test_a_dataset_that_is_there_already_is_written_over(hub: Hub, dataset: Path) -> None:
    upload(dataset, "me/mail", "# Old\n")
    upload(dataset, "me/mail", "# New\n", split="test")
    assert hub.files["README.md"] == b"# New\n"
    assert set(hub.files) == {"data/train.jsonl", "data/test.jsonl", "README.md"}


def test_a_new_dataset_is_private_where_that_is_asked_for(hub: Hub, dataset: Path) -> None:
    upload(dataset, "me/mail", "")
    upload(dataset, "team/mail", "", private=True)
    said = {name: str(body) for name, body in hub.repos.items()}
    assert "True" in said["team/mail"] or "private" in said["team/mail"]
    assert said["me/mail"] != said["team/mail"]


def test_without_a_token_it_says_how_to_get_one(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nowhere/token")
    with pytest.raises(HubError, match=r"there is no Hugging Face token\. Set HF_TOKEN"):
        upload(dataset, "me/mail", "")


def test_a_wrong_token_is_named_as_such(hub: Hub, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(HubError, match=r"401: the token was refused: Invalid username or password\. Set HF_TOKEN"):
        upload(dataset, "me/mail", "")
    assert hub.files == {}


@pytest.mark.parametrize(
    ("status", "said"),
    [(403, "403: this token may not write there: not today"), (404, "404: there is no such place"), (418, "418: ")],
)
def test_what_the_hub_says_no_to_is_told_with_its_words(hub: Hub, dataset: Path, status: int, said: str) -> None:
    hub.refuses = status
    with pytest.raises(HubError, match=said):
        upload(dataset, "me/mail", "")


def test_a_hub_that_cannot_be_reached_is_said_at_once(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
        monkeypatch.setenv("HF_TOKEN", "hf_right")
        with pytest.raises(HubError, match=r"cannot be reached: .*Is there a network"):
            upload(dataset, "me/mail", "")


def test_a_name_that_the_hub_cannot_take_is_refused(hub: Hub, dataset: Path) -> None:
    with pytest.raises(HubError, match="a b/c"):
        upload(dataset, "a b/c", "")


# --- the command ------------------------------------------------------------------------------------------------


def test_the_command_uploads_and_says_where(hub: Hub, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["upload", str(dataset), "--repo", "me/mail", "--tag", "office", "--license", "mit"]) == 0
    assert capsys.readouterr().out == f"2 rows uploaded to {hub.url}/datasets/me/mail\n"
    card = hub.files["README.md"].decode()
    assert "- office\n" in card
    assert "license: mit\n" in card
    assert "finds no fault" in card


def test_the_configuration_says_where_if_no_option_does(hub: Hub, dataset: Path, cases: Path) -> None:
    config = str(cases / "deepfabric-article.yaml")
    assert run(["upload", str(dataset), "--config", config]) == 0
    assert "username/github-mcp-agent" in hub.repos
    assert "- mcp\n" in hub.files["README.md"].decode()


def test_the_card_alone_sends_nothing(hub: Hub, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["upload", str(dataset), "--repo", "me/mail", "--card"]) == 0
    assert capsys.readouterr().out.startswith("---\npretty_name: mail\n")
    assert (hub.repos, hub.files) == ({}, {})


def test_faults_are_said_and_stand_on_the_card(hub: Hub, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = dataset.read_text()
    dataset.write_text(text.replace('{\\"name\\":\\"plan.md\\"}', '{\\"nam\\":\\"plan.md\\"}', 1))
    assert run(["upload", str(dataset), "--repo", "me/mail"]) == 0
    assert "the card says so (callwright check" in capsys.readouterr().err
    assert "`callwright check` finds no fault" not in hub.files["README.md"].decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--repo", "a/b/c"], "'a/b/c' is not of the form owner/name"),
        ([], "upload: says not where to. Give --repo owner/name"),
        (["--repo", "me/mail", "--split", "a b"], "'a b' is no name of a split"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line_and_2(
    hub: Hub, dataset: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["upload", str(dataset), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert hub.repos == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "holds no rows"), ("{}\n", ":1: $.messages: is missing"), ("not json\n", ":1: $: is not JSON")],
)
def test_a_file_that_is_no_dataset_is_not_sent(
    hub: Hub, dataset: Path, content: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset.write_text(content)
    assert run(["upload", str(dataset), "--repo", "me/mail"]) == 2
    assert said in capsys.readouterr().err
    assert hub.repos == {}
