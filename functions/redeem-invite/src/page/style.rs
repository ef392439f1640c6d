//! The style sheet of the connect pages, in addition to the common one.

pub(super) const STYLE: &str = "
.agency { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; font-size: 1.125rem; }
.logo { display: block; width: auto; height: auto; max-width: 100%; max-height: 3rem; }
@media (prefers-color-scheme: dark) { .logo { box-sizing: content-box; padding: .375rem .5rem; background: #ffffff;
  border-radius: .5rem; } }
.test { font-size: .8125rem; padding: .125rem .5rem; border: 1px solid var(--edge); border-radius: 1rem; color: var(--soft); }
.mark { display: block; width: min(2.5rem, 13vw); aspect-ratio: 1; border-radius: 27%; box-shadow: 0 0 0 1px var(--line); }
.disc { display: block; width: 2.5rem; height: 2.5rem; }
svg.good { color: var(--good); }
svg.heed { color: var(--heed); }
.done { display: grid; grid-template-columns: auto 1fr; gap: 1rem; align-items: start; }
.done h1 { margin: 0; line-height: 2.5rem; }
.done p { margin: .25rem 0 0; }
.notice { display: grid; grid-template-columns: auto 1fr; gap: .75rem; border-radius: .75rem; padding: min(1rem, 4vw);
  color: var(--heed); background: var(--heed-ground); border: 1px solid transparent; }
.notice .disc { width: min(1.75rem, 9vw); height: auto; }
.notice p { margin: 0; }
.notice p + p { margin-block-start: .25rem; }
.notice .small { color: inherit; }
.progress { display: grid; gap: .5rem; }
.progress p { margin: 0; font-weight: 600; }
.steps { display: flex; gap: .375rem; }
.step { flex: 1; height: .375rem; border-radius: .25rem; background: var(--line); }
.step.on { background: var(--good); }
.platforms { list-style: none; padding: 0; border-block-end: 1px solid var(--line); }
.platform { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: center; gap: .75rem min(.875rem, 3vw);
  padding-block: 1.125rem; border-block-start: 1px solid var(--line); }
.state { margin: 0; color: var(--soft); }
.note { grid-column: 1 / -1; grid-row: 2; margin: 0; }
.check { display: grid; place-items: center; width: 2rem; height: 2rem; border-radius: 50%; font-weight: 700;
  font-size: 1.25rem; line-height: 1; color: var(--good); background: var(--good-ground); border: 1px solid transparent; }
.start { margin: 0; }
.asks, .platform details { grid-column: 1 / -1; }
.asks { display: flex; flex-wrap: wrap; gap: .75rem; align-items: flex-start; }
.field { flex: 1 1 14rem; display: grid; gap: .25rem; min-width: 0; }
.field p { margin: 0; }
.field ~ button { margin-block-start: 1.75rem; }
label { font-weight: 600; line-height: 1.5rem; }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: .625rem;
  padding: .5rem .75rem; width: 100%; min-width: 0; min-height: 2.75rem; }
input[aria-invalid] { border: 2px solid var(--heed); }
input:focus-visible { border-radius: .625rem; outline-offset: 1px; }
details .start { padding-block-start: .75rem; }
summary { color: var(--accent); cursor: pointer; min-height: 1.5rem; width: fit-content; }
ol, .next { padding-inline-start: 1.5rem; }
ol li + li, .next li + li { margin-block-start: .25rem; }
.access { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: 1rem; }
.access ul { list-style: none; margin: .375rem 0 0; padding: 0; display: grid; gap: .375rem; }
.access li { display: grid; grid-template-columns: auto 1fr; gap: .5rem; }
.small-icon { display: block; width: 1.125rem; height: 1.125rem; margin-block-start: .2rem; }
svg.soft { color: var(--soft); }
.line { height: .375rem; border-radius: .25rem; background: var(--line); overflow: hidden; animation: appear 0s .5s both; }
.line::before { content: ''; display: block; width: 40%; height: 100%; border-radius: .25rem; background: var(--button);
  animation: pass 1.4s ease-in-out infinite; }
.late { animation: appear 0s 4s both; }
@keyframes appear { from { visibility: hidden; } to { visibility: visible; } }
@keyframes pass { from { transform: translateX(-100%); } to { transform: translateX(250%); } }
@media (prefers-reduced-motion: reduce) { .line::before { animation: none; } }
@media (forced-colors: active) { .step, .line { border: 1px solid; } .step.on, .line::before { background: Highlight;
  forced-color-adjust: none; } .notice, .check { border-color: CanvasText; } }
@media (max-width: 32em) { .start { grid-column: 1 / -1; } .start button { width: 100%; }
  .field ~ button { margin-block-start: 0; } }
";
