"""Settings of the public API: how it answers, and how it describes itself."""

from __future__ import annotations

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "common.api.authentication.KeyAuthentication",
        "common.api.authentication.PageAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["common.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.rendering.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "common.api.schema.CallSchema",
    "EXCEPTION_HANDLER": "common.api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DESCRIPTION": "Everything the inbox does, and more, for your own programs.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_COERCE_PATH_PK_SUFFIX": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "PATH_CONVERTER_OVERRIDES": {"draft_mode": {"type": "string", "enum": ["reply", "note"]}},
    "POSTPROCESSING_HOOKS": ["common.api.schema.add_components", "common.api.schema.name_scopes"],
}
