"""What the pages of the contracts say in English and in Chinese, beside what the code says."""

from liandong.contracts.labels import Label

SAY: dict[str, dict[str, str]] = {
    "en": {
        "suffix": ".md",
        "title": "Contracts",
        "lead": """\
One JSON document is one message, on the subject
`ld.<mode>.<region>.<kind>.<agency>.<entity>.<event>.<version>.<key>.<area…>`. The key is the first
of the fields named here that is not empty: events of one key are delivered in order. The owner is
the role that says it. Every event may also carry `provenance`, which says what it was translated
from. A token is 1 to 64 letters, digits, `_` and `-`. The same as JSON Schema and AsyncAPI:
`liandong contracts export`.""",
        "parts": "Parts of contracts",
        "parts_lead": "What several fields are made of.",
        "codes": "Code lists",
        "codes_lead": """\
A publisher uses these values. A reader keeps a value that it does not know, and goes on: a later
version may have added it.""",
        "contract": "contract",
        "called": "title",
        "lane": "lane",
        "owner": "owner",
        "key": "key",
        "field": "field of `data`",
        "part_field": "field",
        "needed": "needed",
        "type": "type and limits",
        "meaning": "meaning",
        "code": "value",
        "yes": "yes",
        "default": "default",
        "attribute": "attribute",
        "envelope": "Envelope",
        "envelope_lead": """\
A message is one JSON object: these CloudEvents attributes, and the fact under `data`. Attributes
that are not listed are extensions, which readers pass over. What is absent is left out, never
null.""",
        "rules": "Rules across fields: {rules}.",
        "semicolon": "; ",
        "object": "object",
        "whole": "A whole message",
        "facts": "Lane {lane}, owner {owner}, key {key}.",
        "text": "text",
        "time": "time with offset",
        "integer": "integer",
        "number": "number",
        "boolean": "true or false",
        "list": "list of {item}",
        "map": "{item} by name",
        "characters": "{range} characters",
        "entries": "{range} entries",
        "pattern": "of the form `{pattern}`",
        "token": "token",
        "agency": "agency, `region/kind/name`",
        "always": "always `{value}`",
        "or": " or ",
        "comma": ", ",
        "restricted": "may name people",
    },
    "zh": {
        "suffix": ".zh-CN.md",
        "title": "契约",
        "lead": """\
一条消息是一个 JSON 文档，主题为
`ld.<mode>.<region>.<kind>.<agency>.<entity>.<event>.<version>.<key>.<area…>`。
键取下列字段中第一个非空者：同一键的事件按顺序送达。责任角色是发布该事件的一方。
每个事件还可带有 `provenance`，说明由何处转换而来。
标识符为 1 至 64 个字母、数字、`_` 或 `-`。
JSON Schema 与 AsyncAPI 形式见 `liandong contracts export`。""",
        "parts": "契约的组成部分",
        "parts_lead": "若干字段共用的结构。",
        "codes": "代码表",
        "codes_lead": """\
发布方只用表中的值。读取方遇到不认识的值时予以保留并继续处理：它可能由更新的版本增补。""",
        "contract": "契约",
        "called": "名称",
        "lane": "通道",
        "owner": "责任角色",
        "key": "键",
        "field": "`data` 的字段",
        "part_field": "字段",
        "needed": "必填",
        "type": "类型与限制",
        "meaning": "含义",
        "code": "值",
        "yes": "是",
        "default": "默认值",
        "attribute": "属性",
        "envelope": "信封",
        "envelope_lead": """\
一条消息是一个 JSON 对象：下列 CloudEvents 属性，以及 `data` 中的事实本身。
未列出的属性是扩展属性，读取方不予理会。没有的内容略去不写，不写 null。""",
        "rules": "字段间规则：{rules}。",
        "semicolon": "、",
        "object": "对象",
        "whole": "完整消息示例",
        "facts": "{lane}；责任角色：{owner}；键：{key}。",
        "text": "文本",
        "time": "带时区偏移的时间",
        "integer": "整数",
        "number": "数值",
        "boolean": "是或否",
        "list": "{item}的列表",
        "map": "按名称的{item}",
        "characters": "{range} 个字符",
        "entries": "{range} 项",
        "pattern": "格式 `{pattern}`",
        "token": "标识符",
        "agency": "机构，`region/kind/name`",
        "always": "恒为 `{value}`",
        "or": "或",
        "comma": "，",
        "restricted": "可能涉及个人",
    },
}

ATTRIBUTES = {
    "specversion": Label("CloudEvents version", "规范版本", "CloudEvents 规范的版本。"),
    "type": Label("Type", "契约", "契约及其版本：`incident.reported.v1`。"),
    "subject": Label("Key", "键", "事件的键：契约的键字段中第一个非空者。"),
    "datacontenttype": Label("Media type", "内容格式", "`data` 的书写格式。"),
    "dataschema": Label("Schema", "内容模式", "`data` 的模式：`urn:liandong:schema:` 加契约名。"),
}
"""The attributes that a message has and no field of the envelope: they follow from its data."""
