"""What Slack's refusals mean. https://docs.slack.dev/reference/methods/chat.postMessage#errors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import (
    BotUserAccessError,
    SlackApiError,
    SlackClientConfigurationError,
    SlackClientError,
    SlackClientNotConnectedError,
    SlackObjectFormationError,
    SlackRequestError,
    SlackTokenRotationError,
)

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.delivery.model import ErrorClass

TOO_MANY = 429
SERVER_ERROR = 500
DEFAULT_WAIT = timedelta(seconds=30)

CODES: Mapping[ErrorClass, frozenset[str]] = {
    "fatal": frozenset(
        {
            "account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed",
            "team_access_not_granted", "missing_scope", "not_allowed_token_type", "app_access_restricted",
            "ekm_access_denied", "enterprise_is_restricted", "two_factor_setup_required", "accesslimited",
            "invalid_refresh_token", "bad_client_secret", "invalid_client_id",
        }
    ),
    "gone": frozenset({"channel_not_found", "is_archived", "user_not_found", "user_disabled"}),
    "config": frozenset(
        {
            "not_in_channel", "messages_tab_disabled", "restricted_action", "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked", "message_limit_exceeded", "cannot_dm_bot", "access_denied",
            "no_permission",
            "cant_update_message", "edit_window_closed", "cant_delete_message",
        }
    ),
    "wait": frozenset({"ratelimited", "rate_limited", "message_limit_per_minute"}),
    "transient": frozenset({"service_unavailable", "request_timeout", "team_added_to_org", "org_login_required"}),
    "unknown": frozenset({"internal_error", "fatal_error"}),
    "content": frozenset(
        {
            "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_blocks_too_many", "msg_too_long",
            "no_text", "too_many_attachments", "markdown_text_conflict", "metadata_too_large",
            "invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app",
            "attachment_payload_limit_exceeded", "message_not_found", "invalid_arguments", "thread_not_found",
        }
    ),
}  # fmt: skip
"""Slack's error strings by what follows from them. Rights that the whole app lacks stop the account, not a channel."""

RAISED = (TimeoutError, SlackClientError, aiohttp.ClientError, OSError)
"""What slack_sdk raises that ``send_error`` translates."""
_KINDS = {code: kind for kind, codes in CODES.items() for code in codes}

TABLE: Mapping[type[Exception], ErrorClass] = {
    SlackTokenRotationError: "fatal",
    SlackClientConfigurationError: "fatal",
    BotUserAccessError: "fatal",
    SlackObjectFormationError: "content",
    SlackRequestError: "content",
    SlackClientNotConnectedError: "transient",
    SlackApiError: "unknown",
    SlackClientError: "unknown",
    aiohttp.ClientConnectorError: "transient",
    aiohttp.ConnectionTimeoutError: "transient",
    aiohttp.InvalidURL: "fatal",
    aiohttp.ClientError: "unknown",
    TimeoutError: "unknown",
    OSError: "unknown",
}
"""Subclasses stand before their bases. What breaks once the request has left may have been done."""


def send_error(error: Exception) -> SendError:
    """Translate what slack_sdk and aiohttp raise."""
    if isinstance(error, SlackApiError):
        return _refused(error.response)
    kind: ErrorClass = next((kind for cls, kind in TABLE.items() if isinstance(error, cls)), "unknown")
    return SendError(kind, type(error).__name__)


def code_of(error: SendError) -> str:
    """Return the platform's own error string."""
    return error.reason.partition(" ")[0]


def refusal(status: int, headers: Mapping[str, str], data: Any) -> SendError:  # noqa: ANN401  JSON, text or bytes
    """Translate an answer that is no yes."""
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    kind = _KINDS.get(code)
    if status == TOO_MANY or kind == "wait":
        return SendError("wait", code or "ratelimited", retry_after=_wait(headers), scope="method")
    if kind is None:
        kind = "unknown" if status >= SERVER_ERROR else "config" if code.startswith("restricted_action") else "content"
    needed = data.get("needed") if isinstance(data, dict) else None
    return SendError(kind, f"{code or f'HTTP {status}'}" + (f" (needs {needed})" if needed else ""))


def _refused(response: Any) -> SendError:  # noqa: ANN401  the SDK's response, or aiohttp's for a body that is no JSON
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    return refusal(status, getattr(response, "headers", None) or {}, getattr(response, "data", None))


def _wait(headers: Mapping[str, str]) -> timedelta:
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(said)) if said.isdecimal() else DEFAULT_WAIT
