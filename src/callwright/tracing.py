"""OpenTelemetry spans of a run, its rows and its requests. Where nobody traces, nothing is imported and nothing done.

Somebody traces where the environment says so (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER) or where the program
around has loaded OpenTelemetry itself. Names follow the GenAI conventions (https://opentelemetry.io/docs/specs/semconv/
gen-ai/); texts of prompts and replies are in no span.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Span

VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
Value = str | int | float | bool


def traced() -> bool:
    """Whether somebody wants spans."""
    asked = any(os.environ.get(name, "none") != "none" for name in VARIABLES)
    return asked or "opentelemetry.trace" in sys.modules


@contextlib.contextmanager
def span(name: str, /, **attributes: Value) -> Iterator[Span | None]:
    """A span around what is done inside; None where nobody traces. Attribute names: `_` stands for a dot."""
    if not traced():
        yield None
        return
    try:
        from opentelemetry import trace
    except ImportError:
        yield None
        return
    named = {f"callwright.{key}": value for key, value in attributes.items()}
    with trace.get_tracer("callwright").start_as_current_span(name, attributes=named) as current:
        yield current


@contextlib.contextmanager
def exported() -> Iterator[str]:
    """Sends the spans that are made inside where the environment says. Gives a note where that cannot be done."""
    if not any(os.environ.get(name, "none") != "none" for name in VARIABLES):
        yield ""
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        yield "No spans are sent: that needs the extra `otel`. pip install 'callwright[otel]'"
        return
    provider = TracerProvider(resource=Resource.create({"service.name": "callwright"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield ""
    finally:
        provider.shutdown()
