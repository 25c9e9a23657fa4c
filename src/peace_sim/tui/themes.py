"""The looks of the game: night, paper, and two of high contrast. No meaning rests on a colour."""

from __future__ import annotations

from textual.theme import Theme

PARTIES = ("party-1", "party-2", "party-3")
"""Style variables in which the brackets of the first, second and third party are written."""

MORE = {
    "party-1": "$primary",
    "party-2": "$secondary",
    "party-3": "$accent",
}

NIGHT = Theme(
    name="night",
    dark=True,
    primary="#d8a657",
    secondary="#7fb3c8",
    accent="#b9a3d9",
    foreground="#ded9cc",
    background="#12161c",
    surface="#181d25",
    panel="#232a35",
    success="#8fb573",
    warning="#e0a458",
    error="#e0796b",
    variables={
        "text-muted": "#a8a193",
        "foreground-muted": "#a8a193",
        "text-disabled": "#77736b",
        "party-1": "#e3b667",
        "party-2": "#86bdd4",
        "party-3": "#c3aee0",
        "border": "#8a7443",
        "border-blurred": "#39414e",
        "block-cursor-background": "#2b3852",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#222936",
        "block-cursor-blurred-foreground": "#ded9cc",
        "footer-key-foreground": "#d8a657",
        "footer-background": "#181d25",
        "scrollbar": "#39414e",
        "scrollbar-background": "#181d25",
    },
)

PAPER = Theme(
    name="paper",
    dark=False,
    primary="#8a4b1f",
    secondary="#1f5673",
    accent="#5b3f86",
    foreground="#2a2620",
    background="#f1ead9",
    surface="#f8f3e6",
    panel="#e5dcc6",
    success="#3d6b2a",
    warning="#8f5a00",
    error="#9b2d20",
    variables={
        "text-muted": "#6a6152",
        "foreground-muted": "#6a6152",
        "text-disabled": "#8d8471",
        "party-1": "#8a4b1f",
        "party-2": "#1f5673",
        "party-3": "#5b3f86",
        "border": "#8a4b1f",
        "border-blurred": "#c9bd9f",
        "block-cursor-background": "#d8c69c",
        "block-cursor-foreground": "#1c1813",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e8dfc8",
        "block-cursor-blurred-foreground": "#2a2620",
        "footer-key-foreground": "#8a4b1f",
    },
)

CONTRAST = Theme(
    name="high-contrast",
    dark=True,
    primary="#ffdd00",
    secondary="#7fe5ff",
    accent="#ffb3ff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#7dff7d",
    warning="#ffdd00",
    error="#ff9b8f",
    variables={
        "party-1": "#ffdd00",
        "party-2": "#7fe5ff",
        "party-3": "#ffb3ff",
        "border": "#ffdd00",
        "border-blurred": "#ffffff",
        "text-muted": "#ffffff",
        "text-disabled": "#d0d0d0",
        "foreground-muted": "#ffffff",
        "block-cursor-background": "#3d3d5c",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#262626",
        "block-cursor-blurred-foreground": "#ffffff",
        "footer-key-foreground": "#ffdd00",
    },
)

CONTRAST_LIGHT = Theme(
    name="high-contrast-light",
    dark=False,
    primary="#00318a",
    secondary="#7a2600",
    accent="#5c0060",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#e6e6e6",
    success="#004d00",
    warning="#6b3d00",
    error="#8a0000",
    variables={
        "party-1": "#00318a",
        "party-2": "#7a2600",
        "party-3": "#5c0060",
        "border": "#00318a",
        "border-blurred": "#000000",
        "text-muted": "#000000",
        "text-disabled": "#303030",
        "foreground-muted": "#000000",
        "block-cursor-background": "#cfdcff",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e0e0e0",
        "block-cursor-blurred-foreground": "#000000",
        "footer-key-foreground": "#00318a",
    },
)

OURS = (NIGHT, PAPER, CONTRAST, CONTRAST_LIGHT)
