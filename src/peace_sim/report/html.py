"""A debrief as one page that needs nothing else: no script, no picture, no request.

Scenario text and people's words are data for the template, escaped each time; never a template.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from peace_sim.report.counterfactual import TITLE, WhatIfText, choice_line
from peace_sim.report.debrief import Debrief, DecisionRow
from peace_sim.report.prose import promise_text
from peace_sim.report.words import day_text, figure_text

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 Georgia, "Times New Roman", serif; max-width: 52rem; margin: 2rem auto;
       padding: 0 1rem; overflow-wrap: anywhere; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2rem; border-bottom: 1px solid; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem;
         border-bottom: 1px solid #8886; }
.small { font-size: .85rem; }
@media print { body { margin: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{ hash }}'; \
base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Debrief: {{ told.scenario }}</title>
<style>{{ style }}</style>
</head>
<body>
{% macro rows(title, head, table) %}{% if table %}
<h2>{{ title }}</h2>
<table><thead><tr>{% for cell in head %}<th scope="col">{{ cell }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in table %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>
{% endif %}{% endmacro %}
{% macro lines(title, items) %}{% if items %}
<h2>{{ title }}</h2>
<ul>{% for item in items %}<li>{{ item }}</li>
{% endfor %}</ul>
{% endif %}{% endmacro %}
<h1>{{ told.scenario }}</h1>
<p>{{ told.chapter }}{% if told.chair %} · {{ told.chair }}{% endif %}<br>{{ told.world }}</p>
{% if told.ended %}<h2>{{ told.ending }}</h2>
<p>{{ day(told.last_day) }}. {{ told.epilogue }}</p>
{% else %}<p>The chapter is not over; it is {{ day(told.last_day) }}.</p>{% endif %}
<p>{{ told.divergence }}</p>
{% if told.timeline %}<h2>Milestones, here and in the record</h2>
<table><thead><tr><th scope="col">Milestone</th><th scope="col">Here</th>\
<th scope="col">Record</th><th scope="col">Difference</th><th scope="col">Sources</th></tr></thead>
<tbody>{% for row in told.timeline %}<tr><td>{{ row.title }}</td><td>{{ row.here or "never" }}</td>\
<td>{{ row.there }}</td><td>{{ row.off }}{% if row.forced %} (a date or a choice alone){% endif %}\
</td><td class="small">{% for source in row.sources %}\
{% if is_web(source.url) %}<a rel="noreferrer noopener" href="{{ source.url }}">\
{{ source.title }}</a>{% else %}{{ source.title }}{% endif %}\
{% if source.year %} ({{ source.year }}){% endif %}\
{% if not loop.last %}; {% endif %}{% endfor %}</td></tr>
{% endfor %}</tbody></table>{% endif %}
{{ lines("What happened only here", told.only_here) }}
{{ lines("What happened only there", told.only_there) }}
{{ lines("Where the record's line broke", told.broke) }}
{{ rows("What you faced, and what they faced", ["Day", "Decision", "You", "They", "Differences"],
        decisions) }}
{% if whatif %}<h2>{{ whatif_title }}</h2>
<p>{{ whatif.about }}</p>
<ol>{% for choice in whatif.choices %}<li>{{ line(choice) }}</li>
{% endfor %}</ol>
<p>{{ whatif.after }}</p>{% endif %}
{{ rows("The text, clause by clause", ["", "Clause", "Here", "Record"], packages) }}
{{ rows("The mandates, clause by clause", ["", "Clause", "Here", "Record"], mandates) }}
{{ lines("Promises", promises) }}
{% for ledger in ledgers %}{{ rows("Ledger: " ~ ledger[0], ["", ""], ledger[1]) }}{% endfor %}
{{ rows("Figures beside the record's", ["", "Figure", "Here", "Record"], figures) }}
{{ rows("Who wanted what", ["Role", "Aim", "", ""], goals) }}
{{ rows("The draw of this world", ["", "Here", "In the record's world"], draw) }}
</body>
</html>
"""


def page(told: Debrief, whatif: WhatIfText | None = None) -> str:
    """The debrief as a whole HTML page, with what else might have come where that is known."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    return environment.from_string(_PAGE).render(
        told=told,
        style=Markup(_STYLE),
        hash=f"sha256-{digest}",
        day=day_text,
        is_web=_is_web,
        whatif=whatif,
        whatif_title=TITLE,
        line=choice_line,
        decisions=[_decision(row) for row in told.decisions],
        packages=[(r.group, r.title, r.here, r.there) for r in told.packages],
        mandates=[(r.group, r.title, r.here, r.there) for r in told.mandates],
        figures=[(r.group, r.title, r.here, r.there) for r in told.figures],
        promises=[promise_text(row) for row in told.promises],
        ledgers=[
            (led.title, [(title, figure_text(n, unit)) for title, n, unit in led.rows])
            for led in told.ledgers
        ],
        goals=[
            (r.role, r.title, "reached" if r.reached else "not reached",
             "in secret" if r.secret else "")
            for r in told.goals
        ],
        draw=[(r.title, r.here, r.there) for r in told.draw],
    )  # fmt: skip


def _is_web(url: str) -> bool:
    """Whether an address may be a link: nothing but the web, and no script."""
    return url.startswith(("https://", "http://"))


def _decision(row: DecisionRow) -> tuple[str, str, str, str, str]:
    differences = "; ".join(f"{r.title}: {r.here} here, {r.there} there" for r in row.faced)
    return day_text(row.day), row.title, row.here, row.there, differences
