"""How the page looks: by day and by night, on a narrow screen, and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5a6474; --paper: #fff; --back: #eef1f5; --line: #c9d0da;
  --go: #1a56c4; --ring: #d9730d; --good: #17692f; --bad: #b42318; --odd: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a7b1c0; --paper: #1d232d; --back: #12161d;
  --line: #475264; --go: #8ab4ff; --ring: #ffb45c; --good: #56d364; --bad: #ff8a80; --odd: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 82rem; background: var(--back); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; }
header, main > section { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1rem 1.5rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
header { border-top: .5rem solid var(--soft); }
header.conformant { border-top-color: var(--good); } header.conformant h1 { color: var(--good); }
header.broken { border-top-color: var(--bad); } header.broken h1 { color: var(--bad); }
header.inconclusive { border-top-color: var(--odd); } header.inconclusive h1 { color: var(--odd); }
h1, h2, h3 { line-height: 1.2; margin: 0 0 .5rem; }
h1 { font-size: 1.9rem; } h2 { font-size: 1.15rem; } h3 { font-size: 1rem; margin-top: 1.25rem; }
p { margin: .4rem 0; } .lead { font-size: 1.15rem; } .soft, dt, small { color: var(--soft); }
a { color: var(--go); } a:focus-visible, summary:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
.first { display: grid; grid-template-columns: 3fr 2fr; gap: 1rem 2rem; margin: 1rem 0; }
.first > * { min-width: 0; } .first h2 { margin-top: 0; } .first div section + section { margin-top: 1.25rem; }
.cut { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; margin: .1rem 0; }
ol, ul { margin: 0; padding-left: 1.4rem; } li { margin: .35rem 0; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .5rem 0; } dt { font-size: .8rem; } dd { margin: 0; }
table { border-collapse: collapse; }
td, th { border: 1px solid var(--line); padding: .2rem .4rem; text-align: left; vertical-align: top; }
.found { width: 100%; } .found td { border-width: 1px 0 0; padding: .4rem .5rem; }
.found .count { font-size: 1.3rem; font-weight: 700; text-align: right; width: 3.5rem; white-space: nowrap;
  overflow-wrap: normal; }
.found .broken .count, .found .error .count { color: var(--bad); } .found .held .count { color: var(--good); }
.found .inconclusive .count { color: var(--odd); }
#filters { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .5rem 0; }
#filters[hidden] { display: none; }
input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft);
  border-radius: .3rem; padding: .15rem .4rem; max-width: 14rem; }
.cause { border: 1px solid var(--line); border-left: .3rem solid var(--soft); border-radius: .3rem; margin: .35rem 0;
  padding: .4rem .75rem; }
.cause.counts { border-left-color: var(--bad); }
.cause:target { outline: 3px solid var(--ring); }
.cause summary .why { font-weight: 400; }
summary { cursor: pointer; } .why { font-weight: 600; overflow-wrap: anywhere; }
pre { overflow-x: auto; background: var(--back); border-radius: .5rem; padding: .75rem; font-size: .85rem; }
code { overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
.matrix td { text-align: center; }
.matrix thead th { vertical-align: bottom; font-weight: 500; }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.matrix tbody th { position: sticky; left: 0; background: var(--paper); font-weight: 500; }
.matrix .held { color: var(--good); } .matrix .inconclusive { color: var(--odd); }
.matrix .broken, .matrix .broken a, .matrix .error { color: var(--bad); font-weight: 700; }
.matrix .not_verified { color: var(--soft); }
.coverage span { display: inline-block; border-radius: .25rem; padding: 0 .35rem; margin: .1rem 0; font-size: .85rem; }
.seen { background: color-mix(in srgb, var(--good) 15%, transparent); }
.unseen { border: 1px dashed var(--bad); } .spared { border: 1px dotted var(--soft); color: var(--soft); }
@media (max-width: 48rem) {
  body { padding: .5rem; } header, main > section { padding: .75rem; } .first { grid-template-columns: 1fr; }
  h1 { font-size: 1.6rem; } .lead { font-size: 1.05rem; } .found .count { width: 2.5rem; }
  .found .cut { -webkit-line-clamp: 1; } .found td { padding: .2rem .4rem; } }
@media print { .wide { overflow: visible; } pre { white-space: pre-wrap; } #filters { display: none; } }
"""
