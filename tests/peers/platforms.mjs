// The platforms that the sandbox plays. Every walk in the browser is taken once for each: a new simulator is a row here.

export const PLATFORMS = [
  { id: "instagram", name: "Instagram" },
  { id: "tiktok", name: "TikTok" },
  { id: "x", name: "X" },
];
