"""Several files become one tree of nodes: sections joined, families written out, places kept."""

from __future__ import annotations

from collections.abc import Mapping

from peace_sim.diagnostics import Diagnostic, Findings, error
from peace_sim.scenario.document import Document, ListNode, MapNode, Node, Scalar
from peace_sim.scenario.whole import HEADER_KEYS, Scenario

_LISTS = frozenset({"drifts"})
_SECTIONS = frozenset(Scenario.model_fields) - HEADER_KEYS
MAX_NODES = 400_000


def assemble(documents: Mapping[str, Document], main: str) -> tuple[MapNode | None, Findings]:
    """The first file with the sections of all others joined to it, and families written out."""
    findings: list[Diagnostic] = []
    root = documents[main].root
    if not isinstance(root, MapNode):
        return None, (error("S303", "a scenario is a map of keys", root.span),)
    header: list[tuple[Scalar, Node]] = []
    sections: dict[str, list[tuple[Scalar, Node]]] = {}
    keys: dict[str, Scalar] = {}
    lists: dict[str, list[Node]] = {}
    for name in (main, *(n for n in documents if n != main)):
        _collect(documents[name].root, name == main, header, keys, sections, lists, findings)
    for section, entries in sections.items():
        findings += _twice(section, entries)
    joined = header + [
        (keys[s], MapNode(tuple(entries), keys[s].span)) for s, entries in sections.items()
    ]
    joined += [(keys[s], ListNode(tuple(items), keys[s].span)) for s, items in lists.items()]
    return MapNode(tuple(joined), root.span), tuple(findings)


def _collect(
    root: Node,
    first: bool,
    header: list[tuple[Scalar, Node]],
    keys: dict[str, Scalar],
    sections: dict[str, list[tuple[Scalar, Node]]],
    lists: dict[str, list[Node]],
    findings: list[Diagnostic],
) -> None:
    if not isinstance(root, MapNode):
        findings.append(error("S303", "a scenario's file is a map of sections", root.span))
        return
    for key, node in root.entries:
        if key.text == "families":
            for family in node.items if isinstance(node, ListNode) else ():
                for written in _family(family, findings):
                    _collect(written, False, header, keys, sections, lists, findings)
        elif key.text in _LISTS and isinstance(node, ListNode):
            keys.setdefault(key.text, key)
            lists.setdefault(key.text, []).extend(node.items)
        elif key.text in _SECTIONS and isinstance(node, MapNode):
            keys.setdefault(key.text, key)
            sections.setdefault(key.text, []).extend(node.entries)
        elif first:
            header.append((key, node))
        elif key.text in HEADER_KEYS:
            hint = "move it to the scenario's first file"
            findings.append(error("S304", f"“{key.text}” stands in a further file", key.span, hint))
        else:
            header.append((key, node))


def _twice(section: str, entries: list[tuple[Scalar, Node]]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    seen: dict[str, Scalar] = {}
    for key, _ in entries:
        if key.text in seen:
            first = seen[key.text]
            message = f"“{key.text}” stands twice in {section}"
            related = (("first here", first.span),)
            found.append(error("S305", message, key.span, related=related))
        seen.setdefault(key.text, key)
    return found


def _family(node: Node, findings: list[Diagnostic]) -> list[MapNode]:
    """A family written out: its sections once for each member, with ``{name}`` replaced."""
    if not isinstance(node, MapNode):
        findings.append(error("S303", "a family is a map with for_each and sections", node.span))
        return []
    members = node.get("for_each")
    if not isinstance(members, MapNode) or len(members.entries) != 1:
        message = "a family needs for_each with one name and its members"
        findings.append(error("S302", message, node.span, "for_each: {site: [garm, pyanj]}"))
        return []
    name, values = members.entries[0]
    sections = MapNode(tuple(e for e in node.entries if e[0].text != "for_each"), node.span)
    written: list[MapNode] = []
    if isinstance(values, ListNode):
        for value in values.items:
            if isinstance(value, Scalar):
                written.append(_replace_map(sections, {f"{{{name.text}}}": value.text}))
    elif isinstance(values, MapNode):
        for key, title in values.entries:
            words = {f"{{{name.text}}}": key.text}
            if isinstance(title, Scalar):
                words[f"{{{name.text}.title}}"] = title.text
            written.append(_replace_map(sections, words))
    if _size(sections) * max(1, len(written)) > MAX_NODES:
        findings.append(error("S303", f"a family of more than {MAX_NODES} nodes", node.span))
        return []
    return written


def _size(node: Node) -> int:
    """How many nodes hang below one. The reader has bounded the depth."""
    if isinstance(node, MapNode):
        return 1 + sum(_size(child) for _, child in node.entries)
    if isinstance(node, ListNode):
        return 1 + sum(_size(child) for child in node.items)
    return 1


def _replace_map(node: MapNode, words: Mapping[str, str]) -> MapNode:
    return MapNode(
        tuple((_replace_scalar(key, words), _replace(child, words)) for key, child in node.entries),
        node.span,
    )


def _replace(node: Node, words: Mapping[str, str]) -> Node:
    if isinstance(node, MapNode):
        return _replace_map(node, words)
    if isinstance(node, ListNode):
        return ListNode(tuple(_replace(child, words) for child in node.items), node.span)
    return _replace_scalar(node, words)


def _replace_scalar(node: Scalar, words: Mapping[str, str]) -> Scalar:
    text = node.text
    for name, word in words.items():
        text = text.replace(name, word)
    return node if text == node.text else Scalar(text, node.span, node.plain)
