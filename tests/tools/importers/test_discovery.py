from typing import Any

from callwright.tools.importers.discovery import import_document

CALENDAR: dict[str, Any] = {
    "discoveryVersion": "v1",
    "name": "calendar",
    "parameters": {"alt": {"type": "string", "location": "query"}, "key": {"type": "string", "location": "query"}},
    "schemas": {
        "Event": {
            "id": "Event",
            "type": "object",
            "properties": {
                "id": {"type": "string", "description": "Output only. The id."},
                "start": {"$ref": "Time", "annotations": {"required": ["calendar.events.insert"]}},
                "summary": {"type": "string", "description": "Required. The title."},
                "guests": {"type": "array", "items": {"type": "string"}},
                "parent": {"$ref": "Event"},
            },
        },
        "Time": {"id": "Time", "type": "object", "properties": {"date": {"type": "string", "format": "date"}}},
    },
    "resources": {
        "events": {
            "methods": {
                "insert": {
                    "id": "calendar.events.insert",
                    "path": "calendars/{+calendarId}/events",
                    "flatPath": "calendars/{calendarsId}/events",
                    "httpMethod": "POST",
                    "description": "Creates an event.",
                    "parameters": {
                        "calendarId": {"type": "string", "required": True, "location": "path"},
                        "max": {
                            "type": "integer",
                            "format": "int32",
                            "minimum": "1",
                            "default": "5",
                            "location": "query",
                        },
                        "kind": {"type": "string", "repeated": True, "enum": ["a", "b"], "location": "query"},
                    },
                    "request": {"$ref": "Event"},
                    "response": {"$ref": "Event"},
                }
            },
            "resources": {
                "notes": {"methods": {"get": {"path": "notes/{id}", "parameters": {"id": {"location": "path"}}}}}
            },
        }
    },
}


def test_a_method_is_a_tool_named_after_its_id() -> None:
    imported = import_document(CALENDAR, place="calendar.json")
    insert, get = imported.tools
    assert (insert.name, get.name) == ("calendar_events_insert", "events_notes_get")
    assert (insert.toolkit, insert.action, insert.mutates) == ("calendar", "create", True)
    assert (insert.method, insert.path) == ("POST", "/calendars/{calendarsId}/events")
    assert (get.action, get.mutates, get.path) == ("read", False, "/notes/{id}")


def test_what_google_marks_as_required_is_required() -> None:
    schema = import_document(CALENDAR, place="x").tools[0].parameters
    assert sorted(schema["required"]) == ["calendarId", "start", "summary"]
    assert list(schema["properties"]) == ["calendarId", "max", "kind", "start", "summary", "guests", "parent"]
    assert schema["properties"]["max"] == {"type": "integer", "format": "int32", "default": 5, "minimum": 1}
    assert schema["properties"]["kind"] == {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}


def test_the_result_holds_what_only_the_server_writes() -> None:
    returns = import_document(CALENDAR, place="x").tools[0].returns
    assert returns is not None
    assert list(returns["properties"]) == ["id", "start", "summary", "guests", "parent"]


def test_a_broken_method_is_left_out_and_said() -> None:
    broken = {"discoveryVersion": "v1", "methods": {"a": {"path": 3}, "b": None, "c": {"path": "c"}}}
    imported = import_document(broken, place="x.json")
    assert [tool.name for tool in imported.tools] == ["c"]
    assert [finding.path for finding in imported.findings] == ["x.json: a", "x.json: b"]
