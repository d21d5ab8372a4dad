"""A GGUF file whose tensors the embedded runtime can read.

Its reader knows a few kinds of quantized tensors. A file that mixes in others (Q5_0 in the 0.5B) is written again with
those as Q8_0, which loses next to nothing: they come from fewer bits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callwright.errors import MissingExtra

READ_BY_THE_RUNTIME = ("F32", "F16", "Q4_0", "Q4_1", "Q4_K", "Q6_K", "Q8_0")


def readable(gguf: Path, target: Path) -> bool:
    """Write `target` if `gguf` holds tensors that must be rewritten; say whether. Raises `ValueError`: no GGUF."""
    try:
        from gguf import GGUFReader
    except ImportError as error:
        raise MissingExtra("Reading this GGUF file", "local") from error
    reader = GGUFReader(gguf)
    if all(tensor.tensor_type.name in READ_BY_THE_RUNTIME for tensor in reader.tensors):
        return False
    _write(reader, target)
    return True


def _write(reader: Any, target: Path) -> None:
    from gguf import GGUFValueType, GGUFWriter

    writer = GGUFWriter(target, arch=reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        of = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, of)
    for tensor in reader.tensors:
        data, kind = _requantized(tensor)
        writer.add_tensor(tensor.name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _requantized(tensor: Any) -> tuple[Any, Any]:
    from gguf import GGMLQuantizationType, dequantize, quantize

    if tensor.tensor_type.name in READ_BY_THE_RUNTIME:
        return tensor.data, tensor.tensor_type
    q8_0 = GGMLQuantizationType.Q8_0
    return quantize(dequantize(tensor.data, tensor.tensor_type), q8_0), q8_0
