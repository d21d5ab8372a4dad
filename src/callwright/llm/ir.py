"""The runtime's own form of a GGUF file, written once: it loads in 1.5 s instead of 8 and takes 1 GB less memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from callwright.errors import WeightsError


def saved_ir(gguf: Path) -> Path:
    """The folder with the converted model, made beside the file when it is not there. Raises `WeightsError`."""
    import openvino_genai

    folder = gguf.with_name(f"{gguf.name}.openvino-{openvino_genai.__version__.split('-')[0]}")
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(dir=gguf.parent, prefix=".ir-") as work:
        new = Path(work) / "ir"
        new.mkdir()
        source = new / "model.gguf"
        source.symlink_to(gguf.resolve())
        try:
            tokenizer = openvino_genai.Tokenizer(str(source), enable_save_ov_model=True)
            scheduler = openvino_genai.SchedulerConfig()
            openvino_genai.ContinuousBatchingPipeline(
                str(source), tokenizer, scheduler, "CPU", enable_save_ov_model=True
            )
        except RuntimeError as error:
            raise WeightsError(f"{gguf}: the runtime cannot read it: {str(error).strip().splitlines()[-1]}") from error
        source.unlink()
        with contextlib.suppress(OSError):
            os.rename(new, folder)
        if not folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            raise WeightsError(f"{folder}: cannot be written.")
    return folder
