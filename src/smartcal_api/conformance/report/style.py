"""How the page looks: by day and by night, on a narrow screen, and on paper."""

STYLE = """
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --odd: #9a6700; --none: #6e7781; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --odd: #d29922; --none: #8b949e; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 0 auto; padding: 1rem; }
header { border-left: .5rem solid var(--none); padding: .25rem 1rem; }
header.conformant { border-color: var(--good); }
header.broken { border-color: var(--bad); }
header.inconclusive { border-color: var(--odd); }
h1, h2, h3 { line-height: 1.2; margin: 1rem 0 .5rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; }
dt { color: var(--none); font-size: .8rem; }
dd { margin: 0; }
article { border: 1px solid var(--line); border-left: .25rem solid var(--bad); padding: 0 1rem 1rem; margin: 1rem 0; }
article:target { outline: 3px solid var(--bad); }
.why { font-weight: 600; overflow-wrap: anywhere; }
pre { overflow-x: auto; background: #8881; padding: .75rem; font-size: .85rem; }
code { overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
td, th { border: 1px solid var(--line); padding: .2rem .4rem; text-align: left; vertical-align: top; }
.matrix td { text-align: center; }
.matrix thead th { vertical-align: bottom; }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.matrix tbody th { position: sticky; left: 0; background: Canvas; font-weight: 500; }
.matrix .held { color: var(--good); }
.matrix .broken, .matrix .broken a { color: var(--bad); font-weight: 700; }
.matrix .inconclusive { color: var(--odd); }
.matrix .not_verified { color: var(--none); }
.coverage span { display: inline-block; border-radius: .25rem; padding: 0 .35rem; margin: .1rem 0; font-size: .85rem; }
.seen { background: color-mix(in srgb, var(--good) 20%, transparent); }
.unseen { border: 1px dashed var(--bad); }
.spared { border: 1px dotted var(--none); color: var(--none); }
@media print { .wide { overflow: visible; } pre { white-space: pre-wrap; } }
"""
