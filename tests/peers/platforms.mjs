// The platforms that the sandbox simulates also in live mode, with a row each. The browser suites run once for each.

export const PLATFORMS = [
  { id: "instagram", name: "Instagram" },
  { id: "tiktok", name: "TikTok" },
  { id: "x", name: "X" },
];
