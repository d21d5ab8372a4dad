"""A dataset file and its card to the Hugging Face Hub, in one commit (extra `hub`).

`HF_ENDPOINT` (a mirror) and `HF_TOKEN`, or the token of `hf auth login`, are read as Hugging Face's tools read them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callwright.errors import HubError, MissingExtra

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

_LOGIN = "Set HF_TOKEN to a token that may write (huggingface.co/settings/tokens), or run `hf auth login`."


def upload(file: Path, repo: str, card: str, *, split: str = "train", private: bool = False) -> str:
    """Make `repo` where it is not there, put the file and its card into it, and return its address.

    `private` counts only for a new repository. Raises `MissingExtra`, and `HubError`: no token, refused, unreachable.
    """
    api = _api()
    import httpx2  # what huggingface_hub talks through, and whose errors it lets out
    from huggingface_hub import CommitOperationAdd
    from huggingface_hub.errors import HfHubHTTPError

    operations = [
        CommitOperationAdd(path_in_repo=f"data/{split}.jsonl", path_or_fileobj=file),
        CommitOperationAdd(path_in_repo="README.md", path_or_fileobj=card.encode()),
    ]
    try:
        made = api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        whole = made.repo_id
        api.create_commit(whole, operations, commit_message=f"Upload {file.name}", repo_type="dataset")
    except HfHubHTTPError as error:
        raise _refused(repo, error) from error
    except (httpx2.HTTPError, ConnectionError) as error:
        hint = "Is there a network, and is HF_ENDPOINT right? The file itself is untouched."
        raise HubError(f"{_endpoint()}: cannot be reached: {_first(error)}.", hint=hint) from error
    except (ValueError, OSError, RuntimeError) as error:
        why = f" ({_first(error.__cause__)})" if error.__cause__ else ""
        raise HubError(f"{repo}: cannot be uploaded: {_first(error)}{why}.") from error
    return f"{_endpoint()}/datasets/{whole}"


def _api() -> HfApi:
    """The Hub's client with its token. Raises `MissingExtra`, `HubError`."""
    try:
        from huggingface_hub import HfApi, get_token
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        raise MissingExtra("Uploading", "hub") from error
    token = get_token()
    if not token:
        raise HubError("there is no Hugging Face token.", hint=_LOGIN)
    if not sys.stderr.isatty():
        disable_progress_bars()
    return HfApi(endpoint=_endpoint(), token=token, library_name="callwright")


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def _refused(repo: str, error: HfHubHTTPError) -> HubError:
    status = error.response.status_code
    said = (error.server_message or _first(error)).strip().rstrip(".")
    if status == 401:
        return HubError(f"{_endpoint()}: 401: the token was refused: {said}.", hint=_LOGIN)
    if status == 403:
        return HubError(f"{repo}: 403: this token may not write there: {said}.", hint=_LOGIN)
    if status == 404:
        return HubError(f"{repo}: 404: there is no such place: {said}.", hint="Name it as owner/name.")
    return HubError(f"{repo}: {status}: {said}.")


def _first(error: BaseException) -> str:
    """The first line of what an error says."""
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(".:") if lines else type(error).__name__
