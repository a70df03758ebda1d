"""``@bot words`` in any chat: stories to choose from. https://core.telegram.org/bots/api#inline-mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bots.telegram.chats import lang_for
from core.clock import latest_date
from core.digest.present import long_date
from core.document.nodes import Actions
from core.document.text import plain
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import InlineQuery, User

    from bots.telegram.links import Links
    from bots.telegram.parts import Parts
    from core.digest.model import Issue, IssueRef

RESULTS = 12
CACHE_SECONDS = 60
LINE = 120


class InlineMode:
    """Answers inline queries: stories that fit the words, those of recent issues first; without words the newest."""

    def __init__(self, parts: Parts, links: Links, me: User) -> None:
        self._parts = parts
        self._services = parts.services
        self._links = links
        self._me = me

    async def answer(self, query: InlineQuery) -> None:
        """Answer one query."""
        user = query.from_user
        chat = Target(platform="telegram", account=self._parts.account, chat=str(user.id))
        lang = await lang_for(self._services, chat, user)
        found = [result async for result in self._results(query.query.strip(), lang)]
        answer = {"inline_query_id": query.id, "results": found, "cache_time": CACHE_SECONDS, "is_personal": True}
        if not found:
            answer["button"] = {"text": texts(lang)("Nothing found. Open today's issue"), "start_parameter": "today"}
        await self._parts.api.call("answerInlineQuery", answer)

    async def _results(self, words: str, lang: str) -> AsyncIterator[dict[str, Any]]:
        issues: dict[IssueRef, Issue | None] = {}
        seen: set[str] = set()
        for ref, key in await self._wanted(words, lang):
            if ref not in issues:
                issues[ref] = await self._services.archive.get(ref)
            issue = issues[ref]
            result = await self._result(issue, key, lang) if issue else None
            if result and result["id"] not in seen:
                seen.add(result["id"])
                yield result

    async def _wanted(self, words: str, lang: str) -> list[tuple[IssueRef, str]]:
        if words:
            found = await self._services.search.search(words, lang=lang, limit=RESULTS)
            hits = sorted(found.hits, key=lambda hit: hit.ref.date, reverse=True)
            return [(hit.ref, hit.key) for hit in hits if hit.what == "story"]
        archive, until = self._services.archive, latest_date(self._services.clock.now())
        heads = await archive.heads(lang=lang, until=until, limit=1) or await archive.heads(until=until, limit=1)
        issue = await archive.get(heads[0].ref) if heads else None
        return [(issue.ref, story.key) for _section, story in issue.stories()][:RESULTS] if issue else []

    async def _result(self, issue: Issue, key: str, lang: str) -> dict[str, Any] | None:
        found = next((pair for pair in issue.stories() if pair[1].key == key), None)
        if found is None:
            return None
        section, story = found
        document = self._parts.presenter.story(issue, section, story)
        blocks = tuple(block for block in document.blocks if not isinstance(block, Actions))
        message = self._parts.renderer.render(replace(document, blocks=blocks))[0]
        content = {
            "message_text": message.payload["text"],
            "link_preview_options": message.payload["link_preview_options"],
        }
        if "entities" in message.payload:
            content["entities"] = message.payload["entities"]
        link = await self._links.opening(f"story {key} {issue.ref}")
        said = " ".join(plain(story.body).split())
        return {
            "type": "article",
            "id": f"{key}-{issue.ref.lang}-{issue.ref.date}",
            "title": plain(story.title)[:LINE] or issue.title[:LINE],
            "description": f"{long_date(issue.ref.date, lang)} · {said[:LINE]}".rstrip(" ·"),
            "input_message_content": content,
            "reply_markup": {
                "inline_keyboard": [[{"text": texts(lang)("Open in {name}", name=self._me.first_name), "url": link}]]
            },
        }
