"""What readers say around a question and do not ask: greetings, thanks, "does anybody know whether". Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

import regex

_ABOUT = r"(?:\s+(?:about|on|of|if|whether|that|regarding|concerning))?(?:\s+this\b)?"
_FRIEND = r"friend|boss|colleague|coworker|wife|husband|partner|son|daughter|kid|teacher|client|manager"
_ENGLISH = rf"""
    ^\s*(?:hi|hey|hello|good\ (?:morning|afternoon|evening|day))\b(?:\ (?:there|all|everyone|everybody|team|folks|guys|bot))?
  | \b(?:a\ |one\ |just\ a\ )?(?:quick|small|silly|stupid|short)\ question\b
  | \b(?:please|pls|plz|kindly)\b
  | \b(?:many\ )?(?:thanks|thank\ you|thx|cheers)\b(?:\ (?:so\ much|very\ much|a\ lot|a\ million|in\ advance))?
  | \b(?:i'?m|i\ am|i\ was|i've\ been)\ (?:just\ |really\ |a\ bit\ |quite\ )?(?:curious|wondering|interested|looking\ for){_ABOUT}
  | \bjust\ (?:curious|wondering|asking)\b{_ABOUT}
  | \bsorry\b(?:\ (?:to|for)\ (?:bother\w*|disturb\w*|ask\w*)\b(?:\ you)?)?(?:,?\ but\b)? | \bexcuse\ me\b
  | \b(?:does|do|did|would|might)\ (?:any(?:body|one)|some(?:body|one)|you)(?:\ (?:guys|all|here|there|happen\ to|perhaps|still|also))*\ (?:know|remember|recall){_ABOUT}
  | \b(?:(?:do\ you\ )?have\ )?(?:any|no)\ (?:idea|clue){_ABOUT}
  | \b(?:can|could|would|will)\ (?:you|some(?:body|one)|any(?:body|one))(?:\ (?:please|kindly))?\ (?:tell|remind|help|check|look\ up|find\ out|say)\b(?:\ (?:me|us))?(?:\ out\b)?{_ABOUT}
  | \bi(?:'d|\ would)\ (?:like|love)\ to\ (?:know|hear|find\ out|learn|ask|read)(?:\ more)?{_ABOUT}
  | \bi\ (?:want(?:ed)?|need(?:ed)?)\ to\ (?:know|find\ out|ask|hear){_ABOUT}
  | \bi\ (?:(?:think|thought|believe|guess|(?:vaguely\ |seem\ to\ |kind\ of\ )?(?:remember|recall))\ (?:that\ )?)(?:i(?:\ have|'ve)?\ )?(?:once\ )?(?:read|reading|saw|seen|seeing|heard|hearing)\b(?:\ (?:something|some\ news|a\ (?:story|piece|post|article)))?{_ABOUT}(?:\ (?:a\ while\ ago|somewhere))?
  | \bi\ (?:heard|hear|read|saw)(?:\ (?:something|somewhere))?\ (?:that|about)\b | \bis\ it\ true\ (?:that|what)\b | \bdo\ we\ know{_ABOUT}
  | \b(?:was|is|were|are|has|have)\ there(?:\ been)?\ (?:any|some)\ (?:news|stor(?:y|ies)|updates?|word|reports?|articles?)(?:\ (?:lately|recently))?{_ABOUT}
  | \b(?:was|is|were|are|has|have)\ there(?:\ been)?\ (?:any|some)thing\ (?:new\ )?(?:about|on|regarding)\b(?:\ this\b)?
  | \bmy\ (?:{_FRIEND})s?\ (?:(?:keeps?|is|was)\ asking|asks?|asked|wants?\ to\ know|wanted\ to\ know)(?:\ (?:me|us))?{_ABOUT}
  | \bi\ (?:can'?t|cannot|couldn'?t)\ (?:find|remember|recall)(?:\ (?:it|that|this|the\ (?:story|article|post)))?(?:\ any\ ?more)?
  | \b(?:the|that|a)\ (?:story|article|piece|post|news\ item)\ (?:about|on|where)\b
  | \b(?:by\ the\ way|btw|if\ possible|in\ a\ nutshell|asking\ for\ a\ friend|fyi)\b
"""
_ONE = r"(?:一?下|一?句|个问题)?"
_CHINESE = rf"""
    你们?好[呀啊]? | 您好 | 哈[喽啰] | 大家好 | (?:早上|上午|中午|下午|晚上)好
  | 请问{_ONE} | 请教{_ONE} | (?:弱弱|冒昧|顺便|随便|悄悄)[地的]?问(?:{_ONE}|问) | 想问(?:{_ONE}|问) | 问一下 | 求问 | 求助 | 求解 | 在线等 | [（(]急[)）]
  | 谢谢(?:你们?|您|大家)?[啦了]? | 多谢 | 感谢 | 辛苦(?:你们?|您|大家)?[啦了] | 麻烦(?:你们?|您)[啦了]? | 麻烦[啦了] | 拜托[啦了]? | 劳驾 | 不好意思 | 打扰(?:一下|[啦了]) | 抱歉
  | 有(?:没有|没)?(?:人|哪位|谁|小伙伴|大佬|朋友)(?:知道|了解|记得|清楚|晓得) | (?:谁|哪位)(?:知道|记得|清楚|晓得) | [你您]们?知不知道 | [你您]们?(?:还)?(?:知道|记得)
  | 我?(?:好像|依稀|隐约|模糊)?记得(?:之前|以前|前段时间|上次)?(?:好像|似乎)?(?:在哪里?)?(?:(?:看到|看见|读到|听说|听到|看|读)过?)?
  | (?:我)?(?:之前|以前|前段时间|前阵子)(?:好像|似乎)?(?:看到|看见|读到|听说|听到)过? | 听说
  | (?:我)?(?:有个)?(?:朋友|同事|老板|同学|家人|领导|老婆|老公|孩子)(?:刚才|老是|一直)?(?:问我|想知道)
  | (?:能不能|可不可以|可以|可否|能否|能)?(?:帮我|帮忙|给我)(?:查查?|找找?|看看?|搜搜?)(?:一下|看)?[吗么嘛吧]?
  | (?:我)?(?:有点|有些|挺|很|比较)好奇 | 我?想(?:要)?(?:知道|了解)(?:一下)?
  | ^\s*(?:小编|编辑|机器人|助手|老师|大佬|各位|兄弟们|朋友们)(?=[，,：:\s]) | 来着
  | 有没有(?=.*(?:消息|新闻|报道|动态|进展|文章|资讯)[吗呢]?\s*[？?。！!]*\s*$) | (?:相关)?(?:消息|新闻|报道|资讯)(?=[吗呢]?\s*[？?。！!]*\s*$)
"""
_SAID = regex.compile(f"{_ENGLISH}|{_CHINESE}", regex.IGNORECASE | regex.VERBOSE)
_WORDS = regex.compile(r"\p{Latin}{4,}")
_LOUD = 4
"""So many words, all of them with a capital, say nothing of names."""


def plain(text: str) -> str:
    """Return a normalised question without what is only said around it, each word where it stood.

    A question that is nothing else stays as it is; one that is written in capitals is put into small letters.
    """
    asked = _SAID.sub(lambda match: " " * len(match.group()), text)
    if not any(char.isalnum() for char in asked):
        asked = text
    words = _WORDS.findall(asked)
    return asked.lower() if len(words) >= _LOUD and all(word[0].isupper() for word in words) else asked
