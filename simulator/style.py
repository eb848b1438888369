"""The style of all pages."""

from .html import Html

STYLE = Html("""
:root {
  color-scheme: light dark;
  --ground: light-dark(#eef2f6, #0e1319);
  --card: light-dark(#ffffff, #18202a);
  --text: light-dark(#16202c, #e8eef5);
  --soft: light-dark(#5a6878, #9aa8b8);
  --line: light-dark(#d8dfe7, #2c3846);
  --field: light-dark(#f7f9fb, #111820);
  --accent: light-dark(#0b6e77, #43c3cd);
  --on-accent: light-dark(#ffffff, #04191b);
  --wrong: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
p { margin: 0 0 1.25rem; color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button {
  padding: .8rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  border-radius: .75rem; border: 1px solid transparent;
  background: var(--accent); color: var(--on-accent);
}
button:hover { filter: brightness(1.08); }
button.quiet { background: none; border-color: var(--line); color: var(--text); }
""")
