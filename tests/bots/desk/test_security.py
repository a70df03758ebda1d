"""Who may talk to the desk, and what its answers allow a browser to do."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bots.desk.services import Setup
from bots.settings import DeskSettings
from core.digest.parse import parse
from core.errors import UsageError

if TYPE_CHECKING:
    from desks import Client, Opens

TOKEN = "the-desk-token"
PAGES = ["/", "/preview", "/runs", "/receipts", "/archive", "/feed.xml", "/events", "/metrics"]


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"reader:{password}".encode()).decode()


@pytest.mark.parametrize("path", PAGES)
async def test_a_desk_that_others_can_reach_is_closed_without_the_token(guarded: Client, path: str) -> None:
    assert (await guarded.get(path)).status_code == 401
    sent_away = await guarded.get(path, headers={"Accept": "text/html"})
    assert sent_away.status_code == 303
    assert sent_away.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("path", ["/preview", "/runs/1"])
async def test_a_form_sent_after_the_session_ended_leads_to_the_login(guarded: Client, path: str) -> None:
    assert (await guarded.post(path)).status_code == 401
    sent_away = await guarded.post(path, headers={"Accept": "text/html"})
    assert (sent_away.status_code, sent_away.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("host", ["x/healthz?", "x/static/", "x/login#", "x/healthz?@desk.example.org"])
async def test_no_host_name_opens_a_closed_page(guarded: Client, host: str) -> None:
    assert (await guarded.get("/runs", headers={"Host": host})).status_code == 401


async def test_only_who_is_logged_in_is_offered_the_menu_and_to_log_out(guarded: Client) -> None:
    outside = (await guarded.get("/login")).text
    assert "/logout" not in outside
    assert 'href="/runs"' not in outside
    await guarded.post("/login", data={"token": TOKEN})
    assert "/logout" in (await guarded.get("/archive")).text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/static/desk.css"])
async def test_health_login_and_style_are_open(guarded: Client, path: str) -> None:
    assert (await guarded.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (basic(TOKEN), 200),
        ("Bearer wrong", 401),
        ("Bearer", 401),
        (basic("wrong"), 401),
        ("Basic ===", 401),
        ("Bearer 令牌".encode().decode("latin-1"), 401),
    ],
)
async def test_programs_show_the_token_in_a_header(guarded: Client, authorization: str, status: int) -> None:
    response = await guarded.get("/archive", headers={b"Authorization": authorization.encode("latin-1")})
    assert response.status_code == status


async def test_a_browser_logs_in_once_and_goes_where_it_wanted_to(guarded: Client) -> None:
    wrong = await guarded.post("/login", data={"token": "wrong", "next": "/runs"})
    assert wrong.status_code == 401
    assert 'role="alert"' in wrong.text
    right = await guarded.post("/login", data={"token": TOKEN, "next": "/runs"})
    assert (right.status_code, right.headers["location"]) == (303, "/runs")
    assert TOKEN not in right.headers["set-cookie"]
    assert (await guarded.get("/runs")).status_code == 200
    await guarded.post("/logout")
    assert (await guarded.get("/runs")).status_code == 401


PART = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\na\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x; charset=undefined", PART, 401),
        ("application/x-www-form-urlencoded", b"token=\xff", 422),
        ("application/x-www-form-urlencoded", b"token=" + b"a" * 20_000, 413),
    ],
    ids=["a charset that is none", "no text", "too large"],
)
async def test_a_stranger_cannot_make_the_login_stumble(kind: str, body: bytes, status: int, guarded: Client) -> None:
    response = await guarded.post("/login", content=body, headers={"Content-Type": kind})
    assert response.status_code == status


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "/\\evil.example", ""])
async def test_the_login_never_leads_elsewhere(guarded: Client, address: str) -> None:
    response = await guarded.post("/login", data={"token": TOKEN, "next": address})
    assert response.headers["location"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "", "169.254.1.1"])
async def test_on_loopback_other_host_names_are_refused(local: Client, host: str) -> None:
    refused = await local.get("/", headers={"Host": host})
    assert refused.status_code == 421
    assert "PAPERBOY_DESK__BASE_URL" in refused.text


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "localhost:1234", "[::1]:8080"])
async def test_on_loopback_this_machines_names_are_served(local: Client, host: str) -> None:
    assert (await local.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[1"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_only_the_desks_own_pages_may_post(local: Client, headers: dict[str, str], status: int) -> None:
    response = await local.post("/api/chat", json={"text": "/help"}, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize("path", ["/", "/archive", "/preview", "/healthz", "/missing", "/static/chat.js"])
async def test_every_answer_forbids_what_is_not_the_desks_own(local: Client, path: str) -> None:
    headers = (await local.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_desk_that_others_can_reach_cannot_be_set_up_without_a_token() -> None:
    with pytest.raises(UsageError, match="PAPERBOY_DESK__TOKEN"):
        Setup(host="0.0.0.0")  # noqa: S104  that is the case to test


async def test_cookies_are_secure_where_browsers_come_over_https(opened: Opens) -> None:
    async with opened(DeskSettings(base_url="https://desk.example.org")) as client:
        assert "Secure" in (await client.get("/")).headers["set-cookie"]


ISSUE = "# A quiet day\n\n**March 9, 2026**\n\nNothing happened, twice.\n\n## 🧠 Models\n\n- **One** — a text.\n"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Authorization": "Bearer wrong"}, ISSUE, 401),
        ({"Content-Type": "application/json"}, ISSUE, 415),
        ({}, "x" * (1024 * 1024 + 1), 413),
        ({}, "", 422),
        ({}, b"\xff\xfe\xff", 422),
        ({"Content-Type": "text/markdown; charset=utf-8"}, ISSUE, 201),
    ],
)
async def test_issues_are_taken_from_programs_with_the_token(
    guarded: Client, headers: dict[str, str], body: str, status: int
) -> None:
    response = await guarded.post("/api/issues", content=body, headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert response.status_code == status, response.text
    if status != 201:
        assert response.json()["error"]["message"]
        return
    address = response.json()["issue"]["url"]
    assert address == "/archive/daily/en/2026-03-09"
    assert "A quiet day" in (await guarded.get(address, headers={"Authorization": f"Bearer {TOKEN}"})).text


async def test_a_program_takes_back_what_it_sent_and_nothing_that_has_a_file(guarded: Client) -> None:
    token = {"Authorization": f"Bearer {TOKEN}"}
    sent = (await guarded.post("/api/issues", content=ISSUE, headers=token)).json()["issue"]["url"]
    address = sent.replace("/archive", "/api/issues")
    assert (await guarded.delete(address)).status_code == 401
    assert (await guarded.delete(address, headers=token)).status_code == 204
    assert (await guarded.get(sent, headers=token)).status_code == 404
    assert (await guarded.delete(address, headers=token)).status_code == 404
    assert (await guarded.delete("/api/issues/daily/en/never", headers=token)).status_code == 404
    await guarded.desk.house.publish(ISSUE, parse(ISSUE).issue, origin="/issues")
    refused = await guarded.delete(address, headers=token)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "has-a-file")
    assert (await guarded.get(sent, headers=token)).status_code == 200


async def test_without_a_token_no_program_may_send_issues(local: Client) -> None:
    response = await local.post("/api/issues", content=ISSUE)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "no-token")


async def test_a_cookie_alone_sends_no_issue(guarded: Client) -> None:
    await guarded.post("/login", data={"token": TOKEN})
    assert (await guarded.post("/api/issues", content=ISSUE)).status_code == 401
