//! The common style sheet. Sizes are in `rem`, so that larger text makes a larger page; paddings shrink with the window.

use crate::agency::Color;

/// The background of buttons, in light and in dark mode. A custom colour must have enough contrast with both.
pub const PAPER_LIGHT: Color = Color { red: 0xff, green: 0xff, blue: 0xff };
pub const PAPER_DARK: Color = Color { red: 0x1b, green: 0x1e, blue: 0x23 };

pub(super) const COMMON: &str = "
:root { color-scheme: light dark; --ground: #f3f4f6; --paper: #ffffff; --ink: #1b1e23; --soft: #555c66; --line: #dfe2e7;
  --edge: #7b838e; --accent: #2552c9; --button: #2552c9; --on-button: #ffffff; --button-edge: #2552c9;
  --good: #17633a; --good-ground: #e6f4eb; --heed: #6a4600; --heed-ground: #fdf2d9; }
@media (prefers-color-scheme: dark) { :root { --ground: #111316; --paper: #1b1e23; --ink: #eceef1; --soft: #a7aeb8;
  --line: #343941; --edge: #868e99; --accent: #93b8ff; --button: #93b8ff; --on-button: #0c1b36; --button-edge: #93b8ff;
  --good: #86dba6; --good-ground: #15311f; --heed: #f2d08b; --heed-ground: #352a12; } }
* { box-sizing: border-box; }
html { background: var(--ground); }
body { margin: 0; padding: min(3rem, 5vw) min(1.5rem, 4vw); color: var(--ink); background: var(--ground);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body > * { max-width: 36rem; margin-inline: auto; }
header { padding-inline: min(2rem, 5vw); margin-block-end: 1rem; font-weight: 600; }
main { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: min(2rem, 5vw); }
footer { padding-inline: min(2rem, 5vw); margin-block-start: 1.25rem; color: var(--soft); font-size: .875rem; }
header > *, main > *, footer > * { margin-block: 0; }
main > * + * { margin-block-start: 1rem; }
footer > * + * { margin-block-start: .25rem; }
h1 { font-size: min(1.625rem, max(1.3rem, 8vw)); line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
p, li { text-wrap: pretty; }
h2 { font-size: 1.125rem; line-height: 1.35; margin: 0; }
main > h2 { margin-block-start: 2rem; }
main > h2 + * { margin-block-start: .5rem; }
h3 { font-size: 1rem; line-height: 1.4; margin: 0; }
a { color: var(--accent); text-underline-offset: .15em; }
code { font: .9375em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem;
  padding: .5rem min(1.25rem, 4vw); font: inherit; font-weight: 600; line-height: 1.3; text-align: center;
  text-decoration: none; color: var(--on-button); background: var(--button); border: 2px solid var(--button-edge);
  border-radius: .625rem; cursor: pointer; }
button:hover, .button:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
button:focus-visible, .button:focus-visible { border-radius: .625rem; }
.soft { color: var(--soft); }
.small { color: var(--soft); font-size: .875rem; }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_uses_the_background_colours_that_contrast_is_checked_against() {
        let papers: Vec<_> = COMMON.split("--paper: ").skip(1).map(|rest| &rest[..7]).collect();
        assert_eq!(papers, [PAPER_LIGHT.to_string(), PAPER_DARK.to_string()]);
    }
}
