//! The one style sheet.

pub(super) const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff; --ground: #f6f8fa;
  --accent: #0b5fd9; --on-accent: #fff; --good: #116329; --good-ground: #e6f6ea; --bad: #8a1c1c; --bad-ground: #fdecec; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --line: #3d444d; --paper: #161b22;
  --ground: #0d1117; --accent: #6cb0ff; --on-accent: #06101f; --good: #7ee2a0; --good-ground: #10281a; --bad: #ffb3ad;
  --bad-ground: #34161a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.125rem; margin: 0; }
a { color: var(--accent); }
.platforms { list-style: none; margin: 1.5rem 0 0; padding: 0; display: grid; gap: 1rem; }
.platform { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; display: grid;
  gap: .5rem; margin: 0; }
form { display: grid; gap: .5rem; margin: 0; }
details form { padding-top: .5rem; }
summary { color: var(--accent); cursor: pointer; min-height: 1.5rem; }
.state { margin: 0; color: var(--soft); }
.check { color: var(--good); font-weight: 700; }
label { font-size: .9375rem; }
input { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .5rem;
  padding: .625rem .75rem; width: 100%; min-height: 2.75rem; }
button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0;
  border-radius: .5rem; padding: .625rem 1rem; min-height: 2.75rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice { border-radius: .5rem; padding: .75rem 1rem; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.small { color: var(--soft); font-size: .875rem; }
";
