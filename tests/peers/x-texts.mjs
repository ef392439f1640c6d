// Texts for X whose weight is easily wrong: made by hand, and generated from a seed out of pieces.

export function generated(seed, count) {
  const random = numbers(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const kinds = Object.values(PIECES);
  const text = () => {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 14) }, () => pick(pick(kinds)));
    // Some are long, so that texts on both sides of the limit are frequent.
    if (random() < 0.2) pieces.splice(Math.floor(random() * pieces.length), 0, pick(LONG).repeat(random() * 150));
    return pieces.join(pick(["", "", " "]));
  };
  return Array.from({ length: count }, text).filter((made) => made.trim() !== "");
}

/** mulberry32 */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ZWJ = "\u200d";
const LONG = ["a", "日", "ab ", "é", "👍", "a.b", "(", "x-", "あ。", "."];

const PIECES = {
  words: ["Hello", "café", "cafe\u0301", "日本語", "пример", "ελλάδα", "ſ", "\u212a", "ß", "İ", "ᲀ", "1.5", "e.g.", "v1.2.3", "Node.js", "עברית", "ไทย"],
  spaces: [" ", " ", "\n", "\t", "\u00a0", "\u200b", "\u2028", "\u3000", "\u180e", "\u0000", "\u007f"],
  signs: [".", ",", "-", "_", "/", ":", ":80", ":8080/", "?", "?a=b", "!", "#", "$", "@", "＠", "＃", "&", "'", '"', "`", "(", ")", "()", "[", "]", "…", "–", "—", "“", "”", "。", "、", "．", "｡", "+", "%", "~", "|", "*", "=", ";"],
  schemes: ["http://", "https://", "HTTPS://", "hTTp://", "ftp://", "//", "https:/", "xhttp://", "-http://", "。https://"],
  hosts: [
    "autoloom.de", "autoloom.io", "autoloom.co.uk", "autoloom.com.au", "Autoloom.Cafe", "autoloom.tech", "t.co", "example.com", "EXAMPLE.COM",
    "example.com.", "example.comx", "example.com-", "example.notatld", "my_shop.example.com", "shop.my_example.com", "-a.com", "a-.com", "_a.com",
    "bücher.example", "bücher.de", "пример.рф", "пример.РФ", "例え.みんな", "例え.jp", "xn--e1afmkfd.xn--p1ai", "xn--é.com", "日本.com", "見てexample.com",
    "example.comを見て", "foo.com見て.example.org", "a.b.c.d.e.com", "foo.com😀.de", "b.comx見b.com", "192.168.0.1", "localhost", "com", "co.jp", "foo.ſhop", "a.eſ",
    "a.Σ", "x.ελ", "x.ΕΛ", "ι.com", "example.vermögensberater", "example.VERMÖGENSBERATER", "example.한국", "example.中国", "example.中文网x", "a".repeat(63) + ".com",
    "a".repeat(64) + ".com", "ü".repeat(54) + ".com", "ü".repeat(60) + ".de", "あ".repeat(50) + ".com", "あい".repeat(27) + ".com", "😀".repeat(50) + ".com", "日本。東京.jp",
  ],
  tails: [
    "/", "/a", "/a_(b)", "/a_(b(c)d)", "/a_(b", "/a_b)", "/((a))", "/(((a)))", "/()", "/a(", "/a.", "/a,", "/a…", "/a–b", "/é", "/ж", "/日本", "/@a/b", "/@a", "/a?b=c", "/a?b=c.",
    "/a?", "?", "?a", "?a=b.", "?日本", "#top", "/#top", "/a#b", "/a#️⃣", "/1️⃣", "/1️", ":80", ":80/a", ":80?x", ":x", "/a~", "/a|b", "/a'", "/a\"", "/a;", "/a!", "/a*", "/a%20b", "/ι",
    "/" + "Ab1".repeat(13), "/" + "Ab1".repeat(13) + "Z", "/" + "Ab1".repeat(13) + "Za", "/" + "x".repeat(300), "/a見て", "?a=b見て", "/a?b(c)", "/a(b)c(d)",
  ],
  emoji: [
    "👍", "👍🏽", "👍🏽🏽", "☁🏽", "☝", "☝️", "☝🏽", "☝️🏽", "✊️", "✊🏿", "☎", "☎️", "☎︎", "⌚︎", "©", "©️", "®", "™", "™️", "‼", "‼️", "1️⃣", "1⃣", "1️", "#️⃣", "*️⃣", "#⃣", "a️", "a\ufe0e", "\ufe0f", "\u20e3",
    "🇯🇵", "🇫🇷🇩🇪", "🇯", "🇽🇽", "🇯🇵🇯", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢", "🏴‍☠️", "🏴‍☠", "🏳️‍🌈", "🏳‍🌈", "🏳️‍⚧️", "❤️", "❤️‍🔥", "👁️‍🗨️", "👁‍🗨", "👁️‍🗨",
    ["👨", "👩", "👧", "👦"].join(ZWJ), ["👨", "👩", "👧"].join(ZWJ), ["👨", "👩"].join(ZWJ), "👩‍💻", "👩🏾‍💻", "👩🏾‍🦰", "🧑‍💻", "👨‍❤️‍💋‍👨", "👩🏻‍❤️‍👨🏿", "🤷‍♀️", "🤷🏽‍♂️", "🤷‍♀", "🏋️‍♀️", "🏋‍♀️", "🏋🏽‍♀️", "🧙‍♂️", "🦸🏽‍♀️",
    "🫠", "🫱🏽", "🥹", "🧑‍🤝‍🧑", "🐕‍🦺", "🐻‍❄️", ZWJ, "👨" + ZWJ, ZWJ + "👩", "🏽", "😶‍🌫️", "👯‍♂️", "🤼‍♀️", "🧟‍♀️", "🕵️‍♂️", "🕵🏽‍♂️", "\u{f0041}", "𝒳",
  ],
  tags: ["@name", "@name.example.com", "#tag", "#tag.com", "#日本", "$TWTR", "$BRK.A", "$a.com", "me@example.com", "john.doe@example.co.uk", "@", "a@b.c", "me+you@example.de"],
  invalid: ["\ufeff", "\ufffe", "\uffff", "\u202a", "\u202c", "\u061c", "\u200e", "\u2066", "\u2069"],
};

/** Each host with each tail, behind each of some beginnings; each emoji beside others; and the pieces alone. */
export function handmade() {
  const beginnings = ["", "http://", "見て", "-", "see ", "“https://"];
  const links = PIECES.hosts.flatMap((host, h) =>
    PIECES.tails.flatMap((tail, t) => [`${beginnings[(h + t) % beginnings.length]}${host}${tail}`]),
  );
  const emoji = PIECES.emoji.flatMap((first) => [first, ...PIECES.emoji.map((second) => first + second)]);
  const schemes = PIECES.schemes.flatMap((scheme) => PIECES.hosts.map((host) => `now${scheme}${host}`));
  const around = [...PIECES.invalid, ...PIECES.signs].flatMap((sign) => [`${sign}example.de${sign}`, `${sign}https://example.de/a${sign}`]);
  const alone = Object.values(PIECES).flat();
  const limits = [279, 280, 281].flatMap((length) => ["a".repeat(length), "日".repeat(length / 2), `${"a".repeat(length - 24)} autoloom.de`]);
  const longest = [4070, 4080, 4081, 4087, 4088, 4089, 4090].flatMap((length) => [`https://example.com/${"a".repeat(length - 20)}`, `example.com/${"a".repeat(length - 12)}`]);
  return [...links, ...emoji, ...schemes, ...around, ...alone, ...limits, ...longest].filter((text) => text.trim() !== "");
}
