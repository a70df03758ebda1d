"""A strict Bot API server on a loopback socket.

It refuses what Telegram refuses (``telegram_rules``, and the method tables of the Bot API where ``SPECS_DIR`` has
them), keeps chats and messages, offers updates to long polls, and logs every call. Trouble is ordered with ``fail``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import ClientSession, web

from telegram_methods import METHODS, kind_of, misuse
from telegram_rules import problems

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TOKEN = "424242:fake-token"
BOT = 424242
ME = {
    "id": BOT,
    "is_bot": True,
    "first_name": "Paperboy",
    "username": "paper_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
JSON = dict[str, Any]
_HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_POLLED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Refusal(Exception):  # noqa: N818  what the server answers, not a fault
    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass
class Call:
    method: str
    payload: JSON
    refused: str = ""
    at: float = field(default_factory=monotonic, compare=False)


@dataclass
class Chat:
    id: int
    type: str = "private"
    title: str = ""
    username: str = ""
    admins: set[int] = field(default_factory=set)
    closed_topics: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    blocked: str = ""
    permissions: JSON = field(default_factory=lambda: {"can_send_messages": True})
    member: JSON = field(default_factory=dict)
    rights: dict[int, JSON] = field(default_factory=dict)
    moved_to: int = 0

    @property
    def json(self) -> JSON:
        named = {"title": self.title} if self.title else {"first_name": f"Reader {self.id}"}
        return {"id": self.id, "type": self.type, **named, **({"username": self.username} if self.username else {})}


class FakeTelegram:
    """The server's state. ``seen`` is every call in order, refused ones with the reason.

    With ``hook``, the address of a webhook as it is reached from here, every update is brought there.
    ``polls`` is how many long polls wait for updates.
    """

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], JSON] = {}
        self.pinned: list[tuple[int, int]] = []
        self.seen: list[Call] = []
        self.webhook: JSON = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        self.url = ""
        self.hook = ""
        self.polls = 0
        self._newest_poll: object = None
        self.unanswered: list[Call] = []
        self.heard: set[tuple[int, int]] = set()
        self._presses: set[str] = set()
        self._updates: list[JSON] = []
        self._ids = count(100)
        self._update_ids = count(5000)
        self._news = asyncio.Condition()
        self._failures: list[tuple[str, int, Refusal | str]] = []
        self._spec = _spec()

    # What a test does.

    def chat(self, number: int, kind: str = "private", **about: Any) -> Chat:  # noqa: ANN401  any field
        self.chats[number] = Chat(id=number, type=kind, **about)
        return self.chats[number]

    def fail(self, method: str, chat: int, how: Refusal | str) -> None:
        """Refuse the next such call, cut its connection "before" or "after" it was taken, or never answer it.

        "hold" takes nothing, "silent" takes the call.
        """
        self._failures.append((method, chat, how))

    async def update(self, **about: Any) -> int:  # noqa: ANN401  any kind of update
        async with self._news:
            number = next(self._update_ids)
            self._updates.append({"update_id": number, **about})
            self._news.notify_all()
        if self.hook:
            await self.bring(self.hook)
        return number

    async def bring(self, url: str, *, secret: str = "") -> int:
        """Bring the newest update to a webhook, under the public host name; return the answer's status."""
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": secret or self.webhook["secret_token"],
            "Host": "paper.example.com",
        }
        async with ClientSession() as client, client.post(url, json=self._updates[-1], headers=headers) as answer:
            return answer.status

    async def say(self, chat: int, text: str, *, user: int = 0, lang: str = "en", **more: Any) -> int:  # noqa: ANN401
        """Let a user write into a chat; return the message's id."""
        message = self._message(chat, user or _author(chat), lang, text=text, **more)
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        self.heard.add((chat, int(message["message_id"])))
        await self.update(message=message)
        return int(message["message_id"])

    async def post(self, channel: int, text: str) -> None:
        """Let an editor post in a channel: Telegram does not say who."""
        there = self.chats[channel].json
        about = {"message_id": next(self._ids), "date": int(time()), "chat": there, "sender_chat": there}
        await self.update(channel_post={**about, "text": text})

    async def tell(self, chat: int, *, user: int = 0, lang: str = "en", **more: Any) -> None:  # noqa: ANN401
        """Let a service message or another kind of message appear."""
        await self.update(message=self._message(chat, user or _author(chat), lang, **more))

    async def press(self, chat: int, label: str, *, user: int = 0, lang: str = "en") -> str:
        """Press a button of the newest message that has it; return the query's id."""
        for (there, _id), message in sorted(self.messages.items(), reverse=True):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            data = next(
                (b["callback_data"] for row in rows for b in row if label in b["text"] and "callback_data" in b), None
            )
            if there == chat and data:
                query = f"query-{next(self._ids)}"
                self._presses.add(query)
                press = {"id": query, "from": _user(user or _author(chat), lang), "chat_instance": "1", "data": data}
                await self.update(callback_query={**press, "message": message})
                return query
        raise AssertionError(f"no button {label!r} in {chat}: {self.buttons(chat)}")

    async def member(
        self, chat: int, old: str, new: str, *, user: int = 0, before: JSON | None = None, **after: bool
    ) -> None:
        """Let the bot's place in a chat change; ``before`` and ``after`` are rights of an admin that differ."""

        def state(status: str, differs: JSON) -> JSON:
            rights = dict.fromkeys(_ADMIN_RIGHTS, True) if status == "administrator" else {}
            return {
                "status": status,
                "user": ME,
                **rights,
                **differs,
                **({"until_date": 0} if status == "kicked" else {}),
            }

        await self.update(
            my_chat_member={
                "chat": self.chats[chat].json, "from": _user(user or _author(chat), "en"), "date": int(time()),
                "old_chat_member": state(old, before or {}), "new_chat_member": state(new, after),
            }
        )  # fmt: skip

    def unconfirmed(self) -> list[int]:
        """Return the numbers of the updates that the program has not said to have."""
        return [update["update_id"] for update in self._updates]

    def texts(self, chat: int) -> list[str]:
        """Return what stands in the chat by the bot, oldest first."""
        return [m["text"] for (there, _), m in sorted(self.messages.items()) if there == chat and m["from"]["is_bot"]]

    def newest(self, chat: int) -> JSON:
        """Return the newest message of the bot in the chat."""
        return next(m for (there, _), m in sorted(self.messages.items(), reverse=True) if there == chat)

    def buttons(self, chat: int) -> list[str]:
        """Return the labels on the newest message of the chat that has any."""
        for (there, _), message in sorted(self.messages.items(), reverse=True):
            if there == chat and "reply_markup" in message:
                return [b["text"] for row in message["reply_markup"].get("inline_keyboard", []) for b in row]
        return []

    def calls(self, method: str, chat: int | None = None) -> list[Call]:
        return [c for c in self.seen if c.method == method and chat in {None, c.payload.get("chat_id")}]

    async def until(self, true: Callable[[], bool], seconds: float = 10) -> None:
        """Wait for calls to make it true."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(true)

    # What the server does.

    async def handle(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        call = Call(method, await _payload(request))
        try:
            return web.json_response({"ok": True, "result": await self._serve(request, token, call)})
        except Refusal as refusal:
            call.refused = refusal.description
            body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            body |= {"parameters": refusal.parameters} if refusal.parameters else {}
            return web.json_response(body, status=refusal.code)
        finally:
            if method != "getUpdates" or call.refused:
                async with self._news:
                    self.seen.append(call)
                    self._news.notify_all()

    async def _serve(self, request: web.Request, token: str, call: Call) -> Any:  # noqa: ANN401  any result
        how = self._trouble(token, call.method, call.payload)
        if how == "before":
            _cut(request)
        result = None if how == "hold" else await self._answer(call.method, call.payload)
        if how == "after":
            _cut(request)
        if how in {"hold", "silent"}:
            async with self._news:
                self.unanswered.append(call)
                self._news.notify_all()
            await asyncio.Event().wait()
        return result

    def _trouble(self, token: str, method: str, payload: JSON) -> str:
        if token != TOKEN:
            raise Refusal(401, "Unauthorized")
        how = self._failure(method, payload)
        if isinstance(how, Refusal):
            raise how
        return how

    def _failure(self, method: str, payload: JSON) -> Refusal | str:
        for at, (name, chat, how) in enumerate(self._failures):
            if name == method and chat == payload.get("chat_id", chat):
                del self._failures[at]
                return how
        return ""

    async def _answer(self, method: str, payload: JSON) -> Any:  # noqa: ANN401  any result
        if self._spec:
            _check(self._spec, method, payload)
        answer = getattr(self, f"_{method}", None)
        if answer is None or method not in METHODS:
            raise Refusal(404, "Not Found")
        if wrong := misuse(method, payload):
            raise Refusal(400, f"Bad Request: {'; '.join(wrong)}")
        result = answer(payload)
        return await result if asyncio.iscoroutine(result) else result

    async def _getUpdates(self, payload: JSON) -> list[JSON]:  # noqa: N802  the method's name
        if self.webhook["url"]:
            raise Refusal(409, _HOOKED)
        offset = payload.get("offset", 0)
        allowed = payload.get("allowed_updates")
        async with self._news:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            self.polls += 1
            mine = self._newest_poll = object()
            self._news.notify_all()

            def ready() -> list[JSON]:
                return [u for u in self._updates if not allowed or set(u) & set(allowed)]

            try:
                async with asyncio.timeout(payload.get("timeout", 0)):
                    await self._news.wait_for(lambda: ready() or self._newest_poll is not mine or self.webhook["url"])
            except TimeoutError:
                pass
            finally:
                self.polls -= 1
            if self.webhook["url"]:
                raise Refusal(409, "Conflict: terminated by setWebhook request")
            if self._newest_poll is not mine:
                raise Refusal(409, _POLLED)
            return ready()[: payload.get("limit", 100)]

    def _getMe(self, _payload: JSON) -> JSON:  # noqa: N802
        return ME

    async def _setWebhook(self, payload: JSON) -> bool:  # noqa: N802
        address = urlsplit(payload["url"])
        if payload["url"] and (address.scheme != "https" or address.port not in {None, 443, 80, 88, 8443}):
            raise Refusal(400, "Bad Request: bad webhook: an HTTPS URL on port 80, 88, 443 or 8443 must be provided")
        async with self._news:
            self.webhook |= payload
            self._news.notify_all()
        return True

    def _deleteWebhook(self, _payload: JSON) -> bool:  # noqa: N802
        self.webhook = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        return True

    def _getWebhookInfo(self, _payload: JSON) -> JSON:  # noqa: N802
        return {name: value for name, value in self.webhook.items() if name != "secret_token"}

    def _setMyCommands(self, _payload: JSON) -> bool:  # noqa: N802
        return True

    def _setMyDescription(self, _payload: JSON) -> bool:  # noqa: N802
        return True

    def _setMyShortDescription(self, _payload: JSON) -> bool:  # noqa: N802
        return True

    def _setMyDefaultAdministratorRights(self, _payload: JSON) -> bool:  # noqa: N802
        return True

    def _setChatMenuButton(self, _payload: JSON) -> bool:  # noqa: N802
        return True

    def _sendChatAction(self, payload: JSON) -> bool:  # noqa: N802
        self._chat(payload)
        return True

    def _sendMessageDraft(self, payload: JSON) -> bool:  # noqa: N802
        if self._chat(payload).type != "private":
            raise Refusal(400, "Bad Request: drafts are for private chats")
        return True

    def _sendMessage(self, payload: JSON) -> JSON:  # noqa: N802
        return self._send("sendMessage", payload)

    def _sendRichMessage(self, payload: JSON) -> JSON:  # noqa: N802
        return self._send("sendRichMessage", payload)

    def _send(self, method: str, payload: JSON) -> JSON:
        chat = self._writable(payload)
        self._check_reply(payload)
        markup = payload.get("reply_markup", {})
        _check_keyboard(markup.get("keyboard", []), chat)
        shown = {name: value for name, value in payload.items() if name != "reply_markup" or "keyboard" not in markup}
        _judge(method, shown)
        message = self._message(chat.id, BOT, "en", bot=True)
        message["text"] = payload.get("text") or payload["rich_message"]["html"]
        for name in ("entities", "reply_markup", "rich_message"):
            if name in payload:
                message[name] = payload[name]
        thread = payload.get("message_thread_id")
        if thread:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        self.messages[chat.id, message["message_id"]] = message
        return message

    def _check_reply(self, payload: JSON) -> None:
        to = payload.get("reply_parameters")
        if to is None or to.get("allow_sending_without_reply"):
            return
        if (payload["chat_id"], to["message_id"]) not in self.heard | set(self.messages):
            raise Refusal(400, "Bad Request: message to be replied not found")

    def _editMessageText(self, payload: JSON) -> JSON:  # noqa: N802
        chat = self._writable({"chat_id": payload["chat_id"]})
        message = self.messages.get((chat.id, payload["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        method = "sendRichMessage" if "rich_message" in payload else "sendMessage"
        content = {name: value for name, value in payload.items() if name != "message_id"}
        _judge(method, content)
        keys = ("text", "entities", "reply_markup", "rich_message")
        after = {name: payload[name] for name in keys if name in payload}
        if {name: message[name] for name in keys if name in message} == after:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup "
                "are exactly the same as a current content and reply markup of the message",
            )
        for name in keys:
            message.pop(name, None)
        message |= {"edit_date": int(time()), **after}
        message.setdefault("text", payload.get("rich_message", {}).get("html", ""))
        return message

    def _deleteMessage(self, payload: JSON) -> bool:  # noqa: N802
        chat = self._writable({"chat_id": payload["chat_id"]})
        if self.messages.pop((chat.id, payload["message_id"]), None) is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        return True

    def _pinChatMessage(self, payload: JSON) -> bool:  # noqa: N802
        if (payload["chat_id"], payload["message_id"]) not in self.messages:
            raise Refusal(400, "Bad Request: message to pin not found")
        self.pinned.append((payload["chat_id"], payload["message_id"]))
        return True

    def _getChat(self, payload: JSON) -> JSON:  # noqa: N802
        chat = self._chat(payload)
        shared = {"permissions": chat.permissions} if chat.type in {"group", "supergroup"} else {}
        return {**chat.json, **shared, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}}

    def _getChatAdministrators(self, payload: JSON) -> list[JSON]:  # noqa: N802
        chat = self._chat(payload)
        rights = {"can_post_messages": True} if chat.type == "channel" else {}
        people = sorted(chat.admins - {BOT})
        return [
            {"status": "administrator", **rights, **chat.rights.get(each, {}), "user": _user(each, "en")}
            for each in people
        ]

    def _getChatMember(self, payload: JSON) -> JSON:  # noqa: N802
        chat = self._chat(payload)
        if payload["user_id"] != BOT and BOT not in chat.admins:
            raise Refusal(400, "Bad Request: CHAT_ADMIN_REQUIRED")
        status = "administrator" if payload["user_id"] in chat.admins else "member"
        rights = {"can_post_messages": True} if status == "administrator" else {}
        special = chat.member if payload["user_id"] == BOT else {}
        return {"status": status, **rights, **special, "user": _user(payload["user_id"], "en")}

    def _answerCallbackQuery(self, payload: JSON) -> bool:  # noqa: N802
        if payload["callback_query_id"] not in self._presses:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._presses.remove(payload["callback_query_id"])
        if len(payload.get("text", "")) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        if not payload.get("url", "https://t.me/paper_bot?start=").startswith("https://t.me/paper_bot?start="):
            raise Refusal(400, "Bad Request: URL_INVALID")
        return True

    def _answerInlineQuery(self, payload: JSON) -> bool:  # noqa: N802
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload.get("button", {}).get("start_parameter", "none")):
            raise Refusal(400, "Bad Request: START_PARAM_INVALID")
        results = payload["results"]
        if len(results) > 50 or len({r["id"] for r in results}) < len(results):
            raise Refusal(400, "Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            content = result["input_message_content"]
            message = {"text": content["message_text"], **{n: v for n, v in content.items() if n != "message_text"}}
            _judge("sendMessage", {"chat_id": 1, "reply_markup": result["reply_markup"], **message})
            if not 1 <= len(result["id"].encode()) <= 64:
                raise Refusal(400, "Bad Request: RESULT_ID_INVALID")
        return True

    def _chat(self, payload: JSON) -> Chat:
        wanted = payload["chat_id"]
        named = {f"@{chat.username}": chat for chat in self.chats.values() if chat.username}
        chat = named.get(wanted) if isinstance(wanted, str) and wanted.startswith("@") else self.chats.get(int(wanted))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        return chat

    def _writable(self, payload: JSON) -> Chat:
        chat = self._chat(payload)
        if chat.moved_to:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        if chat.blocked:
            raise Refusal(403, f"Forbidden: {chat.blocked}")
        if chat.type == "channel" and BOT not in chat.admins:
            raise Refusal(400, "Bad Request: not enough rights to post messages in the chat")
        thread = payload.get("message_thread_id")
        if thread in chat.closed_topics:
            raise Refusal(400, "Bad Request: TOPIC_CLOSED")
        if thread and thread not in chat.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        return chat

    def _message(self, chat: int, user: int, lang: str, *, bot: bool = False, **more: Any) -> JSON:  # noqa: ANN401
        there = self.chats[chat].json
        author = {"from": ME if bot else _user(user, lang)}
        return {"message_id": next(self._ids), "date": int(time()), "chat": there, **author, **more}


_ADMIN_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_post_messages", "can_edit_messages",
)  # fmt: skip


def _author(chat: int) -> int:
    """Return who writes if a test does not say: the reader in a direct chat, user 7 in others."""
    return chat if chat > 0 else 7


def _user(number: int, lang: str) -> JSON:
    return {"id": number, "is_bot": False, "first_name": f"Reader {number}", "language_code": lang}


def _check_keyboard(rows: list[list[JSON]], chat: Chat) -> None:
    for button in [button for row in rows for button in row]:
        kinds = set(button) & {"request_chat", "request_location", "request_users", "request_contact", "request_poll"}
        if len(kinds) > 1 or set(button) - kinds - {"text"} or not button.get("text"):
            raise Refusal(400, f"Bad Request: button {sorted(button)}")
        if kinds and chat.type != "private":
            raise Refusal(400, "Bad Request: such buttons can be used in private chats only")


def _judge(method: str, payload: JSON) -> None:
    found = problems(method, payload)
    if found:
        raise Refusal(400, f"Bad Request: {'; '.join(found)}")


def _cut(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
    raise web.HTTPInternalServerError


async def _payload(request: web.Request) -> JSON:
    """Read parameters as Telegram does: from JSON, or from a form with numbers and JSON in it."""
    if request.content_type == "application/json":
        read: JSON = await request.json()
        return read
    form = await request.post()
    return {name: _value(name, str(value)) for name, value in form.items()}


def _value(name: str, value: str) -> Any:  # noqa: ANN401  JSON
    if kind_of(name) is str:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _spec() -> JSON:
    folder = os.environ.get("SPECS_DIR")
    found = sorted(Path(folder).glob("telegram-bot-api-*.json")) if folder else []
    spec: JSON = json.loads(found[-1].read_text(encoding="utf-8")) if found else {}
    return spec


_KINDS: dict[str, tuple[type, ...]] = {
    "Integer": (int,), "String": (str,), "Boolean": (bool,), "Float": (int, float), "True": (bool,),
}  # fmt: skip


def _check(spec: JSON, method: str, payload: JSON) -> None:
    """Refuse parameters that the method table does not have, lacks, or has with another type."""
    if method not in spec["methods"]:
        raise Refusal(404, "Not Found")
    fields = {f["name"]: f for f in spec["methods"][method].get("fields", [])}
    wrong = [name for name in payload if name not in fields]
    wrong += [name for name, f in fields.items() if f["required"] and name not in payload]
    wrong += [name for name in payload if name in fields and not _fits(spec, fields[name]["types"], payload[name])]
    if wrong:
        raise Refusal(400, f"Bad Request: {method}: {', '.join(wrong)}")


def _fits(spec: JSON, types: list[str], value: Any) -> bool:  # noqa: ANN401  JSON
    return any(_is(spec, kind, value) for kind in types)


def _is(spec: JSON, kind: str, value: Any) -> bool:  # noqa: ANN401  JSON
    if kind in _KINDS:
        return isinstance(value, _KINDS[kind]) and (kind in {"Boolean", "True"} or not isinstance(value, bool))
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_is(spec, kind.removeprefix("Array of "), each) for each in value)
    if kind not in spec["types"]:
        return True
    about = spec["types"][kind]
    if about.get("subtypes"):
        return any(_is(spec, subtype, value) for subtype in about["subtypes"])
    fields = {f["name"]: f for f in about.get("fields", [])}
    if not isinstance(value, dict):
        return False
    known = all(name in fields and _fits(spec, fields[name]["types"], each) for name, each in value.items())
    return known and all(name in value for name, f in fields.items() if f["required"])


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[FakeTelegram]:
    """Serve a fake Bot API; its ``url`` is what PAPERBOY_TELEGRAM__API_URL takes."""
    fake = FakeTelegram()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", fake.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}/bot"
    try:
        yield fake
    finally:
        await runner.cleanup()
