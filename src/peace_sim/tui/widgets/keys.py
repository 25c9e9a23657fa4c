"""The keys of the screen, in one line; what does not fit is in the help."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from peace_sim.tui.text import said

Key = tuple[str, str, str]
"""The key, as it is shown, and what it does."""


class Keys(Widget, can_focus=False):
    """A line of keys and words, which can be clicked. It is told anew when other keys are active.

    One widget with one line: a widget for each key would cost more than the rest of the screen.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Keys {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $foreground;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[Key, ...] = ()

    def on_mount(self) -> None:
        """Listen for other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self._changed(self.screen)

    def _changed(self, _: object) -> None:
        if not self.is_attached or self.screen is not self.app.screen:
            return
        keys = tuple(self._active())
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def _active(self) -> list[Key]:
        found: dict[str, Key] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and active.enabled:
                shown = self.app.get_key_display(binding)
                found.setdefault(binding.description, (binding.key, shown, binding.description))
        return list(found.values())

    def _fitting(self) -> list[Key]:
        """As many as there is room for; the last, which is the help, always."""
        room = self.content_size.width
        kept: list[Key] = []
        for key in reversed(self._keys[-1:]):
            room -= _width(key)
        for key in self._keys[:-1]:
            if _width(key) > room:
                break
            room -= _width(key)
            kept.append(key)
        return [*kept, *self._keys[-1:]]

    def render(self) -> RenderResult:
        """The line."""
        parts: list[Content] = []
        for _, shown, word in self._fitting():
            parts += [said(shown, "bold $footer-key-foreground"), said(f" {word}  ")]
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        at = event.get_content_offset(self)
        if at is None:
            return
        event.stop()
        left = 0
        for key in self._fitting():
            left += _width(key)
            if at.x < left:
                self.app.simulate_key(key[0])
                return


def _width(key: Key) -> int:
    return said(f"{key[1]} {key[2]}  ").cell_length
