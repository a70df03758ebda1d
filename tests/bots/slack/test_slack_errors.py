from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from slack_sdk import errors as sdk
from slack_sdk.errors import SlackApiError, SlackTokenRotationError

from bots.slack.errors import TABLE, code_of, send_error


def refused(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> SlackApiError:  # noqa: ANN401  JSON, or a page
    response = SimpleNamespace(status_code=status, headers=headers or {}, data=data)
    return SlackApiError("said", response)  # type: ignore[no-untyped-call]  # the SDK has no types here


def test_every_exception_of_the_sdk_is_in_the_table() -> None:
    public = {one for one in vars(sdk).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert public - TABLE.keys() == set()


def test_subclasses_stand_before_their_bases() -> None:
    kinds = list(TABLE)
    assert [(a, b) for at, a in enumerate(kinds) for b in kinds[at + 1 :] if issubclass(b, a)] == []


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ("account_inactive token_revoked invalid_auth not_authed team_access_not_granted token_expired", "fatal"),
        ("missing_scope accesslimited app_access_restricted ekm_access_denied enterprise_is_restricted", "fatal"),
        ("two_factor_setup_required not_allowed_token_type", "fatal"),
        ("channel_not_found is_archived user_not_found", "gone"),
        ("not_in_channel messages_tab_disabled restricted_action restricted_action_read_only_channel", "config"),
        ("restricted_action_of_a_new_kind no_permission access_denied message_limit_exceeded", "config"),
        ("ratelimited rate_limited", "wait"),
        ("service_unavailable request_timeout team_added_to_org org_login_required", "transient"),
        ("internal_error fatal_error", "unknown"),
        ("invalid_blocks invalid_blocks_format msg_blocks_too_long msg_blocks_too_many msg_too_long", "content"),
        ("no_text too_many_attachments markdown_text_conflict metadata_too_large", "content"),
        ("invalid_metadata_format invalid_metadata_schema attachment_payload_limit_exceeded", "content"),
    ],
)
def test_codes_are_classified(codes: str, kind: str) -> None:
    assert {code: send_error(refused({"ok": False, "error": code})).kind for code in codes.split()} == dict.fromkeys(
        codes.split(), kind
    )


def test_a_limit_says_how_long_and_holds_only_the_method() -> None:
    error = send_error(refused({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "7"}))
    assert error.kind == "wait"
    assert error.retry_after is not None
    assert error.retry_after.total_seconds() == 7
    assert error.scope == "method"


def test_a_page_of_a_gateway_leaves_the_outcome_unknown() -> None:
    error = send_error(refused("<html>Bad Gateway</html>", status=502))
    assert (error.kind, error.reason) == ("unknown", "HTTP 502")


def test_a_lacking_scope_is_named() -> None:
    error = send_error(refused({"ok": False, "error": "missing_scope", "needed": "channels:join"}))
    assert error.reason == "missing_scope (needs channels:join)"
    assert code_of(error) == "missing_scope"


def test_a_refused_renewal_of_tokens_stops_the_workspace() -> None:
    assert send_error(SlackTokenRotationError(refused({"ok": False, "error": "invalid_refresh_token"}))).kind == "fatal"
